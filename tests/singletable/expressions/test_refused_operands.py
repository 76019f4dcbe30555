"""What DynamoDB would refuse, or quietly take for something else, is refused before sending."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import Field

from singletable import Entity, RequestError, Table, attr
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Binder
from singletable.operations import Context
from tests.singletable.shop import Product

depot = Table("depot")


class Crate(Entity, table=depot):
    """A crate, with a field of each stored type."""

    crate_id: str
    count: int
    weight: Decimal
    name: str
    seal: bytes
    is_open: bool
    tags: set[str] = Field(default_factory=set)
    log: list[str]
    meta: dict[str, Any]
    limit: int | None = None
    until: datetime | None = None

    key = depot.primary.key("CRATES", "{crate_id}")


COUNT, NAME = attr("count"), attr("name")
REFUSED: dict[str, Any] = {
    "reversed numbers": COUNT.between("9", "1"),
    "reversed numbers of other lengths": COUNT.between(10, 9),
    "reversed texts": NAME.between("b", "a"),
    "reversed bytes": attr("seal").between(b"b", b"a"),
    "order of bools": attr("is_open").less_than(True),
    "order of lists": attr("log").greater_than(["a"]),
    "order of maps": attr("meta").at_least({}),
    "order of sets": attr("tags").at_most({"a"}),
    "range of bools": attr("is_open").between(False, True),
    "beginning of a number": COUNT.begins_with("1"),
    "beginning of a list": attr("log").begins_with("a"),
    "an empty beginning": NAME.begins_with(""),
    "an empty beginning of bytes": attr("seal").begins_with(b""),
    "a number as the beginning of a text": NAME.begins_with(1),
    "text as the beginning of bytes": attr("seal").begins_with("a"),
    "an empty part": NAME.contains(""),
    "an element of a number": COUNT.contains(1),
    "an element of a map": attr("meta").contains("a"),
    "a number in a text": NAME.contains(1),
    "the size of a number": COUNT.size().equals(1),
    "the size of a bool": attr("is_open").size().equals(1),
    "a size below nothing": NAME.size().at_least(-1),
    "a size that is no whole number": NAME.size().at_least(1.5),  # type: ignore[arg-type]
    "a size that is a bool": NAME.size().at_least(True),
    "a field beside another type": COUNT.less_than(attr("name")),
    "a field beside itself": COUNT.equals(attr("count")),
    "an order of two bools": attr("is_open").less_than(attr("is_open")),
    "an order of lists beside lists": attr("log").less_than(attr("tags")),
    "a nested order of a map": attr("meta")["a"].less_than({}),
    "a nested order without a type": attr("meta")["a"].less_than([1]),
}
INVALID: dict[str, Any] = {
    "text for a number": COUNT.equals("many"),
    "one text for a number of several": COUNT.is_in(1, "many"),
    "a list for a text": NAME.is_in(["a"]),
    "None": attr("limit").equals(None),
    "an end that is None": attr("limit").between(1, None),
    "None in a list": attr("log").contains(None),
    "an element of another type": attr("log").contains(1),
    "an element of another type in a set": attr("tags").contains(1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_operator_refuses_what_its_type_does_not_take(name: str) -> None:
    """In a filter, in a condition, and where it is negated."""
    for condition in (REFUSED[name], ~REFUSED[name], REFUSED[name] | NAME.exists()):
        for operation in _operations(condition):
            with pytest.raises(InvalidOperation):
                operation.requests(Context())


@pytest.mark.parametrize("name", INVALID)
def test_a_value_is_one_that_the_field_could_have(name: str) -> None:
    """It is validated as the field is."""
    for operation in _operations(INVALID[name]):
        with pytest.raises(InvalidItem):
            operation.requests(Context())


def _operations(condition: Any) -> list[Any]:
    patch = Crate.key.patch(crate_id="a").set(limit=1)
    return [Crate.key.query().where(condition), patch.when(condition)]


def test_a_natural_key_is_no_operand_of_a_filter() -> None:
    """On neither side of a comparison."""
    query = Product.by_brand.query(brand="acme")
    for condition in (attr("brand").equals("x"), attr("name").equals(attr("brand"))):
        with pytest.raises(InvalidOperation):
            query.where(condition)


def test_ends_that_are_equal_are_a_range() -> None:
    """Of one value."""
    for condition in (COUNT.between(1, 1), attr("weight").between(Decimal("1.0"), Decimal(1))):
        Crate.key.query().where(condition).requests(Context())


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (COUNT.less_than(attr("limit")), "#count < #limit"),
        (COUNT.between(attr("limit"), 9), "#count >= #limit AND #count <= :count"),
        (COUNT.is_in(1, attr("limit")), "#count IN (:count) OR #count = #limit"),
        (COUNT.is_in(attr("limit")), "#count = #limit"),
        (~COUNT.at_most(attr("limit")), "NOT (#count <= #limit)"),
        (attr("meta")["a"].begins_with("x"), "begins_with(#meta.#a, :a)"),
    ],
)
def test_fields_and_values_are_compared_alike(condition: Any, text: str) -> None:
    """An optional field has no order while it is absent, as DynamoDB says too."""
    assert condition.render(Binder(), Crate.key.schema.scope) == text


def test_every_refusal_is_a_request_error() -> None:
    """Whoever calls may catch one class."""
    for condition in (*REFUSED.values(), *INVALID.values()):
        with pytest.raises(RequestError):
            condition.render(Binder(), Crate.key.schema.scope)
