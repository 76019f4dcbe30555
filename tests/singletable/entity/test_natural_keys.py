"""`index.natural()`: keys whose attributes are fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import Entity, Get, Query, Table, access_pattern, number, put
from singletable.entity import schema_of
from singletable.errors import UnusableKeyField
from tests.backends import Backend
from tests.conftest import OpenBackend

devices = Table("devices", partition_key="device_id", sort_key="at")
by_state_index = devices.global_index("by-state", partition_key="state", sort_key=number("level"))
by_both = devices.global_index("by-both", partition_key=("site", "state"), sort_key="at")
by_kind = devices.global_index("by-kind", partition_key="entity", sort_key="at")


class Reading(Entity, table=devices):
    """What a device said."""

    device_id: str
    at: datetime
    state: str | None = None
    level: Annotated[int, Field(ge=0)] = 0
    place: str = Field(default="here", serialization_alias="site")

    key = devices.primary.natural()
    by_state = by_state_index.natural()
    by_place = by_both.natural()
    of_all = by_kind.natural()


MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


@access_pattern
def reading(device_id: str, at: datetime) -> Get[Reading]:
    """One reading."""
    return Reading.key.get(device_id=device_id, at=at)


@access_pattern
def in_state(state: str, level: int) -> Query[Reading]:
    """Readings of a state at some level or above."""
    return Reading.by_state.query(state=state).at_least(level=level)


def test_it_is_the_key_of_templates_that_are_the_fields() -> None:
    """By their stored names; of the type attribute the entity's own name."""
    keys = schema_of(Reading).keys
    sources = {name: [part.template.source for part in key.parts] for name, key in keys.items()}
    assert sources == {
        "key": ["{device_id}", "{at}"],
        "by_state": ["{state}", "{level}"],
        "by_place": ["{place}", "{state}", "{at}"],
        "of_all": ["Reading", "{at}"],
    }
    assert all(part.natural for part in keys["by_place"].parts)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(devices)


def test_items_have_their_fields_for_keys(db: Backend) -> None:
    """Nothing else is stored; an entity without a field is in no index of it."""
    first = Reading(device_id="d", at=MOMENT, state="on", level=3)
    db.repository.write(put(first))
    db.repository.write(put(Reading(device_id="e", at=MOMENT)))
    assert {name for item in db.items() for name in item} == {
        *("entity", "device_id", "at", "state", "level", "site"),
    }
    assert db.repository.fetch(reading("d", MOMENT)) == first
    assert db.repository.fetch(in_state("on", 2)).items == (first,)
    assert db.repository.fetch(in_state("on", 4)).items == ()
    assert len(db.repository.fetch(Reading.of_all.query()).items) == 2


def declare(**index: Any) -> None:
    table = Table("things")
    declared = table.global_index("own", **index)

    class Thing(Entity, table=table):
        """A thing."""

        name: str
        size: int = 0
        key = table.primary.key("THING#{name}", "THING")
        by = declared.natural()


@pytest.mark.parametrize(
    ("index", "declared"),
    [
        ({"partition_key": "colour"}, "colour of a natural key is no field of Thing"),
        ({"partition_key": "name", "sort_key": "GSI1SK"}, "GSI1SK of a natural key is no field"),
        ({"partition_key": "name", "sort_key": "size"}, "size is stored as N"),
    ],
)
def test_attributes_that_are_no_fields_do_not_import(index: Any, declared: str) -> None:
    """The error names the attribute."""
    with pytest.raises(UnusableKeyField) as caught:
        declare(**index)
    assert caught.value.where == "Thing.by"
    assert declared in caught.value.declared
