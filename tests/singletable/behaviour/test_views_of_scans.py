"""Views of scans: an index is read whole, and a part of each item is answered."""

from __future__ import annotations

from typing import Annotated

import pytest

from singletable import (
    KEYS_ONLY,
    Entity,
    Scan,
    Table,
    View,
    access_pattern,
    create,
    include,
)
from singletable.design.compile_operations import compile_operation
from singletable.design.ir import View as ReadView
from singletable.emit.docs.words import cost_words
from singletable.errors import InvalidOperation
from singletable.formats import slug
from singletable.inspect import Context, must_be_fresh
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

WHY = "there are few"
harbour = Table("harbour")
alone = harbour.global_index("ALONE", partition_key="APK", sort_key="ASK", projection=KEYS_ONLY)
shared = harbour.global_index("SHARED", partition_key="SPK", sort_key="SSK", projection=KEYS_ONLY)
typed = harbour.global_index(
    "TYPED", partition_key="TPK", sort_key="TSK", projection=include("entity", "name", "crew")
)


class Ship(Entity, table=harbour):
    """A ship."""

    ship_id: Annotated[str, slug()]
    port: Annotated[str, slug()] = "a"
    name: str = "none"
    crew: int = 0
    key = harbour.primary.key("SHIP#{ship_id}", "SHIP")
    by_port = alone.key("PORT#{port}", "{ship_id}")
    in_shared = shared.key("PORT#{port}", "{ship_id}")
    in_typed = typed.key("SHIP#{port}", "{ship_id}")


class Buoy(Entity, table=harbour):
    """A buoy."""

    buoy_id: Annotated[str, slug()]
    name: str = "none"
    key = harbour.primary.key("BUOY#{buoy_id}", "BUOY")
    in_shared = shared.key("BUOY", "{buoy_id}")
    in_typed = typed.key("BUOY", "{buoy_id}")


class Moored(View[Ship]):
    """Where a ship is."""

    ship_id: str
    port: str


class Named(View[Ship]):
    """What it is called."""

    ship_id: str
    name: str


@access_pattern
def moored() -> Scan[Moored]:
    """All ships, and where they are."""
    return Ship.by_port.scan(because=WHY).only(Moored)


@access_pattern
def named() -> Scan[Named]:
    """What all ships are called."""
    return Ship.in_typed.scan(because=WHY).only(Named)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    backend = open_backend(harbour)
    for number in range(3):
        backend.repository.write(create(Ship(ship_id=f"s{number}", name=f"n{number}", crew=5)))
        backend.repository.write(create(Buoy(buoy_id=f"b{number}")))
    return backend


def test_a_scan_answers_a_view(db: Backend) -> None:
    """From key text where it is alone in an index of keys; else by its type."""
    expected = {Moored(ship_id=f"s{number}", port="a") for number in range(3)}
    assert set(db.repository.fetch(moored())) == expected
    assert set(db.repository.fetch(moored().segments(2))) == expected
    names = {Named(ship_id=f"s{number}", name=f"n{number}") for number in range(3)}
    assert set(db.repository.fetch(named())) == names
    assert set(db.repository.iterate(named())) == names
    whole = {Named(ship_id=f"s{number}", name=f"n{number}") for number in range(3)}
    assert set(db.repository.fetch(Ship.key.scan(because=WHY).only(Named))) == whole
    assert db.repository.fetch(named().count()) == 3
    assert db.repository.fetch(Ship.by_port.scan(because=WHY).count()) == 3


def test_a_scan_asks_for_the_fields_of_a_view(db: Backend) -> None:
    """With the keys and the type, where the index holds more."""
    (request,) = named().requests(Context())
    names = request.parameters["ExpressionAttributeNames"]
    asked = [names[each] for each in request.parameters["ProjectionExpression"].split(", ")]
    assert asked == ["TPK", "TSK", "PK", "SK", "entity", "name"]
    assert "ProjectionExpression" not in moored().requests(Context())[0].parameters
    (read,) = compile_operation(named()).reads
    assert read.view == ReadView("Named", ("ship_id", "name"), tuple(asked))
    assert list(cost_words(read)) == [
        "reads all of the index, and pays for all of it",
        "6 of its attributes are transferred",
    ]
    assert must_be_fresh(named())


def test_an_index_that_cannot_tell_is_no_source() -> None:
    """Of a view or of a count, if it has items of others and not their type."""
    scan = Ship.in_shared.scan(because=WHY)
    for asked in (scan.only(Moored), scan.count()):
        with raises(
            InvalidOperation,
            where="Ship.in_shared",
            declared="a filter by entity, which index SHARED does not hold",
        ):
            asked.requests(Context())
    with raises(InvalidOperation, declared="index ALONE does not hold name of Named"):
        Ship.by_port.scan(because=WHY).only(Named).requests(Context())


untyped = Table("untyped-harbour", type_attribute=None)
keys = untyped.global_index("KEYS", partition_key="KPK", sort_key="KSK", projection=KEYS_ONLY)


class Pier(Entity, table=untyped):
    """A pier."""

    pier_id: Annotated[str, slug()]
    length: int = 1
    key = untyped.primary.key("PIER#{pier_id}", "PIER")
    listed = keys.key("PIERS", "{pier_id}")


class Crane(Entity, table=untyped):
    """A crane."""

    crane_id: Annotated[str, slug()]
    key = untyped.primary.key("CRANE#{crane_id}", "CRANE")
    listed = keys.key("CRANES", "{crane_id}")


class Known(View[Pier]):
    """Which pier."""

    pier_id: str


def test_the_key_tells_where_there_is_no_type(open_backend: OpenBackend) -> None:
    """Which every index holds."""
    db = open_backend(untyped)
    db.repository.write(create(Pier(pier_id="p")))
    db.repository.write(create(Crane(crane_id="c")))
    scan = Pier.listed.scan(because=WHY).only(Known)
    assert db.repository.fetch(scan).items == (Known(pier_id="p"),)
