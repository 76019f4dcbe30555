"""Scans of several entities that share no partition: their keys need an index in common alone."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Entity, Scan, Table, access_pattern, attr, collection, create
from singletable.errors import InvalidOperation
from tests.conftest import OpenBackend

tagged = Table("tagged")
untagged = Table("untagged", type_attribute=None)
listed = tagged.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Road(Entity, table=tagged):
    """A road."""

    name: str
    length: int = 1
    key = tagged.primary.key("ROAD#{name}", "ROAD")
    by_length = listed.key("ROADS#{name}", "{name}")


class Town(Entity, table=tagged):
    """A town."""

    town: str
    length: int = 1
    key = tagged.primary.key("TOWN#{town}", "TOWN#{town}")
    by_length = listed.key("TOWNS", "{town}")


class Field(Entity, table=tagged):
    """What no scan asks for."""

    field: str
    key = tagged.primary.key("ELSE#{field}", "#META#")
    by_length = listed.key("ELSE", "{field}")


class River(Entity, table=untagged):
    """A river, told by its key alone."""

    name: str
    length: int = 1
    key = untagged.primary.key("RIVER#{name}", "#META#")


class Lake(Entity, table=untagged):
    """A lake, told by its key alone."""

    lake: str
    length: int = 1
    key = untagged.primary.key("LAKE#{lake}", "LAKE#{lake}")


@access_pattern
def long_ones(least: int) -> Scan[Road | Town]:
    """Roads and towns of some length."""
    both = collection(Road.key, Town.key).scan(because="once a year")
    return both.where(attr("length").at_least(least))


@pytest.mark.parametrize(
    ("table", "members", "scan"),
    [
        (tagged, (Road(name="a"), Town(town="b")), long_ones(1)),
        (tagged, (Road(name="a"), Town(town="b")), long_ones(1).segments(3)),
        (
            tagged,
            (Road(name="a"), Town(town="b")),
            collection(Town.by_length, Road.by_length).scan(because="once"),
        ),
        (
            untagged,
            (River(name="a"), Lake(lake="b")),
            collection(River.key, Lake.key).scan(because="once"),
        ),
    ],
    ids=["primary", "segments", "index", "by key"],
)
def test_items_of_all_members_are_found(
    open_backend: OpenBackend, table: Table, members: Any, scan: Any
) -> None:
    db = open_backend(table)
    for member in members:
        db.repository.write(create(member))
    db.put(PK="ELSE#1", SK="#META#", GSI1PK="ELSE", GSI1SK="1", entity="Field", field="1")
    found = db.repository.fetch(scan)
    assert {type(item) for item in found} == {type(member) for member in members}
    assert set(found) == set(members)
    assert db.repository.fetch(scan.count()) == 2


def test_a_query_of_unlike_partitions_is_refused() -> None:
    with pytest.raises(InvalidOperation):
        collection(Road.key, Town.key).query(name="a")
