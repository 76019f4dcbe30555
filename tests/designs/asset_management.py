"""Assets and what became of them: a path of types, and events, on one index of a location.

An asset's own item stands behind its events: digits sort before letters. An asset that is at no
location has no key on the index, which alone holds the locations of the others."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NewType

from pydantic import Field

from singletable import IN_KEY, Entity, Query, Table, Update, access_pattern, collection, update
from singletable.formats import instant, shaped
from singletable.patterns import gets

AssetId = NewType("AssetId", str)
LocationId = NewType("LocationId", str)
Since = Annotated[str, Field(examples=["2020-02-01"])]
Until = Annotated[str, Field(examples=["2020-02-28"])]
AssetInKey = Annotated[AssetId, IN_KEY]
TypePath = Annotated[str, shaped(r"(/[0-9A-Z]+)+", example="/C1/ST1/T1")]

inventory = Table("data", type_attribute="type", instants=instant("seconds", suffix=""))
gsi1 = inventory.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Asset(Entity, table=inventory, name="asset"):
    """A thing; its type is a path from class to kind."""

    asset_id: AssetInKey
    type_code: TypePath = Field(serialization_alias="typeCode")
    size_code: str = Field(serialization_alias="sizeCode")
    name: str
    state: str
    location_id: LocationId | None = Field(None, serialization_alias="GSI1PK")

    key = inventory.primary.key("{asset_id}", "A")
    at_location = gsi1.key("{location_id}", "{type_code}")


class Event(Entity, table=inventory, name="event"):
    """What happened to an asset, where, and how long."""

    asset_id: AssetInKey
    event_id: str = Field(serialization_alias="leid")
    since: datetime = Field(serialization_alias="fromDate")
    until: datetime | None = Field(None, serialization_alias="toDate")
    location_id: LocationId = Field(serialization_alias="lid")
    person_id: str = Field(serialization_alias="pid")
    status: str

    key = inventory.primary.key("{asset_id}", "{since}#{event_id}")
    at_location = gsi1.key("{location_id}", "{since}")


asset = gets(Asset.key, "An asset.")


@access_pattern
def events(asset_id: AssetId, since: Since, until: Until) -> Query[Event]:
    """What happened to an asset between two days or moments."""
    return Event.key.query(asset_id=asset_id).between(since=(since, until))


@access_pattern
def of_type(location_id: LocationId, path: str) -> Query[Asset]:
    """The assets at a location whose type begins with a path."""
    return Asset.at_location.query(location_id=location_id).begins_with(type_code=path)


@access_pattern
def events_at(location_id: LocationId, since: Since, until: Until) -> Query[Event]:
    """What happened at a location between two days or moments."""
    return Event.at_location.query(location_id=location_id).between(since=(since, until))


@access_pattern
def with_events(asset_id: AssetId) -> Query[Asset | Event]:
    """An asset and all that happened to it."""
    return collection(Asset.key, Event.key).query(asset_id=asset_id)


@access_pattern
def move(before: Asset, after: Asset) -> Update[Asset]:
    """Takes an asset to another location, or to none."""
    return update(before, after)
