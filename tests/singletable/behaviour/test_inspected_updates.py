"""What is told of an update before it is sent is what it then does, by what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import UPDATED, VERSION, Entity, Table, create, delete, inspect, update
from singletable.inspect import IndexPlace
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend

barns = Table("barns")
gsi1 = barns.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


def translate(item: Any) -> Any:
    if item["state"] == {"S": "offen"}:
        item["state"] = {"S": "open"}
    return item


class Barn(Entity, table=barns, upgrade=translate, reaches=["state"]):
    """A barn; its state was German once."""

    barn_id: str
    state: str = "open"
    size: int = 0
    sheep: set[int] = Field(default_factory=set)
    doors: list[dict[str, int]] = Field(default_factory=list)
    version: Annotated[int, VERSION] = 1
    changed_at: Annotated[datetime | None, UPDATED] = None
    key = barns.primary.key("BARN#{barn_id}", "BARN")
    by_state = gsi1.key("STATE#{state}", "{barn_id}")


def add_sheep(barn: Barn) -> None:
    barn.sheep.add(7)


def add_door(barn: Barn) -> None:
    barn.doors.append({"width": 2})


def widen(barn: Barn) -> None:
    barn.doors[0]["width"] = 3


CHANGES: dict[str, tuple[Callable[[Barn], None], str]] = {
    "a set": (add_sheep, "sheep"),
    "a list": (add_door, "doors"),
    "a map in a list": (widen, "doors"),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(barns)


def read(db: Backend) -> Barn:
    found = db.repository.fetch(Barn.key.get(barn_id="1"))
    assert found is not None
    return found


def store_older(db: Backend) -> None:
    index = {"GSI1PK": "STATE#offen", "GSI1SK": "1"}
    own = {"PK": "BARN#1", "SK": "BARN", "entity": "Barn", "barn_id": "1", "state": "offen"}
    db.put(**own, **index, doors={"L": []}, version={"N": "1"})


@pytest.mark.parametrize(("change", "field"), CHANGES.values(), ids=CHANGES)
def test_a_change_in_place_is_told_as_it_is_written(
    db: Backend, change: Callable[[Barn], None], field: str
) -> None:
    """Both states share the value, and compare as equal."""
    db.repository.write(create(Barn(barn_id="1", sheep={1}, doors=[{"width": 1}])))
    before = read(db)
    after = before.model_copy()
    change(after)
    write = update(before, after)
    assert inspect.changed_fields(write) == (field,)
    db.repository.write(write)
    assert getattr(read(db), field) == getattr(after, field)
    both = before.model_copy(update={"size": 4})
    assert inspect.changed_fields(update(before, both)) == ("size", field)


def test_an_update_that_changes_nothing_tells_no_field(db: Backend) -> None:
    db.repository.write(create(Barn(barn_id="1", sheep={1})))
    before = read(db)
    assert inspect.changed_fields(update(before, before.model_copy(deep=True))) == ()


def test_what_the_upgrade_changed_is_told_as_it_is_written(db: Backend) -> None:
    store_older(db)
    before = read(db)
    write = update(before, before.model_copy(update={"size": 4}))
    assert inspect.changed_fields(write) == ("state", "size")
    db.repository.write(write)
    item = db.raw(PK="BARN#1", SK="BARN") or {}
    assert (item["state"], item["size"], item["GSI1PK"]) == (
        {"S": "open"},
        {"N": "4"},
        {"S": "STATE#open"},
    )


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_places_are_those_of_the_older_form_too(db: Backend, verb: str) -> None:
    """A cache that goes by the upgraded fields alone kept a page of the former partition."""
    store_older(db)
    before = read(db)
    write: Any = delete(before)
    if verb == "update":
        write = update(before, before.model_copy(update={"size": 4}))
    places = inspect.places_written(write, Context())
    assert {place for place in places if place.index == "GSI1"} == {
        IndexPlace("Barn", "GSI1", ("STATE#offen",)),
        IndexPlace("Barn", "GSI1", ("STATE#open",)),
    }
