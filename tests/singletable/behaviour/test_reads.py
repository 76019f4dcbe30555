"""R1 to R3, R5, R7, R8, R12 and B7: which items a read returns, on every DynamoDB."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from singletable import attr, create
from singletable.errors.request import InvalidCursor, InvalidKeyValue, InvalidOperation
from tests.backends import START, Backend
from tests.singletable.raises import raises
from tests.singletable.shop import Line, Product, Status, customer, line, product

pytestmark = pytest.mark.quick_on_local


def numbers(items: Any) -> list[int]:
    return [item.line_no for item in items]


def order(db: Backend, count: int = 12, **values: Any) -> list[Line]:
    return [db.repository.write(create(line(number, **values))) for number in range(1, count + 1)]


# R1


def test_r1_a_partition_is_answered_in_key_order(db: Backend) -> None:
    """Ascending, or descending when asked; another order's lines are not in it."""
    stored = order(db)
    db.repository.write(create(line(5, "o2")))
    query = Line.key.query(order_id="o1")
    assert list(db.repository.fetch(query)) == stored
    assert numbers(db.repository.fetch(query.newest_first())) == list(range(12, 0, -1))


def test_r1_a_sparse_index_holds_only_items_with_every_part(db: Backend) -> None:
    """And never an item of another entity in the same index."""
    db.repository.write(create(product("a", shelf="s")))
    db.repository.write(create(product("b")))
    db.repository.write(create(customer(tenant="s")))
    found = db.repository.fetch(Product.by_shelf.query(shelf="s"))
    assert [item.product_id for item in found] == ["a"]


def test_r1_a_range_ends_where_the_entity_ends(db: Backend) -> None:
    """`at_least` on a status does not run on into what sorts behind it."""
    for number, status in ((1, Status.DRAFT), (2, Status.LIVE)):
        db.repository.write(create(product(f"p{number}", shelf="s", status=status)))
    query = Product.by_shelf.query(shelf="s", status=Status.DRAFT).at_least(product_id="p0")
    assert [item.product_id for item in db.repository.fetch(query)] == ["p1"]


# R2, R3


def test_r2_a_skipped_component_is_refused() -> None:
    """Not silently widened; neither is a range on a later part."""
    with raises(InvalidOperation, where="Product.by_shelf", declared="status before it is not"):
        Product.by_shelf.query(shelf="s", product_id="a")
    with raises(InvalidOperation, where="Product.by_shelf", allowed="a range on status"):
        Product.by_shelf.query(shelf="s").at_least(product_id="a")
    with raises(InvalidOperation, where="Product.by_shelf", declared="partition key is missing"):
        Product.by_shelf.query()


def test_r3_all_some_and_a_range_of_the_components(db: Backend) -> None:
    """Equality, a closed prefix, both ends included."""
    order(db)
    whole = Line.key.query(order_id="o1")
    assert numbers(db.repository.fetch(Line.key.query(order_id="o1", line_no=1))) == [1]
    assert numbers(db.repository.fetch(whole.at_least(line_no=10))) == [10, 11, 12]
    assert numbers(db.repository.fetch(whole.at_most(line_no=2))) == [1, 2]
    assert numbers(db.repository.fetch(whole.between(line_no=(4, 6)))) == [4, 5, 6]
    with raises(InvalidOperation, where="Line.key", declared="ends before it begins: 7 to 4"):
        db.repository.fetch(whole.between(line_no=(7, 4)))


def test_r3_a_range_by_a_part_of_an_instant_includes_all_of_it(db: Backend) -> None:
    """Through February is through its last microsecond."""
    moments = [
        datetime(2026, 1, 31, 23, 59, tzinfo=UTC),
        datetime(2026, 2, 1, tzinfo=UTC),
        datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 1, tzinfo=UTC),
    ]
    for number, moment in enumerate(moments, start=1):
        db.repository.write(create(line(number, bought_at=moment)))
    query = Line.by_time.query(order_id="o1")
    assert numbers(db.repository.fetch(query.between(bought_at=("2026-02", "2026-02")))) == [2, 3]
    assert numbers(db.repository.fetch(query.at_most(bought_at="2026-02"))) == [1, 2, 3]
    assert numbers(db.repository.fetch(query.at_least(bought_at=moments[2]))) == [3, 4]


def test_r3_a_range_without_an_end_is_refused() -> None:
    """It would bound nothing."""
    for query in (Line.key.query(order_id="o1"), Product.by_brand.query(brand="acme")):
        field = "line_no" if query.key_query.key.entity == "Line" else "price"
        for bad in (
            lambda q=query, f=field: q.between(**{f: (None, None)}),
            lambda q=query, f=field: q.at_least(**{f: None}),
            lambda q=query, f=field: q.at_most(**{f: None}),
        ):
            with raises(InvalidOperation, where=query.key_query.key.label, declared="no end"):
                bad()


def test_r3_a_natural_number_key_is_ranged_by_value(db: Backend) -> None:
    """9 comes before 10 and 100."""
    for price in (100, 9, 10):
        db.repository.write(create(product(f"p{price}", brand="acme", price=price)))
    query = Product.by_brand.query(brand="acme")
    assert [item.price for item in db.repository.fetch(query)] == [9, 10, 100]
    assert [item.price for item in db.repository.fetch(query.at_least(price=10))] == [10, 100]
    assert [item.price for item in db.repository.fetch(query.between(price=(9, 10)))] == [9, 10]


# R5


def test_r5_an_empty_page_with_a_cursor_is_not_the_end(db: Backend) -> None:
    """A filter discards what was read; reading goes on until something is found."""
    order(db)
    query = Line.key.query(order_id="o1").where(attr("sku").equals("sku-12"))
    page = db.repository.fetch(query.page_size(2).max_requests(1).page(5))
    assert (page.items, page.is_last) == ((), False)
    rest = db.repository.fetch(query.page_size(2).page(5, page.cursor))
    assert numbers(rest) == [12]
    assert numbers(db.repository.iterate(query.page_size(1))) == [12]


# R7


@pytest.mark.parametrize("size", [1, 2, 5, 11, 12, 13])
def test_r7_pages_of_any_size_hold_every_item_once(db: Backend, size: int) -> None:
    """On the primary key, on a local, a global, a natural and a sharded index."""
    for number in range(12):
        db.repository.write(create(line(number, bought_at=START + timedelta(minutes=number % 5))))
        db.repository.write(
            create(
                product(
                    f"p{number:02d}", shelf="s", brand="acme", price=number % 4, rank=number % 3
                )
            )
        )
    for query in (
        Line.key.query(order_id="o1"),
        Line.by_time.query(order_id="o1").descending(),
        Product.by_shelf.query(shelf="s"),
        Product.by_brand.query(brand="acme"),
        Product.catalogue.query(status=Status.DRAFT).descending(),
    ):
        whole = list(db.repository.fetch(query))
        assert len(whole) == 12
        found, after = list[Any](), None
        while True:
            page = db.repository.fetch(query.page(size, after))  # type: ignore[attr-defined]
            found += page.items
            assert len(page.items) == size or page.is_last
            after = page.cursor
            if after is None:
                break
        assert found == whole


def test_r7_the_page_that_ends_with_the_last_item_knows_it(db: Backend) -> None:
    """No empty page follows a full last one."""
    order(db, 4)
    page = db.repository.fetch(Line.key.query(order_id="o1").page(4))
    assert (len(page), page.is_last) == (4, True)


# R8


def test_r8_a_consistent_read_of_a_global_index_is_refused() -> None:
    """Before sending; primary and local indexes are read consistently."""
    with raises(InvalidOperation, where="Product.by_shelf", declared="a consistent read"):
        Product.by_shelf.query(shelf="s").consistent()
    with raises(InvalidOperation, where="Product.catalogue", declared="a consistent read"):
        Product.catalogue.query(status=Status.LIVE).consistent()


def test_r8_consistent_reads_are_asked_for(db: Backend) -> None:
    """By get, and by query on the primary and on a local index."""
    order(db, 1, bought_at=START)
    for question in (
        Line.key.get(order_id="o1", line_no=1).consistent(),
        Line.key.query(order_id="o1").consistent(),
        Line.by_time.query(order_id="o1").consistent(),
    ):
        assert db.repository.fetch(question)  # type: ignore[arg-type]
        assert db.sent[-1].request.parameters["ConsistentRead"] is True


# R12


def test_r12_expired_items_are_left_out_where_asked(db: Backend) -> None:
    """From the very second on; by get and by query, with what never expires kept."""
    for number, seconds in ((1, -1), (2, 0), (3, 1)):
        moment = START + timedelta(seconds=seconds)
        db.repository.write(create(line(number, expires_at=moment)))
    db.repository.write(create(line(4)))
    query = Line.key.query(order_id="o1")
    assert numbers(db.repository.fetch(query)) == [1, 2, 3, 4]
    assert numbers(db.repository.fetch(query.excluding_expired())) == [3, 4]
    seen = [
        db.repository.fetch(Line.key.get(order_id="o1", line_no=number).excluding_expired())
        for number in (1, 2, 3, 4)
    ]
    assert [item and item.line_no for item in seen] == [None, None, 3, 4]
    db.clock.tick(seconds=1)
    assert numbers(db.repository.fetch(query.excluding_expired())) == [4]


def test_r12_unexpired_joins_other_filters(db: Backend) -> None:
    """Both must hold, whatever the other one's form."""
    for number in range(1, 5):
        moment = START + timedelta(seconds=number - 3)
        db.repository.write(create(line(number, expires_at=moment)))
    either = attr("line_no").equals(1) | attr("sku").equals("sku-4")
    query = Line.key.query(order_id="o1").where(either).excluding_expired()
    assert numbers(db.repository.fetch(query)) == [4]


def test_r12_only_entities_that_expire_can_be_asked_so() -> None:
    """A product has no TTL."""
    with raises(InvalidOperation, where="Product", declared="TTL"):
        Product.by_shelf.query(shelf="s").excluding_expired()
    with raises(InvalidOperation, where="Product", declared="TTL"):
        Product.key.get(product_id="a").excluding_expired()


def test_a_filter_names_fields_of_the_entity() -> None:
    """An unknown one is refused when it is given, as is a key attribute itself."""
    with raises(InvalidOperation, where="Line", declared="'nothing'"):
        Line.key.query(order_id="o1").where(attr("nothing").exists())
    with raises(InvalidOperation, where="Product.by_brand", declared="a filter on price"):
        Product.by_brand.query(brand="acme").where(attr("price").at_least(1))


# B7


def test_b7_a_sharded_index_is_one_stream(db: Backend) -> None:
    """Items spread over the shards are merged in key order, by one cursor."""
    for number in range(20):
        db.repository.write(create(product(f"p{number}", rank=100 - number)))
    shards = {item["GSI2PK"]["S"] for item in db.items()}
    assert len(shards) == 3
    query = Product.catalogue.query(status=Status.DRAFT)
    assert [item.rank for item in db.repository.fetch(query)] == list(range(81, 101))
    part = Product.catalogue.query(status=Status.DRAFT, shard=1)
    whole = [item for n in range(3) for item in _shard(db, n)]
    assert len(whole) == 20
    assert list(db.repository.fetch(part)) == _shard(db, 1)


def _shard(db: Backend, number: int) -> list[Product]:
    query = Product.catalogue.query(status=Status.DRAFT, shard=number)
    return list(db.repository.iterate(query))


def test_b7_a_shards_cursor_is_not_the_whole_querys(db: Backend) -> None:
    """Another set of partitions is another query."""
    for number in range(9):
        db.repository.write(create(product(f"p{number}")))
    page = db.repository.fetch(Product.catalogue.query(status=Status.DRAFT).page(2))
    part = Product.catalogue.query(status=Status.DRAFT, shard=1)
    with pytest.raises(InvalidCursor):
        db.repository.fetch(part.page(2, page.cursor))


def test_b7_a_shard_that_does_not_exist_is_refused(db: Backend) -> None:
    """Shards are numbered from 0."""
    with raises(InvalidKeyValue, where="Product.catalogue", field="shard", value=3):
        db.repository.fetch(Product.catalogue.query(status=Status.DRAFT, shard=3))
