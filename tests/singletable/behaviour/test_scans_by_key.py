"""Scans where the key tells whose an item is: untagged tables, upgrades, other programs' items."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Entity, Table, collection, create, unique
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, sent

WHY = "all of them, once a night"


def walk(db: Backend, scan: Any, size: int) -> list[Any]:
    """The items of all pages, one after the other."""
    items, cursor = list[Any](), None
    while True:
        page = db.repository.fetch(scan.page(size, cursor))
        assert len(page) <= size
        items += page.items
        cursor = page.cursor
        if cursor is None:
            return items


# Tables without type attribute

royale = Table("royale-of-others", type_attribute=None)
places = royale.global_index("places", partition_key="GSI1PK", sort_key="GSI1SK")


class Match(Entity, table=royale):
    """A match."""

    match_id: str
    place: str | None = None
    key = royale.primary.key("GAME#{match_id}", "#META#{match_id}")
    by_place = places.key("PLACE#{place}", "{match_id}")
    one = unique("match_id")


class Guest(Entity, table=royale):
    """A guest."""

    match_id: str
    name: str
    key = royale.primary.key("GAME#{match_id}", "USER#{name}")


@pytest.fixture
def others(open_backend: OpenBackend) -> Backend:
    """Three matches with two guests each, and what other programs wrote."""
    backend = open_backend(royale)
    for match_id in ("a", "b", "c"):
        place = None if match_id == "b" else "lake"
        backend.repository.write(create(Match(match_id=match_id, place=place)))
        for name in ("ann", "bob"):
            backend.repository.write(create(Guest(match_id=match_id, name=name)))
    backend.put(PK="GAME#x#y", SK="#META#x", match_id="x")
    backend.put(PK="GAME#x", SK="#META#", match_id="x")
    backend.put(PK="LOG#1", SK="#META#1", GSI1PK="PLACE#x", GSI1SK="1")
    backend.sent.clear()
    return backend


@pytest.mark.parametrize("segments", [1, 4])
def test_without_type_attribute_the_key_tells_the_entity(others: Backend, segments: int) -> None:
    """The filter goes by what it begins with; what does not match the whole key is left out."""
    scan = Match.key.scan(because=WHY).segments(segments)
    found = walk(others, scan, 2)
    assert sorted(match.match_id for match in found) == ["a", "b", "c"]
    parameters = dict(scan.requests(CONTEXT)[0].parameters)
    assert parameters["FilterExpression"] == "begins_with(#PK, :PK) AND begins_with(#SK, :SK)"
    assert others.repository.fetch(scan.count()) == 3
    assert others.repository.fetch(Guest.key.scan(because=WHY).count()) == 6
    both = collection(Match.key, Guest.key).scan(because=WHY).segments(segments)
    assert len(walk(others, both, 4)) == 9
    assert others.repository.fetch(both.count()) == 9


def test_items_of_other_programs_in_an_index_are_left_out(others: Backend) -> None:
    """Also where the index holds one declared entity alone."""
    scan = Match.by_place.scan(because=WHY)
    assert "FilterExpression" not in sent(scan)
    assert sorted(match.match_id for match in others.repository.fetch(scan)) == ["a", "c"]
    assert others.repository.fetch(scan.count()) == 2


# Entities with an upgrade

tagless = Table("tagless")


def _tag(item: Any) -> Any:
    """Older books had no type."""
    return item if "entity" in item else {**item, "entity": {"S": "Book"}}


class Book(Entity, table=tagless, upgrade=_tag, reaches=[]):
    """A book."""

    isbn: str
    key = tagless.primary.key("BOOK#{isbn}", "BOOK")


class Shelf(Entity, table=tagless):
    """A shelf."""

    name: str
    key = tagless.primary.key("SHELF#{name}", "SHELF")


def test_items_that_an_upgrade_gives_their_type_are_found(open_backend: OpenBackend) -> None:
    """By their key, among items of no type; those of other types are filtered."""
    db = open_backend(tagless)
    db.repository.write(create(Book(isbn="new")))
    db.repository.write(create(Shelf(name="s")))
    db.put(PK="BOOK#old", SK="BOOK", isbn="old")
    db.put(PK="OTHER", SK="PROGRAM", isbn="x")
    scan = Book.key.scan(because=WHY)
    assert sent(scan)["FilterExpression"] == "NOT (#entity = :entity)"
    assert sorted(book.isbn for book in db.repository.fetch(scan)) == ["new", "old"]
    assert db.repository.fetch(scan.count()) == 2
    assert db.repository.fetch(Shelf.key.scan(because=WHY).count()) == 1


# Tables whose items may lack the type

moving = Table("moving", untagged="by key")


class Box(Entity, table=moving):
    """A box."""

    box_id: str
    key = moving.primary.key("BOX#{box_id}", "BOX")


class Van(Entity, table=moving):
    """A van."""

    van_id: str
    key = moving.primary.key("VAN#{van_id}", "VAN")


def test_items_without_a_type_are_told_by_their_key(open_backend: OpenBackend) -> None:
    """Beside those that have it; no other type is filtered, and what no key fits is left out."""
    db = open_backend(moving)
    db.repository.write(create(Box(box_id="new")))
    db.repository.write(create(Van(van_id="v")))
    db.put(PK="BOX#old", SK="BOX", box_id="old")
    db.put(PK="VAN#old", SK="VAN", van_id="old")
    db.put(PK="BOX#other", SK="BOX", entity="Parcel")
    db.put(PK="LOG", SK="1")
    scan = Box.key.scan(because=WHY).segments(2)
    assert sorted(box.box_id for box in db.repository.fetch(scan)) == ["new", "old"]
    assert db.repository.fetch(scan.count()) == 2
    assert scan.requests(CONTEXT)[0].parameters["FilterExpression"] == "NOT (#entity = :entity)"
