"""What the refusal of an upsert names instead can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Self

import pytest
from pydantic import model_validator

from singletable import VERSION, Entity, Table, create, put, unique, update, upsert
from singletable.errors.request import IncompleteKey, InvalidOperation
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

docks = Table("docks")
gsi1 = docks.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Boat(Entity, table=docks):
    """A boat with a name of its own."""

    boat_id: str
    name: str
    key = docks.primary.key("BOAT#{boat_id}", "BOAT")
    unique_name = unique("name")


class Pier(Entity, table=docks):
    """A versioned pier."""

    pier_id: str
    name: str
    version: Annotated[int, VERSION] = 1
    key = docks.primary.key("PIER#{pier_id}", "PIER")


class Span(Entity, table=docks):
    """Two numbers in order."""

    span_id: str
    name: str
    low: int = 0
    high: int = 1
    key = docks.primary.key("SPAN#{span_id}", "SPAN")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        assert self.low <= self.high
        return self


class Crew(Boat, table=docks):
    """Unique, and checked as a whole."""

    key = docks.primary.key("CREW#{boat_id}", "CREW")

    @model_validator(mode="after")
    def _named(self) -> Self:
        assert self.name
        return self


class Slip(Entity, table=docks):
    """A place at a pier, found by the pier and its state."""

    slip_id: str
    pier: str | None
    state: str
    key = docks.primary.key("SLIP#{slip_id}", "SLIP")
    by_pier = gsi1.key("PIER#{pier}", "{state}#{slip_id}")


ALL = "create(entity), put(entity), or update(before, after)"
UNIQUE = "create(entity), or update(before, after)"
BOAT, PIER = Boat(boat_id="1", name="a"), Pier(pier_id="1", name="a")
SPAN, CREW = Span(span_id="1", name="a"), Crew(boat_id="1", name="a")
REFUSED: dict[str, tuple[Any, Callable[[], Any], str]] = {
    "unique": (BOAT, lambda: upsert(BOAT), UNIQUE),
    "unique by key": (BOAT, lambda: Boat.key.upsert(boat_id="1").set(name="a"), UNIQUE),
    "versioned": (PIER, lambda: upsert(PIER), ALL),
    "versioned by key": (PIER, lambda: Pier.key.upsert(pier_id="1").set(name="a"), ALL),
    "checked": (SPAN, lambda: upsert(SPAN), ALL),
    "checked by key": (SPAN, lambda: Span.key.upsert(span_id="1"), ALL),
    "unique and checked": (CREW, lambda: upsert(CREW), UNIQUE),
    "unique and checked by key": (CREW, lambda: Crew.key.upsert(boat_id="1"), UNIQUE),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(docks)


@pytest.mark.parametrize("kind", REFUSED)
def test_the_writes_that_are_named_instead_of_an_upsert_can_be_done(db: Backend, kind: str) -> None:
    """It named a put where that is refused, and an update alone where there is no item."""
    entity, build, allowed = REFUSED[kind]
    with raises(InvalidOperation, allowed=allowed):
        db.repository.write(build())
    stored = db.repository.write(create(entity))
    if "put" in allowed:
        stored = db.repository.write(put(stored))
    changed = stored.model_copy(update={"name": "b"})
    assert db.repository.write(update(stored, changed)).name == "b"


def test_an_upsert_that_lacks_a_field_of_a_key_can_set_it(db: Backend) -> None:
    """It has no given(), which was all that the remedy named."""
    part = Slip.key.upsert(slip_id="1").set(state="free")
    with raises(IncompleteKey, index="Slip.by_pier", missing="pier"):
        db.repository.write(part)
    assert "Set the missing fields too" in IncompleteKey.remedy
    made = db.repository.write(part.set(pier="north"))
    assert db.repository.fetch(Slip.by_pier.query(pier="north")).items == (made,)


def test_a_patch_that_lacks_a_field_of_a_key_can_set_or_give_it(db: Backend) -> None:
    db.repository.write(create(Slip(slip_id="1", pier="north", state="free")))
    patch = Slip.key.patch(slip_id="1").set(state="taken")
    with raises(IncompleteKey, index="Slip.by_pier", missing="pier"):
        db.repository.write(patch)
    assert db.repository.write(patch.given(pier="north")).state == "taken"
    assert db.repository.write(patch.set(pier="south")).pier == "south"
