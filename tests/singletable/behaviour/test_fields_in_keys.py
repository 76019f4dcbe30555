"""`IN_KEY`: fields that are stored in the text of the primary key alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest

from singletable import (
    IN_KEY,
    VERSION,
    Entity,
    Query,
    Table,
    access_pattern,
    attr,
    create,
    delete,
    put,
    unique,
    update,
    upsert,
)
from singletable.errors import (
    ContradictoryPattern,
    InvalidEntity,
    InvalidStoredItem,
    ItemExists,
    UniqueTaken,
)
from singletable.formats import integer, text
from tests.backends import Backend
from tests.conftest import OpenBackend

store = Table("sessions-store")
by_user = store.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Session(Entity, table=store):
    """A session; its identity is no attribute."""

    session_id: Annotated[UUID, IN_KEY]
    day: Annotated[date, IN_KEY]
    step: Annotated[int, integer(0, 99), IN_KEY] = 0
    user: str
    note: str | None = None
    key = store.primary.key("SESSION#{session_id}", "{day}#{step}")
    of_user = by_user.key("USER#{user}", "{day}#{session_id}")


class Person(Entity, table=store):
    """A member of a team, which stands twice in the key; folded."""

    team: Annotated[str, text(lower=True), IN_KEY]
    name: Annotated[str, text(lower=True), IN_KEY]
    nick: Annotated[str, text(lower=True)]
    version: Annotated[int, VERSION] = 1
    key = store.primary.key("TEAM#{team}", "PERSON#{team}#{name}")
    by_nick = by_user.key("NICK#{nick}", "{name}")
    unique_nick = unique("nick", within="team")


ID = UUID("018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d")
session = Session(session_id=ID, day=date(2026, 3, 1), step=7, user="ann")
identity: dict[str, Any] = {"session_id": ID, "day": date(2026, 3, 1), "step": 7}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(store)


def test_it_is_stored_in_the_key_alone_and_read_from_it(db: Backend) -> None:
    """By every verb that writes, and every read."""
    write, fetch = db.repository.write, db.repository.fetch
    write(create(session))
    (item,) = db.items()
    assert item == {
        "PK": {"S": f"SESSION#{ID}"},
        "SK": {"S": "2026-03-01#07"},
        "GSI1PK": {"S": "USER#ann"},
        "GSI1SK": {"S": f"2026-03-01#{ID}"},
        "entity": {"S": "Session"},
        "user": {"S": "ann"},
    }
    with pytest.raises(ItemExists):
        write(create(session))
    assert fetch(Session.key.get(**identity)) == session
    assert list(fetch(Session.of_user.query(user="ann").at_least(day=date(2026, 1, 1)))) == [
        session
    ]
    moved = write(update(session, session.model_copy(update={"user": "bob"})))
    assert moved == session.model_copy(update={"user": "bob"})
    assert list(fetch(Session.of_user.query(user="bob"))) == [moved]
    patched = write(Session.key.patch(**identity).set(user="eve"))
    assert patched.session_id == ID
    assert write(put(session)) == session
    assert write(upsert(session.model_copy(update={"note": "x"}))).note == "x"
    assert set(db.items()[0]) == {"PK", "SK", "GSI1PK", "GSI1SK", "entity", "user", "note"}
    write(delete(session, must_exist=True))
    assert db.items() == []


def test_an_attribute_of_that_name_is_another_programs(db: Backend) -> None:
    """It is not read, and stays where the item is updated."""
    db.put(PK=f"SESSION#{ID}", SK="2026-03-01#07", entity="Session", user="ann", session_id="other")
    read = db.repository.fetch(Session.key.get(**identity))
    assert read == session
    assert read is not None
    db.repository.write(update(read, read.model_copy(update={"note": "seen"})))
    db.repository.write(Session.key.upsert(**identity).set(user="bob"))
    assert db.items()[0]["session_id"] == {"S": "other"}


def test_a_key_that_does_not_hold_them_is_reported(db: Backend) -> None:
    """Also where the field has a default: its absence is no statement."""
    db.put(
        PK=f"SESSION#{ID}",
        SK="2026-03-01#7",
        entity="Session",
        user="ann",
        GSI1PK="USER#ann",
        GSI1SK=f"2026-03-01#{ID}",
    )
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(Session.of_user.query(user="ann"))
    assert caught.value.problems == "its key is no Session.key"


def test_both_places_of_a_field_must_agree(db: Backend) -> None:
    """Writes of what was read would go to another item."""
    db.put(
        PK="TEAM#red",
        SK="PERSON#blue#ann",
        entity="Person",
        nick="a",
        GSI1PK="NICK#a",
        GSI1SK="ann",
    )
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(Person.by_nick.query(nick="a"))
    assert caught.value.problems == (
        "its SK is 'PERSON#blue#ann', and its fields make 'PERSON#red#ann'"
    )


def test_unique_values_may_be_within_it(db: Backend) -> None:
    """Also where an update moves them."""
    write = db.repository.write
    ann = write(create(Person(team="Red", name="Ann", nick="A")))
    assert (ann.team, ann.name, ann.nick) == ("red", "ann", "a")
    write(update(ann, ann.model_copy(update={"nick": "b"})))
    with pytest.raises(UniqueTaken):
        write(create(Person(team="RED", name="Bob", nick="B")))
    other = write(create(Person(team="blue", name="Bob", nick="B")))
    read = db.repository.fetch(Person.key.get(team="red", name="ann"))
    assert read is not None
    write(delete(read))
    write(delete(other))
    assert db.items() == []


def test_no_condition_names_it() -> None:
    """There is no attribute to compare."""

    def at_step(user: str, step: int) -> Query[Session]:
        """A filter on the key."""
        return Session.of_user.query(user=user).where(attr("step").equals(step))

    with pytest.raises(ContradictoryPattern) as caught:
        access_pattern(at_step)
    assert "a condition on step, which is stored in the key alone" in str(caught.value)


def test_only_text_of_a_key_holds_fields() -> None:
    """Anything else does not import."""
    table = Table("others", partition_key="device", sort_key="SK")

    with pytest.raises(InvalidEntity) as caught:

        class Outside(Entity, table=table):
            """A field of no text."""

            device: str
            mark: Annotated[str, IN_KEY]
            key = table.primary.key("{device}", "OUTSIDE")

    assert "mark is IN_KEY, in 0 keys of indexes" in caught.value.declared
    with pytest.raises(InvalidEntity) as caught:

        class Natural(Entity, table=table):
            """The attribute is the field."""

            device: Annotated[str, IN_KEY]
            key = table.primary.key("{device}", "NATURAL")

    assert "is itself the attribute device" in caught.value.declared
    with pytest.raises(InvalidEntity):

        class Inner(Entity, table=table):
            """Inside a list."""

            device: str
            marks: list[Annotated[str, IN_KEY]]
            key = table.primary.key("{device}", "INNER")
