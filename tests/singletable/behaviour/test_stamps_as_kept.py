"""Stamps are stored as their fields keep them, by every verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from singletable import CREATED, UPDATED, Entity, Table, create, put, update, upsert
from singletable.errors.request import InvalidItem
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

logs = Table("logs")
gsi1 = logs.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
TOO_LATE = datetime(2027, 1, 1, tzinfo=UTC)


def whole_seconds(moment: datetime | None) -> datetime | None:
    if moment is not None and moment >= TOO_LATE:
        raise ValueError("is too late")
    return moment and moment.replace(microsecond=0)


Moment = Annotated[datetime | None, AfterValidator(whole_seconds)]


class Entry(Entity, table=logs):
    """An entry, in an index by when it was changed."""

    entry_id: str
    note: str = ""
    made: Annotated[Moment, CREATED] = None
    changed: Annotated[Moment, UPDATED] = None
    key = logs.primary.key("ENTRY#{entry_id}", "ENTRY")
    by_change = gsi1.key("ENTRIES", "{changed}#{entry_id}")


WRITES: dict[str, Callable[[Any], Any]] = {
    "create": lambda _: create(Entry(entry_id="2")),
    "put": put,
    "update": lambda entry: update(entry, entry.model_copy(update={"note": "b"})),
    "patch": lambda _: Entry.key.patch(entry_id="1").set(note="b"),
    "upsert": lambda _: Entry.key.upsert(entry_id="1").set(note="b"),
    "upsert of a new item": lambda _: Entry.key.upsert(entry_id="2").set(note="b"),
    "upsert of an entity": lambda _: upsert(Entry(entry_id="2", note="b")),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(logs)


@pytest.mark.parametrize("write", WRITES)
def test_a_stamp_is_stored_as_its_field_keeps_it(db: Backend, write: str) -> None:
    """A patch stored the moment itself, in the index key too, which then contradicted the field."""
    entry = db.repository.write(create(Entry(entry_id="1")))
    db.clock.tick(hours=1)
    written = db.repository.write(WRITES[write](entry))
    found = list(db.repository.fetch(Entry.by_change.query()))
    assert written in found
    assert written.changed == db.clock().replace(microsecond=0)
    stored = db.raw(PK=f"ENTRY#{written.entry_id}", SK="ENTRY")
    assert stored is not None
    assert stored["GSI1SK"]["S"] == f"{stored['changed']['S']}#{written.entry_id}"


@pytest.mark.parametrize("write", WRITES)
def test_a_stamp_that_its_field_refuses_is_not_written(db: Backend, write: str) -> None:
    entry = db.repository.write(create(Entry(entry_id="1")))
    db.clock.now = TOO_LATE
    with raises(InvalidItem, entity="Entry", problems="too late"):
        db.repository.write(WRITES[write](entry))
    assert list(db.repository.fetch(Entry.by_change.query())) == [entry]
