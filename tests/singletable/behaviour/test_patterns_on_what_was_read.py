"""Patterns that write an entity which was read or written before: as planned for any entity."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from singletable import (
    VERSION,
    Delete,
    Entity,
    Put,
    Table,
    Update,
    Upsert,
    access_pattern,
    create,
    delete,
    put,
    update,
    upsert,
)
from singletable.errors.request import ConditionFailed, VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend

shelves = Table("shelves")


def mark(item: dict[str, Any]) -> dict[str, Any]:
    """Marks the item, so that the upgrade is seen to have been there."""
    item["mark"] = {"S": "seen"}
    return item


class Jar(Entity, table=shelves, upgrade=mark, reaches=["mark"]):
    """A jar, without a version."""

    jar_id: str
    left: int = 0
    key = shelves.primary.key("JAR#{jar_id}", "JAR")


class Tin(Entity, table=shelves):
    """A tin, whose version has a default that items from before lack."""

    tin_id: str
    left: int = 0
    version: Annotated[int, VERSION] = 1
    key = shelves.primary.key("TIN#{tin_id}", "TIN")


class Box(Entity, table=shelves, renamed={"edition": "version"}):
    """A box, whose version had another name."""

    box_id: str
    version: Annotated[int, VERSION] = 1
    key = shelves.primary.key("BOX#{box_id}", "BOX")


@access_pattern
def save_box(box: Box) -> Put[Box]:
    """Saves a box."""
    return put(box)


@access_pattern
def save_jar(jar: Jar) -> Upsert[Jar]:
    """Saves what a jar was given."""
    return upsert(jar)


@access_pattern
def put_jar(jar: Jar) -> Put[Jar]:
    """Saves a jar."""
    return put(jar)


@access_pattern
def put_tin(tin: Tin) -> Put[Tin]:
    """Saves a tin."""
    return put(tin)


@access_pattern
def change_tin(before: Tin, after: Tin) -> Update[Tin]:
    """Changes a tin."""
    return update(before, after)


@access_pattern
def drop_tin(tin: Tin) -> Delete:
    """Drops a tin."""
    return delete(tin, must_exist=True)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    db = open_backend(shelves)
    db.put(PK="JAR#1", SK="JAR", entity="Jar", jar_id="1")
    db.put(PK="TIN#1", SK="TIN", entity="Tin", tin_id="1")
    return db


def read(db: Backend, key: Any, **identity: str) -> Any:
    return db.repository.fetch(key.get(**identity))


def test_a_pattern_upserts_what_was_read(db: Backend) -> None:
    """It was an UnplannedOperation, as the plan had not read anything."""
    jar = read(db, Jar.key, jar_id="1")
    assert db.repository.write(save_jar(jar.model_copy(update={"left": 2}))).left == 2
    stored = db.raw(PK="JAR#1", SK="JAR")
    assert stored is not None
    assert stored["mark"] == {"S": "seen"}


def test_an_upsert_of_what_was_read_still_asks_for_its_type(db: Backend) -> None:
    jar = read(db, Jar.key, jar_id="1")
    db.put(PK="JAR#1", SK="JAR", entity="Bowl", jar_id="1")
    with pytest.raises(ConditionFailed):
        db.repository.write(save_jar(jar))


def test_a_pattern_puts_what_was_read_or_created(db: Backend) -> None:
    """Also a version of 1, which may be stored as none."""
    assert db.repository.write(put_jar(read(db, Jar.key, jar_id="1"))).left == 0
    assert db.repository.write(put_tin(read(db, Tin.key, tin_id="1"))).version == 2
    tin = db.repository.write(create(Tin(tin_id="2")))
    assert db.repository.write(put_tin(tin)).version == 2


def test_a_put_of_a_pattern_still_asks_for_the_version(db: Backend) -> None:
    tin = read(db, Tin.key, tin_id="1")
    db.repository.write(put_tin(tin))
    with pytest.raises(VersionConflict):
        db.repository.write(put_tin(tin))


def test_a_pattern_changes_and_deletes_what_was_read(db: Backend) -> None:
    tin = read(db, Tin.key, tin_id="1")
    tin = db.repository.write(change_tin(tin, tin.model_copy(update={"left": 3})))
    db.repository.write(drop_tin(tin))
    assert db.raw(PK="TIN#1", SK="TIN") is None


def test_a_version_under_its_former_name_is_put(open_backend: OpenBackend) -> None:
    """In which form it is stored is not planned."""
    backend = open_backend(shelves)
    backend.put(PK="BOX#1", SK="BOX", entity="Box", box_id="1", edition={"N": "3"})
    box = backend.repository.fetch(Box.key.get(box_id="1"))
    assert box is not None
    assert backend.repository.write(save_box(box)) == Box(box_id="1", version=4)
