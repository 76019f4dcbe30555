"""Defaults that factories make: conditions, additions and reads go by one notion of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, StringConstraints

from singletable import Entity, Table, attr, update
from singletable.errors import ConditionFailed, VersionConflict
from singletable.expressions import Condition
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

pots = Table("pots")
CALLS: list[int] = []


def another() -> int:
    """Makes another number each time."""
    CALLS.append(1)
    return len(CALLS)


def fail() -> int:
    raise LookupError("no default")


class Pot(Entity, table=pots):
    """A pot, whose defaults come from factories."""

    pot_id: str
    same: int = Field(le=9, default_factory=lambda: 7)
    varying: int = Field(le=1000, default_factory=another)
    failing: int = Field(le=9, default_factory=fail)
    label: Annotated[str, StringConstraints(to_lower=True)] = Field(
        default_factory=lambda: "AB", validate_default=True
    )
    rows: list[int] = Field(max_length=3, default_factory=lambda: [another()])
    key = pots.primary.key("POT#{pot_id}", "POT")


POT = Pot.key.patch(pot_id="1")

shelves = Table("shelves")


class Shelf(Entity, table=shelves):
    """A shelf, empty by default."""

    shelf_id: str
    room: str = "cellar"
    books: list[str] = Field(default_factory=list)
    sizes: dict[str, int] = Field(default_factory=dict[str, int])
    key = shelves.primary.key("SHELF#{shelf_id}", "SHELF")


@pytest.fixture
def kitchen(open_backend: OpenBackend) -> Backend:
    """With a pot from before its fields."""
    db = open_backend(pots)
    db.put(PK="POT#1", SK="POT", entity="Pot", pot_id="1", failing={"N": "1"})
    return db


def test_conditions_and_additions_go_by_one_notion_of_a_default(kitchen: Backend) -> None:
    """What a factory makes alike is the default; where it makes another, there is none."""
    same = POT.add(same=1).when(attr("same").equals(7))
    assert kitchen.repository.write(same).same == 8
    varying = POT.add(varying=5).when(~attr("varying").greater_than(0))
    assert kitchen.repository.write(varying).varying == 5
    assert kitchen.repository.write(POT.append(rows=[0])).rows == [0]


def test_a_change_calls_no_factory_again(kitchen: Backend) -> None:
    """Whether it makes the same twice was seen before."""
    change = POT.add(varying=1).append(rows=[1])
    first = change.requests(Context())
    made = len(CALLS)
    assert change.requests(Context()) == first
    assert len(CALLS) == made


def test_a_factory_that_fails_makes_no_default(kitchen: Backend) -> None:
    """Its error was the caller's of a condition."""
    change = POT.add(failing=2).when(attr("failing").equals(1))
    assert kitchen.repository.write(change.set(varying=1, rows=[])).failing == 3


def test_a_default_that_is_validated_is_compared_as_it_is_read(kitchen: Backend) -> None:
    query = Pot.key.query(pot_id="1").where(attr("label").equals("ab"))
    assert [pot.label for pot in kitchen.repository.fetch(query).items] == ["ab"]


def test_an_update_leaves_absent_what_it_does_not_change(open_backend: OpenBackend) -> None:
    """An empty list or dict that a factory makes is read, as other defaults are, and not stored."""
    db = open_backend(shelves)
    db.put(PK="SHELF#1", SK="SHELF", entity="Shelf", shelf_id="1")
    before = db.repository.fetch(Shelf.key.get(shelf_id="1"))
    assert before is not None
    after = db.repository.write(update(before, before.model_copy(update={"room": "attic"})))
    assert (after.books, after.sizes, after.room) == ([], {}, "attic")
    raw = db.raw(PK="SHELF#1", SK="SHELF")
    assert raw is not None
    assert raw.keys() == {"PK", "SK", "entity", "shelf_id", "room"}
    with_book = db.repository.write(update(after, after.model_copy(update={"books": ["Emma"]})))
    assert with_book.books == ["Emma"]


def test_what_is_given_may_be_a_default_that_a_factory_makes(kitchen: Backend) -> None:
    """The item lacks it, and is read with it. What is made anew each time is no default."""
    assert kitchen.repository.write(POT.given(same=7).set(rows=[1])).same == 7
    by_hand = Pot(pot_id="1", same=7, varying=0, failing=0, label="ab", rows=[1])
    with pytest.raises(VersionConflict):
        kitchen.repository.write(POT.given(varying=by_hand.varying).set(rows=[2]))


guests = Table("guests")
TODAY = [date(2026, 11, 30)]


class Stay(BaseModel):
    """Where nothing is said, from today on."""

    since: date = Field(default_factory=lambda: TODAY[0])


@dataclass(slots=True)
class Slot:
    since: date


class Guest(Entity, table=guests):
    """A guest, of today where nothing is said."""

    guest_id: str
    notes: int = 0
    days: list[date] = Field(default_factory=lambda: [TODAY[0]])
    stay: Stay = Field(default_factory=Stay)
    rooms: dict[str, date] = Field(default_factory=lambda: {"a": TODAY[0]})
    marks: dict[date, int] = Field(default_factory=lambda: {TODAY[0]: 1})
    slot: Slot = Field(default_factory=lambda: Slot(TODAY[0]))
    key = guests.primary.key("GUEST#{guest_id}", "GUEST")


@pytest.mark.parametrize(
    "condition",
    [
        attr("days").equals([date(2026, 11, 30)]),
        attr("stay")["since"].equals(date(2026, 11, 30)),
        attr("rooms").equals({"a": date(2026, 11, 30)}),
        attr("marks").equals({date(2026, 11, 30): 1}),
        attr("slot")["since"].equals(date(2026, 11, 30)),
    ],
    ids=["list", "record", "dict", "keys", "slots"],
)
def test_a_day_that_a_factory_puts_inside_is_no_default(
    open_backend: OpenBackend, condition: Condition
) -> None:
    """It is another one tomorrow, in a process that goes on."""
    db = open_backend(guests)
    db.put(PK="GUEST#1", SK="GUEST", entity="Guest", guest_id="1")
    TODAY[0] = date(2026, 11, 30)
    assert list(db.repository.iterate(Guest.key.query(guest_id="1").where(condition))) == []
    TODAY[0] = date(2026, 12, 1)
    with raises(ConditionFailed):
        db.repository.write(Guest.key.patch(guest_id="1").set(notes=1).when(condition))
