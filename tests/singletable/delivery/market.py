"""A market: goods in every kind of index, beside their stall, and seals with a unique code."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from singletable import KEYS_ONLY, VERSION, Entity, Table, View, create_table, shards, unique
from singletable.formats import integer, slug
from singletable.testing import memory_transport
from singletable.transport import Transport

market = Table("market")
shelves = market.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
spread = market.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
listing = market.global_index("KEYS", partition_key="KPK", sort_key="KSK", projection=KEYS_ONLY)


class Box(BaseModel):
    """What a good is in."""

    size: Annotated[int, Field(ge=0, le=1000)] = 0
    note: str | None = None
    tags: set[str] = Field(default_factory=set)
    log: list[str] = Field(default_factory=list)


class Good(Entity, table=market):
    """Something on sale."""

    stall: Annotated[str, slug()]
    number: Annotated[int, integer(0, 9999)]
    price: Annotated[int, integer(0, 9999)] = 1
    shelf: Annotated[str, slug()] | None = "a"
    note: str | None = None
    by_day: dict[str, int] = Field(default_factory=dict)
    box: Box = Box()

    key = market.primary.key("STALL#{stall}", "GOOD#{number}")
    by_shelf = shelves.key("SHELF#{shelf}", "{number}#{stall}")
    by_price = spread.key("PRICES#{shard}", "{price}#{number}", shards=shards(4, by="number"))
    listed = listing.key("LIST", "{number}#{stall}")


class Stall(Entity, table=market):
    """Who sells."""

    stall: Annotated[str, slug()]
    owner: str = "kim"

    key = market.primary.key("STALL#{stall}", "STALL")


class Seal(Entity, table=market):
    """Something with a unique code, versioned."""

    seal_id: Annotated[str, slug()]
    code: str
    version: Annotated[int, VERSION] = 1

    key = market.primary.key("SEAL#{seal_id}", "SEAL")
    everywhere = shelves.key("SEALS", "{seal_id}")
    unique_code = unique("code")


class Tag(View[Good]):
    """What a price tag says."""

    number: int
    price: int


def good(number: int, **values: Any) -> Good:
    return Good(**{"stall": "s", "number": number, "price": number % 10, **values})


def new_market() -> Transport:
    """The table in memory, empty."""
    transport = memory_transport()
    transport("CreateTable", create_table(market))
    return transport
