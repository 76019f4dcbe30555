"""Values that Python cannot show are refused in words, as all others are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import RequestError, attr, create, transaction
from singletable.operations import Context
from tests.singletable.shop import Line, Product, product


class Silent:
    """Whatever it is asked, it raises."""

    def __repr__(self) -> str:
        raise ValueError("no repr")

    def __eq__(self, other: object) -> bool:
        raise ValueError("not comparable")

    __hash__ = object.__hash__


DEEP: Any = 1
for _ in range(100_000):
    DEEP = [DEEP]
VALUES: dict[str, Any] = {"nested": DEEP, "of no repr": Silent(), "of many digits": 10**5000}
PATCH: Any = Product.key.patch(product_id="lamp")
QUERY: Any = Product.by_shelf.query(shelf="a")
USES: dict[str, Callable[[Any], Any]] = {
    "equals": lambda value: QUERY.where(attr("name").equals(value)),
    "between": lambda value: QUERY.where(attr("price").between(value, value)),
    "is_in": lambda value: QUERY.where(attr("name").is_in(value)),
    "begins_with": lambda value: QUERY.where(attr("name").begins_with(value)),
    "contains": lambda value: QUERY.where(attr("name").contains(value)),
    "size": lambda value: QUERY.where(attr("name").size().at_least(value)),
    "where": QUERY.where,
    "&": lambda value: attr("name").equals("a") & value,
    "attr": attr,
    "get": lambda value: Product.key.get(product_id=value),
    "query": lambda value: Product.key.query(product_id=value),
    "range": lambda value: QUERY.between(status=value),
    "beginning": lambda value: QUERY.begins_with(status=value),
    "page": QUERY.page,
    "take": QUERY.take,
    "set": lambda value: PATCH.set(name=value),
    "unset": PATCH.unset,
    "add": lambda value: PATCH.add(stock=value),
    "append": lambda value: PATCH.append(log=value),
    "given": lambda value: PATCH.given(name=value),
    "at_version": Line.key.patch(order_id="o1", line_no=1).at_version,
    "when": PATCH.when,
    "label": PATCH.label,
    "create": create,
    "transaction": transaction,
    "token": lambda value: transaction(create(product()), token=value),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("use", USES)
def test_a_value_that_cannot_be_shown_is_a_request_error(use: str, kind: str) -> None:
    """It was the RecursionError or ValueError of its own repr."""
    with pytest.raises(RequestError) as refused:
        USES[use](VALUES[kind]).requests(Context())
    assert str(refused.value)
    assert refused.value.written == "no"
