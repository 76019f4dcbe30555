"""What validators see together is written together: an update asks for the fields that stay."""

from __future__ import annotations

from typing import Annotated, Any, Self

import pytest
from pydantic import ValidationInfo, field_validator, model_validator

from singletable import VERSION, Entity, Table, create, delete, transaction, update
from singletable.errors import TransactionCancelled, VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend

rooms = Table("rooms")
by_name = rooms.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Booking(Entity, table=rooms):
    """From one hour to another."""

    room: str
    start: int
    end: int
    note: str = ""

    key = rooms.primary.key("ROOM#{room}", "BOOKING")

    @model_validator(mode="after")
    def check(self) -> Self:
        if self.start >= self.end:
            raise ValueError("ends before it starts")
        return self


class Counted(Entity, table=rooms):
    """Likewise, by a field validator, with a version."""

    room: str
    start: int
    end: int
    version: Annotated[int, VERSION] = 1

    key = rooms.primary.key("ROOM#{room}", "COUNTED")

    @field_validator("end")
    @classmethod
    def check(cls, value: int, info: ValidationInfo) -> int:
        if value <= info.data["start"]:
            raise ValueError("ends before it starts")
        return value


class Person(Entity, table=rooms):
    """Found by a name that is made of two fields."""

    person_id: str
    first: str
    last: str
    full: str = ""

    key = rooms.primary.key("PERSON#{person_id}", "PERSON")
    by_full = by_name.key("FULL#{full}", "{person_id}")

    @model_validator(mode="before")
    @classmethod
    def derive(cls, data: Any) -> Any:
        return {**data, "full": f"{data['first']} {data['last']}"}


def booked(open_backend: OpenBackend) -> tuple[Backend, Booking]:
    db = open_backend(rooms)
    return db, db.repository.write(create(Booking(room="1", start=9, end=18)))


def changed(entity: Any, **fields: Any) -> Any:
    return update(entity, entity.model_copy(update=fields))


def test_the_second_of_two_changes_is_refused(open_backend: OpenBackend) -> None:
    db, read = booked(open_backend)
    later = db.repository.write(changed(read, start=16))
    with pytest.raises(VersionConflict):
        db.repository.write(changed(read, end=12))
    with pytest.raises(TransactionCancelled):
        db.repository.write(transaction(changed(read, end=12)))
    assert db.repository.fetch(Booking.key.get(room="1")) == later
    assert db.repository.write(changed(later, end=17)).end == 17


def test_fields_that_are_written_are_not_asked_for(open_backend: OpenBackend) -> None:
    """As in every update, the last one wins."""
    db, read = booked(open_backend)
    db.repository.write(changed(read, note="a"))
    assert db.repository.write(changed(read, note="b")).note == "b"


def test_a_default_that_is_not_stored_is_asked_for_as_one(open_backend: OpenBackend) -> None:
    db = open_backend(rooms)
    hours: Any = {"start": {"N": "9"}, "end": {"N": "18"}}
    db.put(PK="ROOM#1", SK="BOOKING", entity="Booking", room="1", **hours)
    read = db.repository.fetch(Booking.key.get(room="1"))
    assert read is not None
    assert db.repository.write(changed(read, end=12)).end == 12


def test_a_version_that_counts_anew_is_no_proof(open_backend: OpenBackend) -> None:
    db = open_backend(rooms)
    read = db.repository.write(create(Counted(room="1", start=9, end=18)))
    db.repository.write(delete(read))
    later = db.repository.write(create(Counted(room="1", start=16, end=18)))
    with pytest.raises(VersionConflict):
        db.repository.write(changed(read, end=12))
    assert db.repository.fetch(Counted.key.get(room="1")) == later


def test_what_is_made_of_two_fields_stays_what_they_make(open_backend: OpenBackend) -> None:
    db = open_backend(rooms)
    read = db.repository.write(create(Person(person_id="1", first="Ann", last="Lee")))
    db.repository.write(changed(read, first="Eve"))
    with pytest.raises(VersionConflict):
        db.repository.write(changed(read, last="Poe"))
    [found] = db.repository.fetch(Person.by_full.query(full="Eve Lee")).items
    assert (found.first, found.last, found.full) == ("Eve", "Lee", "Eve Lee")
