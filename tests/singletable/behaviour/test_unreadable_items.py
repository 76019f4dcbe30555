"""One unreadable item never blocks what is behind it, in any kind of read."""

from __future__ import annotations

import pickle
from typing import Annotated, Any

import pytest

from singletable import Entity, Table, attr, create, inspect, shards
from singletable.errors.request import InvalidStoredItem
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend

stores = Table("stores")
by_kind = stores.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Stock(Entity, table=stores):
    """How many are left."""

    shop: str
    number: Annotated[int, integer(0, 9999)]
    left: int = 0

    key = stores.primary.key("SHOP#{shop}", "STOCK#{number}")
    spread = by_kind.key("STOCKS#{shard}", "{number}", shards=shards(3, by="number"))


ALL = Stock.key.query(shop="one")
SPREAD = Stock.spread.query()
QUERIES = pytest.mark.parametrize("query", [ALL, SPREAD], ids=["one partition", "shards"])
BROKEN = (3, 7)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """Nine items, of which the third and the seventh are not as declared."""
    backend = open_backend(stores)
    for number in range(1, 10):
        backend.repository.write(create(Stock(shop="one", number=number)))
    for item in backend.items():
        if int(item["number"]["N"]) in BROKEN:
            backend.client.put_item(TableName=backend.name, Item={**item, "left": {"S": "few"}})
    return backend


def numbers(items: Any) -> list[int]:
    return [item.number for item in items]


def refusal(call: Any) -> InvalidStoredItem:
    with pytest.raises(InvalidStoredItem) as refused:
        call()
    return refused.value


@QUERIES
def test_the_error_of_a_page_carries_its_good_items_and_the_cursor_behind_it(
    db: Backend, query: Any
) -> None:
    """Those before and after it: whoever catches it goes on, and misses nothing."""
    error = refusal(lambda: db.repository.fetch(query.page(4)))
    assert error.key == "SHOP#one / STOCK#0003"
    assert numbers(error.items) == [1, 2, 4]
    error = refusal(lambda: db.repository.fetch(query.page(4, error.cursor)))
    assert (error.key, numbers(error.items)) == ("SHOP#one / STOCK#0007", [5, 6, 8])
    last = db.repository.fetch(query.page(4, error.cursor))
    assert (numbers(last), last.is_last) == ([9], True)


@QUERIES
def test_the_error_of_a_whole_partition_says_that_nothing_is_behind_it(
    db: Backend, query: Any
) -> None:
    """Its first one is the unreadable one named, and all others come."""
    error = refusal(lambda: db.repository.fetch(query))
    assert (error.key, error.cursor) == ("SHOP#one / STOCK#0003", None)
    assert numbers(error.items) == [1, 2, 4, 5, 6, 8, 9]


@QUERIES
def test_the_error_of_first_and_of_iterate_continues_as_well(db: Backend, query: Any) -> None:
    """First has none to give; iterate gave what came before the page."""
    third = db.repository.fetch(query.page(2)).cursor
    error = refusal(lambda: db.repository.fetch(query.page(1, third).first()))
    assert error.items == ()
    assert numbers(db.repository.fetch(query.page(3, error.cursor))) == [4, 5, 6]
    error = refusal(lambda: list(db.repository.iterate(query.take(5))))
    assert numbers(error.items) == [1, 2, 4, 5]
    assert numbers(db.repository.fetch(query.page(1, error.cursor))) == [6]


@QUERIES
def test_a_tolerating_query_leaves_them_out_and_reports_them(db: Backend, query: Any) -> None:
    """A page holds as many readable items as were asked for."""
    tolerating = query.tolerating_unreadable()
    page = db.repository.fetch(tolerating.page(4))
    assert (numbers(page), len(page)) == ([1, 2, 4, 5], 4)
    assert [each.key for each in page.unreadable] == ["SHOP#one / STOCK#0003"]
    rest = db.repository.fetch(tolerating.page(9, page.cursor))
    assert (numbers(rest), rest.is_last) == ([6, 8, 9], True)
    assert [(each.entity, each.key) for each in rest.unreadable] == [
        ("Stock", "SHOP#one / STOCK#0007")
    ]
    assert "left" in rest.unreadable[0].problems


@QUERIES
def test_iterate_and_first_go_on_past_what_is_tolerated(db: Backend, query: Any) -> None:
    """In both directions, with `take` counting what is readable."""
    tolerating = query.tolerating_unreadable()
    assert numbers(db.repository.iterate(tolerating)) == [1, 2, 4, 5, 6, 8, 9]
    assert numbers(db.repository.iterate(tolerating.descending().take(4))) == [9, 8, 6, 5]
    third = db.repository.fetch(tolerating.page(2)).cursor
    found = db.repository.fetch(tolerating.page(1, third).first())
    assert found.number == 4


@QUERIES
def test_a_partition_of_unreadable_items_alone_has_no_first(db: Backend, query: Any) -> None:
    """And not one request for each of them."""
    for item in db.items():
        db.client.put_item(TableName=db.name, Item={**item, "left": {"S": "few"}})
    db.sent.clear()
    assert db.repository.fetch(query.tolerating_unreadable().first()) is None
    assert len(db.sent) <= 2 * query.key_query.partition_count


def test_a_foreign_item_among_them_is_unreadable_too(db: Backend) -> None:
    """Whatever stands under the keys of the query."""
    foreign = {"PK": {"S": "SHOP#one"}, "SK": {"S": "STOCK#0000"}, "entity": {"S": "Chair"}}
    db.client.put_item(TableName=db.name, Item=foreign)
    page = db.repository.fetch(ALL.tolerating_unreadable())
    assert (len(page), len(page.unreadable)) == (7, 3)
    assert page.unreadable[0].key == "SHOP#one / STOCK#0000"


def test_a_filter_and_tolerance_go_together(db: Backend) -> None:
    """What the filter discards is not decoded."""
    some = ALL.where(attr("number").greater_than(4)).tolerating_unreadable()
    page = db.repository.fetch(some.page(3))
    assert (numbers(page), len(page.unreadable)) == ([5, 6, 8], 1)


def test_a_cursor_is_good_with_and_without_tolerance(db: Backend) -> None:
    """Which items are read does not depend on it: one may stop at an error and go on tolerating."""
    error = refusal(lambda: db.repository.fetch(ALL.page(4)))
    page = db.repository.fetch(ALL.tolerating_unreadable().page(9, error.cursor))
    assert numbers(page) == [5, 6, 8, 9]


def test_the_error_shows_no_items_and_can_be_pickled(db: Backend) -> None:
    """Logs take the text of errors, and the items of others are none of their business."""
    error = refusal(lambda: db.repository.fetch(ALL.page(4)))
    assert str(error.cursor) not in repr(error)
    assert "Stock(" not in repr(error)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.items, again.cursor) == (error.items, error.cursor)


def test_a_cache_never_answers_a_tolerating_query(db: Backend) -> None:
    """It would keep the items, and forget what was unreadable."""
    assert inspect.must_be_fresh(ALL.tolerating_unreadable())
    assert inspect.must_be_fresh(ALL.tolerating_unreadable().first())
    assert not inspect.must_be_fresh(ALL)


def test_an_item_read_by_its_key_has_nothing_behind_it(db: Backend) -> None:
    """The error of a get carries neither."""
    error = refusal(lambda: db.repository.fetch(Stock.key.get(shop="one", number=3)))
    assert (error.items, error.cursor) == ((), None)
