"""Pages that come back to a position where reading has been are an error, not an endless loop."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from singletable import Repository, attr
from singletable.errors.service import ServiceUnavailable
from tests.singletable.clinic.making import item_of
from tests.singletable.shop import Line, Product, Status, line, shop

QUERY = Line.key.query(order_id="o1")


def position(number: int) -> dict[str, Any]:
    return {"PK": {"S": "ORDER#o1"}, "SK": {"S": f"LINE#{number:04d}"}}


class Positions:
    """Answers with no items, and the next of some positions."""

    def __init__(self, next_: Callable[[int], int], items: tuple[Any, ...] = ()) -> None:
        self.next, self.items, self.asked = next_, items, 0

    def __call__(self, operation: str, parameters: Any) -> Any:
        self.asked += 1
        assert self.asked < 500, "an endless loop"
        return {"Items": list(self.items), "LastEvaluatedKey": position(self.next(self.asked))}


CYCLES: dict[str, Callable[[int], int]] = {
    "one position": lambda asked: 1,
    "two": lambda asked: asked % 2,
    "seven": lambda asked: asked % 7,
    "seven, after thirty others": lambda asked: asked if asked < 30 else 30 + asked % 7,
}


@pytest.mark.parametrize("cycle", CYCLES)
@pytest.mark.parametrize("items", [(), (item_of(line(1)),)], ids=["empty", "with an item"])
@pytest.mark.parametrize(
    "read",
    [
        lambda repository: repository.fetch(QUERY),
        lambda repository: repository.fetch(QUERY.take(10_000)),
        lambda repository: list(repository.iterate(QUERY)),
        lambda repository: repository.fetch(Line.by_time.query(order_id="o1")),
        lambda repository: repository.fetch(QUERY.max_requests(400)),
    ],
    ids=["fetch", "take", "iterate", "index", "max_requests"],
)
def test_a_transport_that_repeats_its_positions_is_noticed(
    cycle: str, items: tuple[Any, ...], read: Callable[[Any], Any]
) -> None:
    """Whatever the length of the cycle."""
    transport = Positions(CYCLES[cycle], items)
    with pytest.raises(ServiceUnavailable) as error:
        read(Repository(transport, shop))
    assert "LastEvaluatedKey" in error.value.detail
    assert transport.asked < 150


def test_a_page_that_ends_where_it_started_is_no_progress() -> None:
    """At its first request already."""
    cursor = (
        Repository(
            lambda *_: {"Items": [item_of(line(1)), item_of(line(2))]},
            shop,
            cursor_secret=bytes(16),
        )
        .fetch(QUERY.page(1))
        .cursor
    )
    transport = Positions(lambda asked: 1)
    with pytest.raises(ServiceUnavailable):
        Repository(transport, shop, cursor_secret=bytes(16)).fetch(QUERY.page(1, cursor))
    assert transport.asked == 1


def test_shards_are_watched_each_by_itself() -> None:
    """That two of them stand at equal positions is no cycle."""
    answers = count()

    def transport(operation: str, parameters: Any) -> Any:
        start = parameters.get("ExclusiveStartKey")
        if next(answers) > 60:
            pytest.fail("an endless loop")
        return {"Items": [], **({} if start else {"LastEvaluatedKey": position(1)})}

    query = Product.catalogue.query(status=Status.DRAFT)
    assert Repository(transport, shop).fetch(query).items == ()


def test_many_empty_pages_that_go_on_are_read_to_the_end() -> None:
    """Progress is progress."""
    transport = Positions(lambda asked: asked)

    def until_300(operation: str, parameters: Any) -> Any:
        answer = transport(operation, parameters)
        return answer if transport.asked < 300 else {"Items": []}

    repository = Repository(until_300, shop)
    page = repository.fetch(QUERY.where(attr("sku").equals("x")).max_requests(400))
    assert (page.is_last, transport.asked) == (True, 300)
