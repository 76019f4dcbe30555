"""Defaults in views: made in the entity's order, of fields that were read and validated."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import Entity, Table, View, include
from singletable.errors import InvalidStoredItem
from singletable.formats import text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

wares = Table("wares")
by_title = wares.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
keys = wares.global_index(
    "GSI2", partition_key="GSI2PK", sort_key="GSI2SK", projection=include("path")
)
RATES = {"a": 1}


class Ware(Entity, table=wares):
    """Something that older programs stored with less."""

    id: str
    title: Annotated[str, text(lower=True)]
    path: str = Field(default_factory=lambda d: f"/{d['title']}")
    length: int = Field(default_factory=lambda d: len(d["path"]))
    shown: str = Field(default_factory=lambda d: d.get("title", "nothing"))
    known: bool = Field(default_factory=lambda d: "title" in d)
    late: str = Field(default_factory=lambda d: d.get("zone", "none"))
    rate: int = Field(default_factory=lambda d: RATES[d["title"]])
    zone: str = "z"
    key = wares.primary.key("WARE#{id}", "WARE")
    in_titles = by_title.key("TITLES", "{title}#{id}")
    in_keys = keys.key("WARES", "{title}#{id}")


class Whole(View[Ware]):
    """Its fields, in another order."""

    zone: str
    late: str
    known: bool
    length: int
    shown: str
    path: str
    title: str


class Path(View[Ware]):
    """What its path is."""

    id: str
    path: str


class Titled(View[Ware]):
    """What an index has, in key text and beside it."""

    title: str
    path: str


class Length(View[Ware]):
    """How long its path is."""

    title: str
    length: int


class Shown(View[Ware]):
    """What is shown."""

    id: str
    shown: str


class Known(View[Ware]):
    """Whether it has a title."""

    id: str
    known: bool


class Rate(View[Ware]):
    """What it costs."""

    title: str
    rate: int


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    db = open_backend(wares)
    index = {"GSI1PK": "TITLES", "GSI1SK": "abc#1", "GSI2PK": "WARES", "GSI2SK": "abc#1"}
    db.put(PK="WARE#1", SK="WARE", entity="Ware", id="1", title="ABC", **index)
    return db


QUERY = Ware.in_titles.query()
GET = Ware.key.get(id="1")


def test_defaults_are_those_of_the_entity(db: Backend) -> None:
    """One is made of another, of text in its folded form; a later field is none of them."""
    found = db.repository.fetch(GET.only(Whole))
    assert found is not None
    assert (found.path, found.length, found.shown) == ("/abc", 4, "abc")
    assert (found.known, found.late, found.zone) == (True, "none", "z")
    item = db.items()[0]
    db.client.put_item(TableName=db.name, Item={**item, "rate": {"N": "1"}})
    whole = db.repository.fetch(GET)
    assert whole is not None
    made = ("path", "length", "shown", "known", "late", "zone")
    assert all(getattr(whole, name) == getattr(found, name) for name in made)


def test_they_are_made_of_key_text_as_well(db: Backend) -> None:
    """Where an index holds nothing else of a field."""
    (found,) = db.repository.fetch(Ware.in_keys.query().only(Titled))
    assert found == Titled(title="abc", path="/abc")


NEEDED: dict[str, tuple[Any, str]] = {
    "a field": (Path, "path: its default needs 'title'"),
    "a field that has a default": (Length, "length: its default needs 'path'"),
    "a field that may be passed over": (Shown, "shown: its default needs 'title'"),
    "a field that is looked for": (Known, "known: its default needs 'title'"),
    "a table of its own": (Rate, "rate: its default raises KeyError: 'abc'"),
}


@pytest.mark.parametrize("name", NEEDED)
def test_a_default_that_cannot_be_made_names_its_field(db: Backend, name: str) -> None:
    """By every read; those that tolerate it go on."""
    view, problem = NEEDED[name]
    for read in (GET.only(view), QUERY.only(view), Ware.key.get_each(id=["1"]).only(view)):
        with pytest.raises(InvalidStoredItem) as caught:
            db.repository.fetch(read)
        assert problem in caught.value.problems
    page = db.repository.fetch(QUERY.only(view).tolerating_unreadable())
    assert (page.items, len(page.unreadable)) == ((), 1)


def test_a_stored_value_needs_no_default(db: Backend) -> None:
    """Whatever the view has."""
    db.put(PK="WARE#1", SK="WARE", entity="Ware", id="1", title="b", path="/x", shown="y")
    assert db.repository.fetch(GET.only(Path)) == Path(id="1", path="/x")
    assert db.repository.fetch(GET.only(Shown)) == Shown(id="1", shown="y")


def test_a_field_that_the_item_lacks_is_said(db: Backend) -> None:
    """By the default that would be made of it."""
    db.put(PK="WARE#1", SK="WARE", entity="Ware", id="1")
    with raises(InvalidStoredItem, problems="default needs 'title'"):
        db.repository.fetch(GET.only(Whole))
