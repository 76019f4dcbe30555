"""Tables and their indexes, as they are created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

PRIMARY = "primary"
"""The name of a table's own index; no other index has it."""

JsonObject = dict[str, Any]
AttributeType = Literal["S", "N", "B"]


@dataclass(frozen=True)
class KeyAttribute:
    """A key attribute's stored name, and whether it is text, a number or bytes."""

    name: str
    type: AttributeType = "S"


@dataclass(frozen=True)
class Projection:
    """What an index holds of each item besides its keys; `names` only for INCLUDE."""

    kind: Literal["ALL", "KEYS_ONLY", "INCLUDE"] = "ALL"
    names: tuple[str, ...] = ()


Units = tuple[int, int]
"""Units of reading and of writing a second."""


@dataclass(frozen=True)
class Capacity:
    """The capacity of a table or an index: provisioned `units`; else on demand, up to `max_units`.

    `warm_units` are what it serves at once.
    """

    units: Units | None = None
    max_units: Units | None = None
    warm_units: Units | None = None


@dataclass(frozen=True)
class Deployment:
    """How a table is deployed, as far as the design says it.

    `stream` is a view or None; `encryption` is None for DynamoDB's own key, "aws" for that which
    AWS manages, or the ARN of a key; `replicas` are further regions. `units` are those of every
    index, too, that has none of its own.
    """

    stream: str | None
    recovery: bool
    protection: bool
    table_class: str
    encryption: str | None
    replicas: tuple[str, ...]
    units: Units | None
    max_units: Units | None
    warm_units: Units | None


@dataclass(frozen=True)
class VectorSearch:
    """What a vector index compares; `filters` are the attributes that leave items out."""

    attribute: str
    dimensions: int
    distance: Literal["cosine", "euclidean", "dot_product"]
    filters: tuple[KeyAttribute, ...] = ()


@dataclass(frozen=True)
class Index:
    """An index, the table's own included, with the attributes of both sides of its key.

    A vector index has a `vector`, and may have no partition key.
    """

    name: str
    kind: Literal["primary", "global", "local", "vector"]
    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...] = ()
    projection: Projection = Projection()
    capacity: Capacity = Capacity()
    vector: VectorSearch | None = None

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        return (*self.partition, *self.sort)

    @property
    def attribute_names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.attributes)


@dataclass(frozen=True)
class Table:
    """One DynamoDB table as it is created. The table's own index comes first.

    `type_attribute` says of an item which entity it is, and if `known_by_key` the primary key
    does of one that lacks it; `ttl_attribute` says when it expires. `deployment` is None where the
    design does not say it.
    """

    name: str
    indexes: tuple[Index, ...]
    delimiter: str = "#"
    type_attribute: str | None = None
    ttl_attribute: str | None = None
    known_by_key: bool = False
    deployment: Deployment | None = None

    @property
    def primary(self) -> Index:
        return self.indexes[0]

    def index(self, name: str | None) -> Index:
        """The index of this name; None, as requests have it, for the table's own."""
        return next(each for each in self.indexes if each.name == (name or PRIMARY))

    def held_by(self, index: Index) -> set[str]:
        """The attributes that an index holds, unless its projection is ALL."""
        return {
            *self.primary.attribute_names,
            *index.attribute_names,
            *index.projection.names,
        }

    @property
    def key_attributes(self) -> dict[str, KeyAttribute]:
        """Every attribute that is a key somewhere, by name."""
        return {a.name: a for index in self.indexes for a in index.attributes}

    @property
    def defined_attributes(self) -> dict[str, KeyAttribute]:
        """Every attribute that CreateTable is told the type of: keys, and filters."""
        vectors = (index.vector for index in self.indexes if index.vector is not None)
        return self.key_attributes | {a.name: a for vector in vectors for a in vector.filters}
