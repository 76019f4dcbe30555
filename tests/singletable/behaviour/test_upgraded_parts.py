"""Where an upgrade may have a value under a former name, absence is taken for none."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from singletable import Entity, Patch, Table, attr, create
from singletable.errors.request import ConditionFailed
from tests.backends import Backend
from tests.conftest import OpenBackend

shelves = Table("shelves")


class Place(BaseModel):
    row: int = 0
    marks: set[str] = set()


FORMER = {"labels": "tags", "lines": "log", "spot": "place"}


class Shelf(Entity, table=shelves, renamed=FORMER):
    """A shelf, some of which are stored in an older shape."""

    shelf_id: str
    tags: set[str] = set()  # noqa: RUF012
    log: list[str] = []  # noqa: RUF012
    place: Place = Place()
    first: str = "none"
    second: str = ""

    key = shelves.primary.key("SHELF#{shelf_id}", "SHELF")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one in the present shape, and one in the older one."""
    backend = open_backend(shelves)
    place = Place(row=1, marks={"m"})
    shelf = Shelf(shelf_id="new", tags={"a", "b"}, log=["x"], place=place, first="f")
    backend.repository.write(create(shelf))
    item = backend.raw(PK="SHELF#new", SK="SHELF")
    assert item is not None
    older = {"labels": item["tags"], "lines": item["log"], "spot": item["place"]}
    kept = {name: item[name] for name in ("entity", "SK")}
    backend.put(**kept, **older, PK="SHELF#old", shelf_id="old")
    return backend


def patch(shelf_id: str) -> Patch[Shelf]:
    return Shelf.key.patch(shelf_id=shelf_id)


CHANGES: dict[str, Any] = {
    "take out of a set": lambda p: p.remove(tags={"a"}),
    "put before": lambda p: p.prepend(log=["0"]),
    "set a part": lambda p: p.set_at(attr("place")["row"], 2),
    "count a part": lambda p: p.add_at(attr("place")["row"], 2),
    "take out of a part": lambda p: p.remove_at(attr("place")["marks"], {"m"}),
    "remove by position": lambda p: p.unset_at(attr("log")[0]),
    "set to what another field is": lambda p: p.set(second=attr("first")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_part_of_an_older_item_is_not_taken_for_absent(db: Backend, name: str) -> None:
    """Nothing is written there; the same change of a present item is."""
    before = db.raw(PK="SHELF#old", SK="SHELF")
    with pytest.raises(ConditionFailed) as caught:
        db.repository.write(CHANGES[name](patch("old")))
    assert caught.value.reason
    assert db.raw(PK="SHELF#old", SK="SHELF") == before
    read = db.repository.fetch(Shelf.key.get(shelf_id="new"))
    assert db.repository.write(CHANGES[name](patch("new"))) != read
