"""Values whose class prints itself in its own way are stored as those of the class below it.

In attributes, in keys, in unique items and in what queries ask for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PosixPath
from typing import Any
from uuid import UUID

import pytest

from singletable import Entity, Table, create, unique
from singletable.errors import UniqueTaken
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises


class ShortId(UUID):
    """A UUID that is shown in few characters."""

    def __str__(self) -> str:
        return f"{self.int:x}"


class Secret(bytes):
    """Bytes that are shown as none."""

    def __bytes__(self) -> bytes:
        return b"none"


class Link(PosixPath):
    """A path that is shown as what it leads to."""

    def __str__(self) -> str:
        return "elsewhere"


class Month(str):
    """A text that is shown as another one."""

    def __str__(self) -> str:
        return "2021"


things = Table("things-of-classes")
gsi1 = things.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
PLAIN, OWNER = UUID(int=0xABC), UUID(int=0xDEF)
AT = datetime(2020, 2, 3, tzinfo=UTC)


class Thing(Entity, table=things):
    """A thing with a value of each class."""

    id: UUID
    owner: UUID
    serial: UUID
    token: bytes = b""
    path: Path = Path()
    at: datetime = AT
    key = things.primary.key("THING#{id}", "THING")
    by_owner = gsi1.key("OWNER#{owner}", "{at}")
    unique_serial = unique("serial")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With a thing all of whose values are of such classes."""
    db = open_backend(things)
    thing = Thing(
        id=ShortId(int=PLAIN.int),
        owner=ShortId(int=OWNER.int),
        serial=ShortId(int=PLAIN.int),
        token=Secret(b"x"),
        path=Link("a/b"),
    )
    db.repository.write(create(thing))
    return db


@pytest.mark.parametrize("kind", [UUID, ShortId])
def test_a_uuid_has_one_key_text(db: Backend, kind: Any) -> None:
    """Whatever class it is asked by."""
    found = db.repository.fetch(Thing.key.get(id=kind(int=PLAIN.int)))
    assert found == Thing(id=PLAIN, owner=OWNER, serial=PLAIN, token=b"x", path=Path("a/b"))
    assert db.repository.fetch(Thing.by_owner.query(owner=kind(int=OWNER.int))).items == (found,)
    with raises(UniqueTaken, field="serial"):
        other = Thing(id=OWNER, owner=OWNER, serial=kind(int=PLAIN.int))
        db.repository.write(create(other))


def test_the_beginning_of_a_key_is_the_text_itself(db: Backend) -> None:
    asked = Thing.by_owner.query(owner=OWNER)
    for month in ("2020-02", Month("2020-02")):
        assert len(db.repository.fetch(asked.begins_with(at=month)).items) == 1
    assert db.repository.fetch(asked.begins_with(at=Month("2020-03"))).items == ()
