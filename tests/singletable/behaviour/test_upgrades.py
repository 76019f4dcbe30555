"""Upgrades that answer what is no item: found on reading, before any write is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, Field

from singletable import Entity, Table, update, upsert
from singletable.errors.request import InvalidStoredItem
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

attics = Table("attics")
gsi1 = attics.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Lamp(BaseModel):
    """A lamp in a box."""

    colour: str = "red"


def change(item: Any) -> Any:
    """Does what the item's note says."""
    CHANGES[item["note"]["S"]](item)
    return item


class Box(Entity, table=attics, upgrade=change, reaches=["note", "lamp", "colour", "colours"]):
    """A box in the attic."""

    box_id: str
    note: str
    lamp: Lamp = Lamp()
    key = attics.primary.key("BOX#{box_id}", "BOX")
    everything = gsi1.key("BOXES", "{box_id}")


DEEP: Any = {"S": "x"}
for _ in range(32):
    DEEP = {"L": [DEEP]}
CHANGES: dict[str, Callable[[Any], None]] = {
    "nothing": lambda item: None,
    "a known type": lambda item: item.update(colour={"SS": ["red", "blue"]}),
    "a number as name": lambda item: item.update({5: {"S": "x"}}),
    "None as name": lambda item: item.update({None: {"S": "x"}}),
    "an empty name": lambda item: item.update({"": {"S": "x"}}),
    "a plain value": lambda item: item.update(colour="red"),
    "two tags": lambda item: item.update(colour={"S": "a", "N": "1"}),
    "an unknown tag": lambda item: item.update(colour={"X": "a"}),
    "another payload": lambda item: item.update(colour={"N": 5}),
    "a plain element": lambda item: item.update(colours={"L": ["red"]}),
    "a plain entry": lambda item: item.update(colours={"M": {"a": 1}}),
    "an empty set": lambda item: item.update(colours={"SS": []}),
    "too deep": lambda item: item.update(colours=DEEP),
    "a plain value inside": lambda item: item.update(lamp={"M": {"colour": {"S": "a"}, "watt": 5}}),
}
WRONG = [name for name in CHANGES if name not in ("nothing", "a known type")]
READS: dict[str, Callable[[Backend], Any]] = {
    "get": lambda db: db.repository.fetch(Box.key.get(box_id="1")),
    "query": lambda db: db.repository.fetch(Box.key.query(box_id="1")).items[0],
    "index": lambda db: db.repository.fetch(Box.everything.query()).items[0],
    "iterate": lambda db: next(db.repository.iterate(Box.everything.query())),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(attics)


def store(db: Backend, note: str) -> None:
    db.put(PK="BOX#1", SK="BOX", entity="Box", box_id="1", note=note, GSI1PK="BOXES", GSI1SK="1")


@pytest.mark.parametrize("note", WRONG)
@pytest.mark.parametrize("read", READS)
def test_what_an_upgrade_sets_must_be_an_attribute(db: Backend, read: str, note: str) -> None:
    """An update of what was read so raised an AttributeError."""
    store(db, note)
    problem = "its upgrade sets"
    with raises(InvalidStoredItem, entity="Box", key="BOX#1 / BOX", problems=problem, written="no"):
        READS[read](db)


@pytest.mark.parametrize("read", READS)
def test_what_an_upgrade_adds_is_written_by_an_update(db: Backend, read: str) -> None:
    store(db, "a known type")
    before = READS[read](db)
    db.repository.write(update(before, before.model_copy(update={"note": "nothing"})))
    stored = db.raw(PK="BOX#1", SK="BOX")
    assert stored is not None
    assert sorted(stored["colour"]["SS"]) == ["blue", "red"]


def test_an_upgrade_that_answers_a_number_is_an_error_of_the_item(
    open_backend: OpenBackend,
) -> None:
    """As `len` does, whose signature says that it takes one thing."""
    table = Table("counted")
    counted: Any = len

    class Counted(Entity, table=table, upgrade=counted, reaches=[]):
        """Whose upgrade is none."""

        counted_id: str
        key = table.primary.key("COUNTED#{counted_id}", "COUNTED")

    db = open_backend(table)
    db.put(PK="COUNTED#1", SK="COUNTED", entity="Counted", counted_id="1")
    with raises(InvalidStoredItem, entity="Counted", problems="which is no item"):
        db.repository.fetch(Counted.key.get(counted_id="1"))


class Case(Entity, table=attics, renamed={"light": "lamp"}):
    """A case with lamps, of which one was a light of old."""

    case_id: str
    note: str = ""
    lamp: Lamp = Lamp()
    lamps: list[Lamp] = Field(default_factory=list)
    key = attics.primary.key("CASE#{case_id}", "CASE")


BLUE = {"M": {"colour": {"S": "blue"}, "watt": {"N": "5"}}}
GREEN = {"M": {"colour": {"S": "green"}, "watt": {"N": "5"}}}
WRITES: dict[str, Callable[[Case, Case], Any]] = {
    "update": update,
    "upsert": lambda _, after: upsert(after),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("attribute", ["lamp", "light"])
@pytest.mark.parametrize(
    ("change", "lamp"), [({"note": "x"}, BLUE), ({"lamp": Lamp(colour="green")}, GREEN)]
)
def test_names_that_newer_programs_know_stay_in_nested_models(
    db: Backend, write: str, attribute: str, change: dict[str, Any], lamp: Any
) -> None:
    """An upsert of what was read dropped them."""
    nested: dict[str, Any] = {attribute: BLUE, "lamps": {"L": [BLUE, BLUE]}}
    db.put(PK="CASE#1", SK="CASE", entity="Case", case_id="1", **nested)
    before = db.repository.fetch(Case.key.get(case_id="1"))
    assert before is not None
    after = db.repository.write(WRITES[write](before, before.model_copy(update=change)))
    assert after == before.model_copy(update=change)
    stored = db.raw(PK="CASE#1", SK="CASE")
    assert stored is not None
    assert (stored["lamp"], stored["lamps"]) == (lamp, {"L": [BLUE, BLUE]})


def test_an_upsert_of_another_identity_takes_along_nothing_unknown(db: Backend) -> None:
    """What is unknown belongs to the item that was read."""
    db.put(PK="CASE#1", SK="CASE", entity="Case", case_id="1", lamp=BLUE)
    before = db.repository.fetch(Case.key.get(case_id="1"))
    assert before is not None
    db.repository.write(upsert(before.model_copy(update={"case_id": "2"})))
    stored = db.raw(PK="CASE#2", SK="CASE")
    assert stored is not None
    assert stored["lamp"] == {"M": {"colour": {"S": "blue"}}}
