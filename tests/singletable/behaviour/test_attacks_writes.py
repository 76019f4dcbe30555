"""Writes of items whose keys or unique items are not what the entity makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import AwareDatetime, StringConstraints

from singletable import TTL, Entity, Table, create, delete, unique, update
from singletable.errors.request import InvalidStoredItem
from singletable.formats import text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

rooms = Table("rooms")
natural = Table("natural-rooms", partition_key="room", sort_key="name")
START = datetime(2026, 4, 1, tzinfo=UTC)


def _renamed(item: Any) -> Any:
    """An upgrade that gives an item another identity."""
    if item["guest"] == {"S": "old"}:
        item["guest"] = {"S": "new"}
    return item


class Guest(Entity, table=rooms):
    """Whose address is lower case by now."""

    room: str
    email: Annotated[str, text(lower=True)]
    key = rooms.primary.key("ROOM#{room}", "GUEST#{email}")


class Seat(Entity, table=rooms):
    """Identified by a UUID."""

    room: str
    seat: UUID
    key = rooms.primary.key("ROOM#{room}", "SEAT#{seat}")


class Slot(Entity, table=rooms):
    """Identified by a moment."""

    room: str
    at: AwareDatetime
    key = rooms.primary.key("ROOM#{room}", "SLOT#{at}")


class Visit(Entity, table=rooms, upgrade=_renamed, reaches=["guest"]):
    """Whose upgrade renames a guest."""

    room: str
    guest: str
    key = rooms.primary.key("ROOM#{room}", "VISIT#{guest}")


class Chair(Entity, table=natural):
    """Its fields are its key."""

    room: str
    name: Annotated[str, StringConstraints(to_lower=True)]
    key = natural.primary.key("{room}", "{name}")


class Voucher(Entity, table=rooms):
    """Expires, and has a code of its own."""

    voucher_id: str
    code: str
    expires_at: Annotated[AwareDatetime | None, TTL] = None
    key = rooms.primary.key("VOUCHER#{voucher_id}", "VOUCHER")
    unique_code = unique("code")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """The rooms' table on every DynamoDB that we have."""
    return open_backend(rooms)


def store(db: Backend, **attributes: str) -> None:
    """Stores an item of texts, as another program would."""
    item = {name: {"S": value} for name, value in attributes.items()}
    db.client.put_item(TableName=db.name, Item=item)


@pytest.mark.parametrize(
    ("entity", "field", "stored", "read"),
    [
        (Guest, "email", "Kim@Example.com", "kim@example.com"),
        (
            Seat,
            "seat",
            "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        ),
        (Slot, "at", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z"),
        (Visit, "guest", "old", "new"),
    ],
)
def test_an_item_whose_key_is_not_that_of_what_it_is_read_as_is_unreadable(
    db: Backend, entity: type[Entity], field: str, stored: str, read: str
) -> None:
    """Its writes would go to another item: a deletion would succeed and delete nothing."""
    kind = entity.__name__
    sort = f"{kind.upper()}#{stored}"
    store(db, PK="ROOM#1", SK=sort, entity=kind, room="1", **{field: stored})
    problem = f"its SK is {sort!r}, and its fields make '{kind.upper()}#{read}'"
    with raises(InvalidStoredItem, entity=kind, key=f"ROOM#1 / {sort}", problems=problem):
        db.repository.fetch(entity.key.query(room="1"))  # type: ignore[attr-defined]


def test_a_natural_key_in_another_spelling_is_unreadable(open_backend: OpenBackend) -> None:
    """Where fields are the key themselves, nothing else contradicts it."""
    db = open_backend(natural)
    store(db, room="1", name="Red", entity="Chair")
    problem = "its name is 'Red', and its fields make 'red'"
    with raises(InvalidStoredItem, entity="Chair", key="1 / Red", problems=problem):
        db.repository.fetch(Chair.key.query(room="1"))


def test_an_item_whose_unique_item_has_expired_before_it_can_be_prolonged(db: Backend) -> None:
    """DynamoDB deletes what has expired in any order; the value is claimed again."""
    voucher = Voucher(voucher_id="a", code="x", expires_at=START)
    first = db.repository.write(create(voucher))
    claim = {"PK": {"S": "UNIQUE#Voucher#code#x"}, "SK": {"S": "UNIQUE"}}
    held = db.raw(PK="UNIQUE#Voucher#code#x", SK="UNIQUE")
    db.client.delete_item(TableName=db.name, Key=claim)
    later = START + timedelta(days=1)
    db.repository.write(update(first, first.model_copy(update={"expires_at": later})))
    expiry = {"N": str(int(later.timestamp()))}
    assert db.raw(PK="UNIQUE#Voucher#code#x", SK="UNIQUE") == {**(held or {}), "expires_at": expiry}


def robbed(db: Backend) -> Voucher:
    """A voucher whose unique item is gone, and whose code another one has claimed since."""
    first = db.repository.write(create(Voucher(voucher_id="a", code="x")))
    claim = {"PK": {"S": "UNIQUE#Voucher#code#x"}, "SK": {"S": "UNIQUE"}}
    db.client.delete_item(TableName=db.name, Key=claim)
    db.repository.write(create(Voucher(voucher_id="b", code="x")))
    return first


@pytest.mark.parametrize("must_exist", [False, True])
def test_an_item_whose_value_another_one_has_claimed_can_be_deleted(
    db: Backend, must_exist: bool
) -> None:
    """The deletion did nothing, and said that it had; the other's unique item stays."""
    first = robbed(db)
    db.repository.write(delete(first, must_exist=must_exist))
    assert db.raw(PK="VOUCHER#a", SK="VOUCHER") is None
    assert db.raw(PK="UNIQUE#Voucher#code#x", SK="UNIQUE") is not None


def test_an_item_whose_value_another_one_has_claimed_can_take_another(db: Backend) -> None:
    """It was an ItemMissing about an item that is there."""
    first = robbed(db)
    db.repository.write(update(first, first.model_copy(update={"code": "y"})))
    owners = {
        code: (db.raw(PK=f"UNIQUE#Voucher#code#{code}", SK="UNIQUE") or {})["owner"]["M"]["PK"]["S"]
        for code in ("x", "y")
    }
    assert owners == {"x": "VOUCHER#b", "y": "VOUCHER#a"}
