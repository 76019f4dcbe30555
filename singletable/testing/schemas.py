"""The schema of a table: its keys, its indexes and the types of their attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from singletable.testing.errors import build_validation
from singletable.testing.parameters import (
    Parameters,
    optional_sequence,
    optional_text,
    optional_texts,
    require_mapping,
    require_sequence,
    require_text,
)
from singletable.testing.values import Item, Value, item_size, kind_of, value_size
from singletable.testing.vector_schemas import VectorSchema, build_vectors

Key: TypeAlias = tuple[Value, ...]
"""The values of key attributes, which are texts, numbers or bytes."""

_PARTITION_BYTES, _SORT_BYTES = 2048, 1024
_EMPTY: tuple[Value, ...] = ("", b"")
_SIDES = {"primary": (1, 1), "local": (1, 1), "global": (4, 4)}
_INDEXES = {"local": 5, "global": 20}


@dataclass(frozen=True)
class IndexSchema:
    """One index, the primary one included; `projected` is None where it holds whole items."""

    name: str
    kind: str
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    projected: frozenset[str] | None

    @property
    def attributes(self) -> tuple[str, ...]:
        return self.partition + self.sort

    def covers(self, names: set[str]) -> bool:
        return self.projected is None or names <= self.projected

    def cut(self, item: Item) -> Item:
        """Cuts an item to what the index holds of it."""
        projected = self.projected
        if projected is None:
            return item
        return {name: value for name, value in item.items() if name in projected}

    def size(self, item: Item) -> int:
        return item_size(self.cut(item))


@dataclass(frozen=True)
class TableSchema:
    name: str
    types: dict[str, str]
    primary: IndexSchema
    indexes: dict[str, IndexSchema]
    vectors: dict[str, VectorSchema]

    def index(self, name: str | None, operation: str) -> IndexSchema:
        if name is None:
            return self.primary
        if name in self.vectors:
            raise build_validation(f"{operation} operation not supported on this index type.")
        if name not in self.indexes:
            raise build_validation(f"The table does not have the specified index: {name}")
        return self.indexes[name]

    def lookup_key(self, key: Item) -> Key:
        """The primary key that a request names by exactly its attributes."""
        attributes = self.primary.attributes
        if len(key) != len(attributes) or not all(self._fits(name, key) for name in attributes):
            raise build_validation("The provided key element does not match the schema")
        return self._check_key(key)

    def key_of(self, item: Item) -> Key:
        """The primary key of an item to be stored."""
        for name in self.primary.attributes:
            if name not in item:
                raise build_validation(
                    f"One or more parameter values were invalid: Missing the key {name} in the item"
                )
            if not self._fits(name, item):
                raise build_validation(
                    "One or more parameter values were invalid: Type mismatch for key "
                    f"{name} expected: {self.types[name]} actual: {kind_of(item[name])}"
                )
        return self._check_key(item)

    def check_key_not_empty(self, item: Item) -> None:
        """Refuses an empty text or empty bytes as a primary key."""
        for name in self.primary.attributes:
            if name in item and item[name] in _EMPTY:
                raise _empty_key(item[name], f"Key: {name}")

    def check_index_keys(self, item: Item) -> None:
        """Refuses an item with index key attributes of a wrong type, empty or too long."""
        for index in self.indexes.values():
            for name in index.attributes:
                if name in item and name not in self.primary.attributes:
                    self._check_index_key(index, name, item[name])
            _check_sizes(index, item)
        for vector in self.vectors.values():
            vector.check_item(item, self.types)

    def _check_index_key(self, index: IndexSchema, name: str, value: Value) -> None:
        if kind_of(value) != self.types[name]:
            raise build_validation(
                "One or more parameter values were invalid: Type mismatch for Index Key "
                f"{name} Expected: {self.types[name]} Actual: {kind_of(value)} "
                f"IndexName: {index.name}"
            )
        if value in _EMPTY:
            about = "A value specified for a secondary index key is not supported. "
            raise _empty_key(value, f"IndexName: {index.name}, IndexKey: {name}", about)

    def _fits(self, name: str, item: Item) -> bool:
        return name in item and kind_of(item[name]) == self.types[name]

    def _check_key(self, item: Item) -> Key:
        _check_sizes(self.primary, item)
        return tuple([item[name] for name in self.primary.attributes])


def _empty_key(value: Value, where: str, about: str = "") -> Exception:
    kind = "string" if value == "" else "binary"
    return build_validation(
        f"One or more parameter values are not valid. {about}The AttributeValue for a key "
        f"attribute cannot contain an empty {kind} value. {where}"
    )


def _check_sizes(index: IndexSchema, item: Item) -> None:
    sides = ((index.partition, _PARTITION_BYTES, "hashkey"), (index.sort, _SORT_BYTES, "rangekey"))
    for names, limit, side in sides:
        if sum(value_size(item[name]) for name in names if name in item) > limit:
            raise build_validation(
                f"One or more parameter values were invalid: Size of {side} has exceeded the "
                f"maximum size limit of {limit} bytes"
            )


def build_schema(parameters: Parameters) -> TableSchema:
    """Builds the schema that CreateTable's parameters describe."""
    types = {
        require_text(each, "AttributeName"): require_text(each, "AttributeType")
        for each in require_sequence(parameters, "AttributeDefinitions")
    }
    primary = _build_index("primary", parameters, (), "", None)
    indexes: dict[str, IndexSchema] = {}
    for index in _build_indexes(parameters, primary):
        if index.name in indexes:
            raise _invalid(f"Duplicate index name: {index.name}")
        if index.kind == "local" and index.partition != primary.partition:
            raise _invalid(
                f"Index KeySchema does not have the table's hash key for index: {index.name}"
            )
        indexes[index.name] = index
    vectors = _vectors_by_name(parameters, primary, indexes, types)
    searched = {name for vector in vectors.values() for name in vector.searched}
    _check_definitions(types, [primary, *indexes.values()], searched)
    return TableSchema(require_text(parameters, "TableName"), types, primary, indexes, vectors)


def _vectors_by_name(
    parameters: Parameters,
    primary: IndexSchema,
    indexes: dict[str, IndexSchema],
    types: dict[str, str],
) -> dict[str, VectorSchema]:
    vectors = dict[str, VectorSchema]()
    for vector in build_vectors(parameters, primary.attributes):
        if vector.name in indexes or vector.name in vectors:
            raise _invalid(f"Duplicate index name: {vector.name}")
        if not types.keys() >= {*vector.searched}:
            raise _invalid("One element in SearchSchema is not defined in attribute definitions")
        vectors[vector.name] = vector
    return vectors


def _build_indexes(parameters: Parameters, primary: IndexSchema) -> Iterator[IndexSchema]:
    for kind, label in (("local", "LocalSecondaryIndexes"), ("global", "GlobalSecondaryIndexes")):
        given = optional_sequence(parameters, label)
        if len(given) > _INDEXES[kind]:
            raise _invalid(f"Number of {label} exceeds per-table limit of {_INDEXES[kind]}")
        for each in given:
            projection = require_mapping(each, "Projection")
            name = require_text(each, "IndexName")
            yield _build_index(kind, each, primary.attributes, name, projection)


def _build_index(
    kind: str,
    parameters: Parameters,
    primary: tuple[str, ...],
    name: str,
    projection: Parameters | None,
) -> IndexSchema:
    sides: dict[str, list[str]] = {"HASH": [], "RANGE": []}
    for element in require_sequence(parameters, "KeySchema"):
        side = require_text(element, "KeyType")
        if side not in sides or (side == "HASH" and sides["RANGE"]):
            raise _invalid("Invalid key order. Hash Key must be specified first in key schema")
        sides[side].append(require_text(element, "AttributeName"))
    partition, sort = tuple(sides["HASH"]), tuple(sides["RANGE"])
    most = _SIDES[kind]
    if not 1 <= len(partition) <= most[0] or len(sort) > most[1]:
        raise _invalid(f"Invalid KeySchema: {len(partition)} HASH and {len(sort)} RANGE attributes")
    if kind == "local" and not sort:
        raise _invalid(f"Index KeySchema does not have a range key for index: {name}")
    if len({*partition, *sort}) != len(partition + sort):
        raise _invalid("Both the Hash Key and the Range Key element in the KeySchema have one name")
    projected = _projection_names(projection, primary + partition + sort)
    return IndexSchema(name, kind, partition, sort, projected)


def _projection_names(
    projection: Parameters | None, keys: tuple[str, ...]
) -> frozenset[str] | None:
    if projection is None:
        return None
    kind = optional_text(projection, "ProjectionType")
    if kind == "ALL":
        return None
    if kind not in {"KEYS_ONLY", "INCLUDE"}:
        raise _invalid(f"Unknown ProjectionType: {kind}")
    included = optional_texts(projection, "NonKeyAttributes")
    if bool(included) is not (kind == "INCLUDE"):
        raise _invalid(f"ProjectionType is {kind}, and NonKeyAttributes is {included}")
    return frozenset([*keys, *included])


def _check_definitions(
    types: dict[str, str], indexes: list[IndexSchema], searched: set[str]
) -> None:
    used = {name for index in indexes for name in index.attributes} | searched
    if missing := used - types.keys():
        raise _invalid(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: {sorted(missing)}, AttributeDefinitions: {sorted(types)}"
        )
    if types.keys() - used:
        raise _invalid(
            "Number of attributes in KeySchema does not exactly match number of attributes "
            "defined in AttributeDefinitions"
        )
    for name, kind in types.items():
        if kind not in {"S", "N", "B"}:
            raise _invalid(f"The AttributeType of {name} is {kind}, and not S, N or B")


def _invalid(problem: str) -> Exception:
    return build_validation(f"One or more parameter values were invalid: {problem}")
