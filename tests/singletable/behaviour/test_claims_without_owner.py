"""Unique items that do not say whose they are: one's own are those of what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from pydantic import Field

from singletable import TTL, Entity, Table, clear, create, delete, unique, update
from singletable.errors import InvalidEntity, UniqueTaken
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

NULL = {"NULL": True}
members = Table("members", type_attribute="_type")


def test_a_value_with_a_default_needs_an_owner() -> None:
    """Where it is read and not stored, nothing else tells whether it is claimed."""
    with raises(InvalidEntity, declared="name of Member.unique"):

        class Member(Entity, table=members):  # pyright: ignore[reportUnusedClass]
            """Someone with a name that has a default."""

            member_id: str
            name: str = "none"
            key = members.primary.key("MEMBER#{member_id}", "MEMBER")
            unique_name = unique(
                "name", key=members.primary.key("_name#{name}", "_unique#"), name="_Unique"
            )


def test_a_value_that_a_factory_makes_needs_an_owner() -> None:
    """An older item without it would be updated no more, and leave what it has claimed behind."""
    with raises(InvalidEntity, declared="name of Member.unique"):

        class Member(Entity, table=members):  # pyright: ignore[reportUnusedClass]
            """Someone with a name that is made where there is none."""

            member_id: str
            name: str = Field(default_factory=lambda: "none")
            key = members.primary.key("MEMBER#{member_id}", "MEMBER")
            unique_name = unique(
                "name", key=members.primary.key("_name#{name}", "_unique#"), name="_Unique"
            )


def test_an_identity_that_a_factory_makes_needs_none(open_backend: OpenBackend) -> None:
    """Every item has that in its key."""
    table = Table("members-by-uuid")

    class Member(Entity, table=table):
        """Someone whose identifier is made, with a name in it."""

        member_id: UUID = Field(default_factory=uuid4)
        name: str
        key = table.primary.key("MEMBER#{member_id}", "MEMBER")
        unique_name = unique(
            "name",
            within="member_id",
            key=table.primary.key("_name#{member_id}#{name}", "_unique#"),
            name="_Unique",
        )

    db = open_backend(table)
    made = db.repository.write(create(Member(name="kim")))
    db.repository.write(delete(made, must_exist=True))
    assert db.items() == []


def test_an_end_with_a_default_is_refused() -> None:
    """DynamoDB keeps what has none for ever, whatever it is read as."""
    with raises(InvalidEntity, declared="the ttl ends_at has a default"):

        class Member(Entity, table=members):  # pyright: ignore[reportUnusedClass]
            """Someone who leaves."""

            member_id: str
            ends_at: Annotated[datetime, TTL] = datetime(2040, 1, 1, tzinfo=UTC)
            key = members.primary.key("MEMBER#{member_id}", "MEMBER")


tenants = Table("tenants", type_attribute="_type", untagged="by key")


class User(Entity, table=tenants):
    """A user whose tenant and id stand in the key alone, as another program stores it."""

    tenant_id: str
    user_id: str
    name: str
    note: str | None = None
    key = tenants.primary.key("TENANT#{tenant_id}", "USER#{user_id}")
    unique_name = unique(
        "name",
        within="tenant_id",
        key=tenants.primary.key("_name#{tenant_id}#{name}", "_unique#"),
        name="_Unique",
    )


def test_a_field_that_the_key_tells_is_stored(open_backend: OpenBackend) -> None:
    """Its unique item is found, kept and released."""
    db = open_backend(tenants)
    db.put(PK="TENANT#a", SK="USER#1", name="kim")
    db.put(PK="_name#a#kim", SK="_unique#", _type="_Unique")
    read = db.repository.fetch(User.key.get(tenant_id="a", user_id="1"))
    assert read is not None
    noted = db.repository.write(update(read, read.model_copy(update={"note": "x"})))
    assert db.raw(PK="_name#a#kim", SK="_unique#") is not None
    db.repository.write(delete(noted, must_exist=True))
    assert db.items() == []
    db.repository.write(create(User(tenant_id="a", user_id="2", name="kim")))


def test_a_state_from_before_a_key_may_be_no_text_of_it(open_backend: OpenBackend) -> None:
    """It is in no index, and has claimed nothing: it can be changed and deleted."""
    table = Table("later-keys")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Book(Entity, table=table):
        """A book that was stored before it had a key by title, and before titles were unique."""

        book_id: str
        title: str
        key = table.primary.key("BOOK#{book_id}", "BOOK")
        by_title = index.key("BOOKS", "{title}#{book_id}")
        unique_title = unique("title")

    db = open_backend(table)
    for book_id, title in (("1", "C# in depth"), ("2", "F# in depth")):
        key: dict[str, Any] = {"PK": f"BOOK#{book_id}", "SK": "BOOK", "entity": "Book"}
        db.put(**key, book_id=book_id, title=title)
    one, two = (db.repository.fetch(Book.key.get(book_id=each)) for each in "12")
    assert one is not None
    assert two is not None
    written = db.repository.write(update(one, one.model_copy(update={"title": "C sharp"})))
    assert list(db.repository.fetch(Book.by_title.query())) == [written]
    db.repository.write(delete(two))
    assert db.raw(PK="BOOK#2", SK="BOOK") is None


slots = Table("slots", type_attribute="_type")


class Slot(Entity, table=slots):
    """A slot that ends; its unique item does with it, and DynamoDB may delete that one first."""

    slot_id: str
    name: str
    ends_at: Annotated[datetime | None, TTL] = None
    key = slots.primary.key("SLOT#{slot_id}", "SLOT")
    unique_name = unique("name", key=slots.primary.key("_name#{name}", "_unique#"), name="_Unique")


def ending(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)


EXPIRED: dict[str, Callable[[Slot], Any]] = {
    "delete": lambda read: delete(read, must_exist=True),
    "another name": lambda read: update(read, read.model_copy(update={"name": "x"})),
    "clear": lambda read: clear(Slot.key.query(slot_id=read.slot_id)),
    "another end": lambda read: update(read, read.model_copy(update={"ends_at": ending(2050)})),
}


@pytest.mark.parametrize("claim", [{}, {"ends_at": NULL}], ids=["none", "null"])
@pytest.mark.parametrize("verb", EXPIRED)
def test_an_end_that_is_stored_as_null_is_none(
    open_backend: OpenBackend, verb: str, claim: dict[str, Any]
) -> None:
    """As another program stores it; its unique item has none, or null as well."""
    db = open_backend(slots)
    key = {"PK": "SLOT#1", "SK": "SLOT", "_type": "Slot"}
    db.put(**key, slot_id="1", name="kim", ends_at=NULL)
    db.put(PK="_name#kim", SK="_unique#", _type="_Unique", **claim)
    read = db.repository.fetch(Slot.key.get(slot_id="1"))
    assert read is not None
    db.repository.write(EXPIRED[verb](read))
    left = db.raw(PK="_name#kim", SK="_unique#")
    expected = {"N": str(int(ending(2050).timestamp()))} if verb == "another end" else None
    assert (left and left.get("ends_at")) == expected


@pytest.mark.parametrize("verb", EXPIRED)
def test_what_another_item_claimed_meanwhile_is_its_own(
    open_backend: OpenBackend, verb: str
) -> None:
    """By its end the unique item tells whose it is."""
    db = open_backend(slots)
    db.repository.write(create(Slot(slot_id="1", name="kim", ends_at=ending(2020))))
    key = {"PK": {"S": "_name#kim"}, "SK": {"S": "_unique#"}}
    db.client.delete_item(TableName=db.name, Key=key)
    db.repository.write(create(Slot(slot_id="2", name="kim", ends_at=ending(2040))))
    read = db.repository.fetch(Slot.key.get(slot_id="1"))
    assert read is not None
    if verb == "another end":
        with pytest.raises(UniqueTaken):
            db.repository.write(EXPIRED[verb](read))
    else:
        db.repository.write(EXPIRED[verb](read))
    claim = db.raw(PK="_name#kim", SK="_unique#")
    assert claim is not None
    assert claim["ends_at"] == {"N": str(int(ending(2040).timestamp()))}
    with pytest.raises(UniqueTaken):
        db.repository.write(create(Slot(slot_id="3", name="kim")))
