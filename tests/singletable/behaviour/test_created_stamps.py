"""The created stamp stays as it was set when the item was created."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest

from singletable import CREATED, UPDATED, VERSION, Entity, Repository, Table, create, update, upsert
from tests.backends import Backend
from tests.conftest import OpenBackend

sheets = Table("sheets")
by_time = sheets.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)


class Sheet(Entity, table=sheets):
    """A sheet, listed by the time when it was created."""

    sheet_id: str
    title: str = ""
    made: Annotated[datetime | None, CREATED] = None
    changed: Annotated[datetime | None, UPDATED] = None
    version: Annotated[int, VERSION] = 1

    key = sheets.primary.key("SHEET#{sheet_id}", "SHEET")
    listed = by_time.key("SHEETS", "{made}")


class Note(Entity, table=sheets):
    """A note without a version."""

    note_id: str
    title: str = ""
    made: Annotated[datetime | None, CREATED] = None

    key = sheets.primary.key("NOTE#{note_id}", "NOTE")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(sheets)


def at(db: Backend, moment: datetime) -> Repository:
    """The repository, at this time."""
    db.clock.now = moment
    return db.repository


def test_an_update_to_a_state_built_by_hand_leaves_the_stamp(db: Backend) -> None:
    """And the index key that is made of it."""
    made = at(db, FIRST).write(create(Sheet(sheet_id="1")))
    after = at(db, LATER).write(update(made, Sheet(sheet_id="1", title="x")))
    assert (after.made, after.changed, after.version) == (FIRST, LATER, 2)
    assert list(db.repository.fetch(Sheet.listed.query())) == [after]


def test_an_update_does_not_take_another_stamp(db: Backend) -> None:
    made = at(db, FIRST).write(create(Note(note_id="1")))
    changed = made.model_copy(update={"title": "x", "made": LATER})
    assert db.repository.write(update(made, changed)).made == FIRST


def test_a_state_built_by_hand_that_was_before_leaves_the_stamp(db: Backend) -> None:
    at(db, FIRST).write(create(Note(note_id="1")))
    before, after = Note(note_id="1"), Note(note_id="1", title="x", made=LATER)
    assert at(db, LATER).write(update(before, after)).made == FIRST


def test_an_upsert_leaves_the_stamp(db: Backend) -> None:
    at(db, FIRST).write(create(Note(note_id="1")))
    assert at(db, LATER).write(upsert(Note(note_id="1", title="x", made=LATER))).made == FIRST
