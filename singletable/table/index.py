"""An index, the primary one included: its key attributes and what it projects."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, TypeAlias, cast

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidTable
from singletable.records import record
from singletable.table.deployment import ON_DEMAND, Capacity

PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024
INCLUDED_NAMES = 20
KEY_ATTRIBUTES = 4
"""The most attributes that each side of a global index's key has."""

IndexKind = Literal["primary", "global", "local", "vector"]
Distance: TypeAlias = Literal["cosine", "euclidean", "dot_product"]
"""How far two vectors are from one another; of the dot product the greatest is the nearest."""


@record
class KeyAttribute:
    """A key attribute's stored name and type: `S` text, `N` number, `B` bytes."""

    name: str
    type: Literal["S", "N", "B"] = "S"

    def __post_init__(self) -> None:
        if not isinstance(cast(object, self.name), str) or self.type not in ("S", "N", "B"):
            raise InvalidTable(
                where="key attribute",
                declared=f"{abridge(self.name)} of type {abridge(self.type)}",
                allowed="a name, and the type S, N or B",
            )


def number(name: str) -> KeyAttribute:
    """Makes a key attribute that is a number, that of one field: its template is `"{score}"`."""
    return KeyAttribute(name, "N")


@record
class Projection:
    """What an index holds of each item besides its keys; `names` only for INCLUDE."""

    kind: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    names: tuple[str, ...] = ()


ALL = Projection("ALL")
KEYS_ONLY = Projection("KEYS_ONLY")


def include(*names: str) -> Projection:
    """Projects the keys and these stored attributes; at most 20 names."""
    return Projection("INCLUDE", names)


@record
class VectorSearch:
    """What a vector index compares: the vectors in `attribute`, which all have these `dimensions`.

    `filters`: the attributes by whose values a search leaves items out.
    """

    attribute: str
    dimensions: int
    distance: Distance
    filters: tuple[KeyAttribute, ...] = ()


@record
class Index:
    """An index by the attributes of its partition key and of its sort key, if it has one.

    `name` is None for the primary index. `capacity` is a global index's own. A vector index, which
    has a `vector`, may have a partition key, and has no sort key.
    """

    name: str | None
    kind: IndexKind
    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...] = ()
    projection: Projection = ALL
    capacity: Capacity = ON_DEMAND
    vector: VectorSearch | None = None

    @property
    def label(self) -> str:
        """The name to show: `primary` or the index's own."""
        return self.name or "primary"

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        return (*self.partition, *self.sort)

    @cached_property
    def attribute_names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.attributes)

    @property
    def filters(self) -> tuple[KeyAttribute, ...]:
        return () if self.vector is None else self.vector.filters

    @property
    def needed_names(self) -> tuple[str, ...]:
        """The attributes without which an item is not in the index."""
        vector = () if self.vector is None else (self.vector.attribute,)
        return (*self.attribute_names, *vector)
