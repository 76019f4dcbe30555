"""Shards by several fields, and by the primary key."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from singletable import Entity, Table, create, shards, update
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import IncompleteKey
from tests.backends import Backend
from tests.conftest import OpenBackend

sales = Table("sales")
gsi1 = sales.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = sales.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")


class Sale(Entity, table=sales):
    """A sale."""

    shop_id: str
    sale_id: str
    city: str
    day: date
    note: str = ""
    key = sales.primary.key("SHOP#{shop_id}", "SALE#{sale_id}")
    latest = gsi1.key("SALES#{shard}", "{day}#{shop_id}#{sale_id}", shards=shards(5))
    by_city = gsi2.key("CITY#{city}#{shard}", "{day}", shards=shards(4, by=("city", "sale_id")))


SALES = [
    Sale(shop_id=f"s{n % 3}", sale_id=f"n{n}", city="Bonn", day=date(2026, 3, n + 1))
    for n in range(20)
]


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    backend = open_backend(sales)
    for sale in SALES:
        backend.repository.write(create(sale))
    return backend


def test_all_shards_are_read_in_order(db: Backend) -> None:
    for query in (Sale.latest.query(), Sale.by_city.query(city="Bonn")):
        assert list(db.repository.fetch(query)) == SALES
    partitions = {item["GSI1PK"]["S"] for item in db.items()}
    assert len(partitions) == 5
    assert {item["GSI2PK"]["S"] for item in db.items()} == {f"CITY#Bonn#{n}" for n in range(4)}


def test_an_item_stays_in_its_shard(db: Backend) -> None:
    """Whatever is written, and however often."""
    before = {item["PK"]["S"] + item["SK"]["S"]: item["GSI1PK"] for item in db.items()}
    for sale in db.repository.fetch(Sale.latest.query()):
        later = sale.model_copy(update={"note": "paid", "day": date(2026, 4, sale.day.day)})
        db.repository.write(update(sale, later))
    after = {item["PK"]["S"] + item["SK"]["S"]: item["GSI1PK"] for item in db.items()}
    assert after == before
    assert len(db.repository.fetch(Sale.latest.query().at_least(day=date(2026, 4, 1))).items) == 20


def test_a_partial_update_knows_the_shard_by_the_identity(db: Backend) -> None:
    patch = Sale.key.patch(shop_id="s0", sale_id="n0").set(day=date(2026, 5, 1))
    with pytest.raises(IncompleteKey) as caught:
        db.repository.write(patch)
    assert (caught.value.index, caught.value.missing) == ("Sale.by_city", "city")
    db.repository.write(patch.given(city="Bonn"))
    assert [each.sale_id for each in db.repository.fetch(Sale.latest.query())][-1] == "n0"


def test_a_sharded_primary_key_can_be_got(open_backend: OpenBackend) -> None:
    table = Table("hits")

    class Hit(Entity, table=table):
        """A hit."""

        page: str
        hit_id: str
        key = table.primary.key("PAGE#{page}#{shard}", "{hit_id}", shards=shards(3))

    db = open_backend(table)
    hits = [Hit(page="home", hit_id=f"h{n:02}") for n in range(9)]
    for hit in hits:
        db.repository.write(create(hit))
    assert [db.repository.fetch(Hit.key.get(page="home", hit_id=h.hit_id)) for h in hits] == hits
    assert list(db.repository.fetch(Hit.key.query(page="home"))) == hits
    assert len({item["PK"]["S"] for item in db.items()}) == 3


def test_one_field_is_hashed_as_before() -> None:
    """What is stored stays where it is."""
    assert [shards(7, by="a").pick(text) for text in ("x", "dune", "Ä")] == [1, 5, 3]
    assert shards(7, by=("a", "b")).pick("x", "y") == shards(7, by="a").pick("x#y")


@pytest.mark.parametrize(
    ("primary", "options", "by"),
    [
        (("ONE", "ONE"), {}, "the primary key, which has no field"),
        (("X#{name}", "X"), {"by": ("name", "size")}, "'size'"),
        (("X#{name}", "X"), {"by": ("name", "none")}, "'none'"),
    ],
)
def test_what_nothing_can_be_spread_by_does_not_import(
    primary: tuple[str, str], options: dict[str, Any], by: str
) -> None:
    table = Table("shelf")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    with pytest.raises(InvalidEntity) as caught:

        class _Thing(Entity, table=table):
            """A thing."""

            name: str
            size: float = 1.0
            key = table.primary.key(*primary)
            spread = index.key("ALL#{shard}", "{name}", shards=shards(3, **options))

    assert caught.value.declared == f"_Thing.spread is sharded by {by}"
