"""Every verb stores an entity as `create` does: fields, index keys, TTL.

An item that is in all indexes is changed to each state by each verb, and what is stored then is
compared with what a `create` of that state stores.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from singletable import (
    TTL,
    Entity,
    Table,
    batch,
    create,
    number,
    put,
    shards,
    transaction,
    update,
    upsert,
)
from singletable.formats import integer, slug, text
from tests.backends import START, Backend
from tests.conftest import MEMORY_FIRST, OpenBackend

pytestmark = MEMORY_FIRST

store = Table("store")
gsi1 = store.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = store.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
gsi3 = store.global_index("GSI3", partition_key="GSI3PK", sort_key="GSI3SK")
costly = store.global_index("COSTLY", partition_key="maker", sort_key=number("CSK"))
placed = store.global_index("PLACED", partition_key=("hall", "row"), sort_key=("from", "PSK"))
recent = store.local_index("RECENT", sort_key="LSK")


class Grade(StrEnum):
    FINE = "Fine"
    POOR = "poor"


class Box(BaseModel):
    """A nested model."""

    width: int
    note: str | None = None
    sides: set[str] = Field(default_factory=set)


class Ware(Entity, table=store):
    """Something in every kind of index, with every kind of attribute."""

    ware_id: Annotated[str, slug()]
    grade: Grade | None = None
    is_new: bool | None = None
    maker: Annotated[str, text(lower=True)] | None = None
    cost: Annotated[int, integer(-99, 9999)] | None = None
    hall: str | None = None
    row: str | None = None
    since: datetime | None = None
    place: str | None = None
    ends: Annotated[datetime | None, TTL] = None
    size: int | None = None
    rate: float = 0.5
    weight: Decimal | None = None
    name: str = ""
    data: bytes = b""
    tags: set[str] = Field(default_factory=set)
    marks: set[int] = Field(default_factory=set)
    blobs: set[bytes] = Field(default_factory=set)
    log: list[str] = Field(default_factory=list)
    by_day: dict[str, datetime] = Field(default_factory=dict)
    deep: dict[str, dict[str, list[Decimal]]] = Field(default_factory=dict)
    box: Box | None = None

    key = store.primary.key("WARE#{ware_id}", "WARE")
    by_grade = gsi1.key("GRADE#{grade}#{is_new}", "{since}#{place}")
    spread = gsi2.key("HALL#{hall}#{shard}", "{cost}", shards=shards(3, by="ware_id"))
    in_row = gsi3.key("ROW#{shard}", "{since}#{cost}", shards=shards(7, by=("row", "place")))
    by_cost = costly.key("{maker}", "{cost}")
    by_place = placed.key(("{hall}", "{row}"), ("FROM#{since}", "{place}"))
    lately = recent.key("WARE#{ware_id}", "{since}")


TOKYO = timezone(timedelta(hours=9))
FULL: dict[str, Any] = {
    "grade": Grade.FINE,
    "is_new": True,
    "maker": "ACME",
    "cost": 7,
    "hall": "h",
    "row": "r",
    "since": START,
    "place": "p",
    "ends": START + timedelta(days=1),
    "size": 1,
    "weight": Decimal("1.5"),
    "name": "n",
    "data": b"d",
    "tags": {"a"},
    "marks": {1},
    "blobs": {b"b"},
    "log": ["l"],
    "by_day": {"a": START},
    "deep": {"a": {"b": [Decimal(1)]}},
    "box": Box(width=1, note="n", sides={"s"}),
}
STATES: dict[str, dict[str, Any]] = {
    "all parts of index keys": {
        "grade": Grade.POOR,
        "is_new": False,
        "maker": "Other",
        "cost": -5,
        "hall": "H",
        "row": "R",
        "since": datetime(2026, 1, 1, 5, tzinfo=TOKYO),
        "place": "Q",
    },
    **{
        f"no {name}": {name: None}
        for name in ("grade", "is_new", "maker", "cost", "hall", "row", "since", "place", "ends")
    },
    "another end, in another zone": {"ends": datetime(2026, 5, 1, 1, 2, 3, 999_999, tzinfo=TOKYO)},
    "empty": {"name": "", "data": b"", "tags": set(), "marks": set(), "blobs": set(), "log": []},
    "none": {"size": None, "weight": None, "box": None, "by_day": {}, "deep": {}},
    "nested": {"box": Box(width=2, note=None, sides=set())},
    "numbers": {"size": 10**37, "rate": 0.1 + 0.2, "weight": Decimal("1E-130"), "marks": {-1, 10}},
    "texts": {"name": "\x00 é 𝄞 #", "tags": {"é", "#", "true"}, "log": ["", "b", "a"]},
    "bytes": {"data": bytes(range(256)), "blobs": {b"\x00", b"\xff"}},
    "moments": {"by_day": {"x": datetime(2026, 1, 1, tzinfo=TOKYO), "y": START}},
    "deep": {"deep": {"a.b": {"c-d": [Decimal("1.50"), Decimal(-1)]}, "#": {}}},
}
"""What each state has otherwise than FULL."""


def ware(**values: Any) -> Ware:
    return Ware(ware_id="w", **{**FULL, **values})


def patch(values: dict[str, Any]) -> Any:
    """A patch that sets what is otherwise, and is given what keys need beside it."""
    parts = ("grade", "is_new", "maker", "cost", "hall", "row", "since", "place")
    known = {name: FULL[name] for name in parts if name not in values}
    change = Ware.key.patch(ware_id="w").set(**values)
    return change.given(**known) if values.keys() & set(parts) else change


def upsert_by_key(values: dict[str, Any]) -> Any:
    return Ware.key.upsert(ware_id="w").set(**{**FULL, "rate": 0.5, **values})


VERBS: dict[str, Callable[[Ware, dict[str, Any]], Any]] = {
    "put": lambda before, values: put(ware(**values)),
    "put in a batch": lambda before, values: batch(put(ware(**values))),
    "put in a transaction": lambda before, values: transaction(put(ware(**values))),
    "update": lambda before, values: update(before, ware(**values)),
    "update of a copy": lambda before, values: update(before, before.model_copy(update=values)),
    "update in a transaction": lambda before, values: transaction(update(before, ware(**values))),
    "patch": lambda before, values: patch(values),
    "patch in a transaction": lambda before, values: transaction(patch(values)),
    "patch once": lambda before, values: patch(values).once(),
    "upsert": lambda before, values: upsert(ware(**values)),
    "upsert by key": lambda before, values: upsert_by_key(values),
    "upsert in a transaction": lambda before, values: transaction(upsert(ware(**values))),
}


def stored(db: Backend) -> dict[str, Any]:
    (item,) = db.items()
    return spelt_alike(item)


def spelt_alike(value: Any) -> Any:
    """The value with numbers as such, and sets without an order."""
    if isinstance(value, list):
        return [spelt_alike(each) for each in value]
    if not isinstance(value, dict):
        return bytes(value) if hasattr(value, "value") else value
    kind, inner = next(iter(value.items()), ("", None))
    if kind in ("SS", "NS", "BS"):
        one = {"SS": str, "NS": Decimal, "BS": bytes}[kind]
        return {kind: {one(each) for each in inner}}
    if kind == "N":
        return {kind: Decimal(inner)}
    return {name: spelt_alike(value[name]) for name in value}


PARTS = {
    "GSI1": ({"GSI1PK", "GSI1SK"}, ("grade", "is_new", "since", "place")),
    "GSI2": ({"GSI2PK", "GSI2SK"}, ("hall", "cost")),
    "GSI3": ({"GSI3PK", "GSI3SK"}, ("row", "place", "since", "cost")),
    "COSTLY": ({"CSK"}, ("maker", "cost")),
    "PLACED": ({"from", "PSK"}, ("hall", "row", "since", "place")),
    "RECENT": ({"LSK"}, ("since",)),
}
"""Of each index: the key attributes that are no field, and the fields that its key is made of."""


@pytest.mark.parametrize("state", STATES)
def test_every_verb_stores_what_a_create_stores(open_backend: OpenBackend, state: str) -> None:
    """Whatever was stored before; and it is read as it was given."""
    db, values = open_backend(store), STATES[state]
    db.repository.write(create(ware(**values)))
    expected = stored(db)
    for verb, write in VERBS.items():
        before = db.repository.write(put(ware()))
        db.repository.write(write(before, values))
        assert stored(db) == expected, verb
        found = db.repository.fetch(Ware.key.get(ware_id="w"))
        assert found == ware(**values), verb


@pytest.mark.parametrize("state", STATES)
def test_an_index_key_is_whole_or_absent(open_backend: OpenBackend, state: str) -> None:
    """The item is in an index once, or not at all and without any attribute made for it."""
    db, item = open_backend(store), ware(**STATES[state])
    db.repository.write(create(item))
    for index, (attributes, parts) in PARTS.items():
        is_there = None not in [getattr(item, name) for name in parts]
        found = db.client.scan(TableName=db.name, IndexName=index)["Items"]
        assert len(found) == is_there, index
        assert attributes & stored(db).keys() == (attributes if is_there else set()), index
