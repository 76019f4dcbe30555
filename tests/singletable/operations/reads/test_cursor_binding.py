"""A cursor is bound to every fact that decides which items are read, and to no other."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Query, Repository, Table, access_pattern, attr
from singletable.errors.request import InvalidCursor
from tests.singletable.clinic.making import item_of, make
from tests.singletable.shop import Line, Product, Status, line, product, shop

SECRET = b"sixteen bytes at least"
FILTER = attr("sku").is_in("a", "b") & (attr("amount").greater_than(3))


STORED = [
    item_of(each)
    for n in range(1, 40)
    for each in (
        line(n, order_id="o1", bought_at="2026-01-01T00:00:00Z"),
        line(n, order_id="o2", bought_at="2026-01-01T00:00:00Z"),
        product(f"draft-{n}", shelf="s", brand="b", status=Status.DRAFT),
        product(f"live-{n}", shelf="s", brand="b", status=Status.LIVE),
    )
]


def answer(_: str, parameters: Any) -> Any:
    """Three items of the partition that is asked for, whatever else is asked."""
    name, _, value, *_ = parameters["KeyConditionExpression"].split()
    attribute = parameters["ExpressionAttributeNames"][name]
    wanted = parameters["ExpressionAttributeValues"][value]
    return {"Items": [item for item in STORED if item.get(attribute) == wanted][:3]}


def repository(name: str = "shop-one") -> Repository:
    return Repository(answer, {shop: name}, cursor_secret=SECRET)


@access_pattern
def lines(order_id: str) -> Query[Line]:
    """Lines of an order."""
    return Line.key.query(order_id=order_id)


@access_pattern
def same_lines(order_id: str) -> Query[Line]:
    """The same under another name."""
    return Line.key.query(order_id=order_id)


QUERY = Line.key.query(order_id="o1")
DRAFTS = Product.by_shelf.query(shelf="s", status=Status.DRAFT)
PAIRS: dict[str, tuple[Any, Any]] = {
    "partition": (QUERY, Line.key.query(order_id="o2")),
    "key": (Line.by_time.query(order_id="o1"), QUERY),
    "lower end": (QUERY.at_least(line_no=1), QUERY.at_least(line_no=2)),
    "upper end": (QUERY.at_most(line_no=8), QUERY.at_most(line_no=9)),
    "one end": (QUERY.at_least(line_no=1), QUERY.between(line_no=(1, 9999))),
    "lower or upper end": (
        Product.by_brand.query(brand="b").at_least(price=3),
        Product.by_brand.query(brand="b").at_most(price=3),
    ),
    "order": (QUERY, QUERY.newest_first()),
    "value of the sort key": (
        DRAFTS,
        Product.by_shelf.query(shelf="s", status=Status.LIVE),
    ),
    "depth of the sort key": (DRAFTS, Product.by_shelf.query(shelf="s")),
    "beginning": (DRAFTS.begins_with(product_id="a"), DRAFTS.begins_with(product_id="b")),
    "beginning or not": (DRAFTS.begins_with(product_id="a"), DRAFTS),
    "beginning or range": (
        DRAFTS.begins_with(product_id="a"),
        DRAFTS.between(product_id=("a", "a")),
    ),
    "filter": (QUERY.where(FILTER), QUERY),
    "one value of a filter": (
        QUERY.where(FILTER),
        QUERY.where(attr("sku").is_in("a", "c") & (attr("amount").greater_than(3))),
    ),
    "number in a filter": (
        QUERY.where(FILTER),
        QUERY.where(attr("sku").is_in("a", "b") & (attr("amount").greater_than(4))),
    ),
    "field of a filter": (
        QUERY.where(attr("order_id").differs_from("a")),
        QUERY.where(attr("sku").differs_from("a")),
    ),
    "attribute of a filter": (
        DRAFTS.where(attr("dashed").exists()),
        DRAFTS.where(attr("dotted").exists()),
    ),
    "operator of a filter": (
        QUERY.where(attr("amount").greater_than(3)),
        QUERY.where(attr("amount").at_least(3)),
    ),
    "expired": (QUERY.excluding_expired(), QUERY),
    "pattern": (lines("o1"), same_lines("o1")),
    "no pattern": (lines("o1"), QUERY),
    "shard": (
        Product.catalogue.query(status=Status.DRAFT, shard=0),
        Product.catalogue.query(status=Status.DRAFT, shard=1),
    ),
    "shards": (
        Product.catalogue.query(status=Status.DRAFT),
        Product.catalogue.query(status=Status.DRAFT, shard=0),
    ),
}


def cursor_of(query: Any, table: str = "shop-one") -> str:
    cursor = repository(table).fetch(query.page(2)).cursor
    assert cursor is not None
    return str(cursor)


@pytest.mark.parametrize("fact", PAIRS)
def test_a_cursor_is_bound_to_each_fact_by_itself(fact: str) -> None:
    """Two queries that differ in nothing else do not take each other's cursors."""
    one, other = PAIRS[fact]
    for mine, theirs in ((one, other), (other, one)):
        cursor = cursor_of(mine)
        with pytest.raises(InvalidCursor):
            repository().fetch(theirs.page(2, cursor))


def test_a_cursor_is_bound_to_the_real_table() -> None:
    """That of one stage opens nothing in another with the same secret."""
    cursor = cursor_of(QUERY, "shop-one")
    assert repository("shop-one").fetch(QUERY.page(2, cursor))
    with pytest.raises(InvalidCursor):
        repository("shop-two").fetch(QUERY.page(2, cursor))


@pytest.mark.parametrize("fact", PAIRS)
def test_a_cursor_continues_its_own_query_however_much_is_read(fact: str) -> None:
    """Size, consistency and tolerance are not part of the question."""
    for query in PAIRS[fact]:
        empty = Repository(lambda *_: {"Items": []}, {shop: "shop-one"}, cursor_secret=SECRET)
        cursor = cursor_of(query)
        for again in (
            query.page(9),
            query.page_size(3),
            query.tolerating_unreadable().max_requests(9),
        ):
            assert empty.fetch(again.page(5, cursor)).is_last


def test_a_cursor_is_bound_to_its_index() -> None:
    """Also where another one has the same templates."""
    table = Table("twice")
    indexes = [
        table.global_index(f"GSI{n}", partition_key=f"G{n}PK", sort_key=f"G{n}SK") for n in (1, 2)
    ]
    keys = {f"by_{n}": index.key("ALL", "{name}") for n, index in enumerate(indexes)}
    twice = make(table, {"name": str, "key": table.primary.key("T#{name}", "T"), **keys})
    items = [item_of(twice(name=name)) for name in "abc"]
    found = Repository(lambda *_: {"Items": items}, table, cursor_secret=SECRET)
    cursor = found.fetch(twice.by_0.query().page(1)).cursor
    assert found.fetch(twice.by_0.query().page(1, cursor))
    with pytest.raises(InvalidCursor):
        found.fetch(twice.by_1.query().page(1, cursor))
