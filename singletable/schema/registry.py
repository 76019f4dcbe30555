"""The entities of each table, and the checks that keep their items apart.

A new entity is compared with the keys whose first cell it shares, and with no other: a comparison
of every query with every key makes import time grow with the square of the design.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Generic, TypeVar

from singletable.errors.declaration import ContradictoryPattern, InvalidEntity, KeyCollision
from singletable.errors.request import InvalidOperation
from singletable.schema.attribute import Attribute
from singletable.schema.isolation import (
    QueryShape,
    Witness,
    find_met_item,
    find_shared_key,
    first_cell,
)
from singletable.schema.key import CompiledKey
from singletable.schema.schema import AnySchema
from singletable.schema.unique import UNIQUE
from singletable.table import Index, TableDefinition
from singletable.table.index import PARTITION_KEY_BYTES
from singletable.templates import Template

T = TypeVar("T")

_APART = "keys whose literal parts keep the entities apart"
_ANY = Template("", "", "", (), PARTITION_KEY_BYTES)


class _ByCell(Generic[T]):
    """Values by the first cell of a template; those without one may be near everything."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._values = defaultdict[str | None, list[T]](list)

    def of(self, template: Template) -> list[T]:
        """The values that were added for the same first cell."""
        return self._values[first_cell(template, self._delimiter)]

    def every(self) -> Iterator[T]:
        """All values."""
        return chain.from_iterable(self._values.values())

    def near(self, template: Template) -> Iterator[T]:
        """The values of templates that may have a text in common with this one."""
        cell = first_cell(template, self._delimiter)
        cells = tuple(self._values) if cell is None else (cell, None)
        return chain.from_iterable(self._values.get(each, ()) for each in cells)


class EntityRegistry:
    """The entities of one table, and the queries that were proved to meet one entity alone."""

    def __init__(self, table: TableDefinition) -> None:
        self.table = table
        self.entities: dict[str, AnySchema] = {}
        self._keys: dict[Index, _ByCell[CompiledKey]] = {}
        self._queries: dict[Index, _ByCell[tuple[QueryShape, CompiledKey]]] = {}
        self._proved: dict[QueryShape, str] = {}

    def add(self, schema: AnySchema) -> None:
        """Adds an entity; a `DeclarationError` leaves everything as it was."""
        self._check_types(schema)
        # All checks come before the first change: a module whose import failed may be mended and
        # imported again in the same process, and must not meet half of its former self.
        self._check_items(schema)
        self._check_ttl(schema)
        self._recheck_queries(schema)
        self.entities[schema.name] = schema
        for key in _keys_of(schema):
            self._keys_on(key.index).of(_partition(key)).append(key)
        self.table.close_indexes(schema.name)

    def check_isolated(self, key: CompiledKey, shape: QueryShape) -> None:
        """Raises `InvalidOperation` if the query can read items of an entity that it does not name.

        `key` is the first of those that it asks.
        """
        if shape in self._proved:
            return
        for other in self._keys_on(key.index).near(_partition(key)):
            is_own = other.entity in shape.entities
            met = None if is_own else find_met_item(key, shape, other)
            if met is not None:
                raise InvalidOperation(
                    where=shape.key,
                    declared=_meeting(other, met),
                    allowed=_remedy(shape, other),
                )
        self._proved[shape] = ""
        self._queries_on(key.index).of(_partition(key)).append((shape, key))

    def rely_on_isolation(self, key: CompiledKey, shape: QueryShape, where: str) -> None:
        """Records that the pattern at `where` asks this; later entities must stay out of it."""
        self.check_isolated(key, shape)
        self._proved[shape] = where

    def holds_alone(self, index: Index, entities: Collection[str]) -> bool:
        """Whether no item of another entity, and no unique item, has a key on the index."""
        keys = self._keys_on(index).every()
        return all(key.entity in entities and key.name != UNIQUE for key in keys)

    def find_neighbour(self, key: CompiledKey) -> CompiledKey | None:
        """A key of another entity whose items may be beside those of this one, in one partition."""
        for other in self._keys_on(key.index).every():
            if other.entity != key.entity and find_shared_key(key, other) is not None:
                return other
        return None

    def types_beside(self, entities: Collection[str]) -> tuple[str, ...]:
        """The types of all items but those of these entities: unique items are others, too."""
        known = (name for schema in self.entities.values() for name in _types_of(schema))
        return tuple(name for name in dict.fromkeys(known) if name not in entities)

    def _check_types(self, schema: AnySchema) -> None:
        """Checks that no other items are of the same type; unique items may share one."""
        taken = {name for other in self.entities.values() for name in _types_of(other)}
        kinds = {each.kind for each in schema.uniques if each.kind}
        own = {*_types_of(schema)} - kinds | {schema.name}
        shared = sorted(own & taken | kinds & {*self.entities, schema.name})
        if shared:
            what = "an entity" if shared[0] in self.entities else "unique items"
            raise InvalidEntity(
                where=f"{schema.model.__module__}.{schema.model.__qualname__}",
                declared=f"{self.table!r} already has {what} named {shared[0]}",
                allowed="one entity of each name",
            )

    def _check_items(self, schema: AnySchema) -> None:
        """Checks that no item of the entity, its unique items included, has another one's key."""
        own = [key for key in _keys_of(schema) if key.index.kind == "primary"]
        for at, key in enumerate(own):
            for other in (*own[:at], *self._keys_on(key.index).near(_partition(key))):
                shared = find_shared_key(key, other)
                if shared is not None:
                    raise KeyCollision(
                        where=key.label,
                        declared=f"{_key_source(key)} and {other.label} {_key_source(other)} can be"
                        f" the same key{shared.shown}",
                        allowed="templates that differ in a literal part",
                    )

    def _check_ttl(self, schema: AnySchema) -> None:
        """Checks that the table has one TTL attribute, in which no entity has anything else.

        DynamoDB deletes any item whose number there has passed.
        """
        for other in self.entities.values():
            if schema.ttl and other.ttl and schema.ttl.stored != other.ttl.stored:
                raise InvalidEntity(
                    where=schema.name,
                    declared=f"its ttl is stored as {schema.ttl.stored}, that of {other.name} as"
                    f" {other.ttl.stored}",
                    allowed="one TTL attribute for the whole table",
                )
            for one, expiring in ((schema, other), (other, schema)):
                field = _find_mistaken_expiry(one, expiring)
                if field is not None:
                    raise InvalidEntity(
                        where=schema.name,
                        declared=f"{field.field} of {one.name} may be a number in"
                        f" {expiring.attributes[expiring.roles['ttl']].stored}, the TTL attribute"
                        f" of {expiring.name}, by which DynamoDB deletes items",
                        allowed="another stored name, or a TTL field",
                    )

    def _recheck_queries(self, schema: AnySchema) -> None:
        """Refuses an entity that a pattern's query would meet; forgets other proofs against it.

        A proof holds for the entities known when it was made. One that a declared pattern relies on
        makes the later entity an error; any other is forgotten, and its query is refused when it
        is next sent.
        """
        met = [
            (shape, asked, key, item)
            for key in _keys_of(schema)
            for shape, asked in self._queries_on(key.index).near(_partition(key))
            if (item := find_met_item(asked, shape, key)) is not None
        ]
        for shape, _, key, item in met:
            if self._proved[shape]:
                raise ContradictoryPattern(
                    where=self._proved[shape],
                    declared=f"{shape.key}: {_meeting(key, item)}",
                    allowed=_remedy(shape, key),
                )
        for shape, asked, _, _ in met:
            # A query may meet several keys of the entity.
            if self._proved.pop(shape, None) is not None:
                self._queries_on(asked.index).of(_partition(asked)).remove((shape, asked))

    def _keys_on(self, index: Index) -> _ByCell[CompiledKey]:
        return self._keys.setdefault(index, _ByCell(self.table.delimiter))

    def _queries_on(self, index: Index) -> _ByCell[tuple[QueryShape, CompiledKey]]:
        return self._queries.setdefault(index, _ByCell(self.table.delimiter))


def _partition(key: CompiledKey) -> Template:
    """The template of the partition key's first attribute; of a vector index that has none, any."""
    return key.partition[0].template if key.partition else _ANY


def _find_mistaken_expiry(schema: AnySchema, expiring: AnySchema) -> Attribute | None:
    """A field that may be stored as a number where the other entity has its TTL."""
    if expiring.ttl is None or schema.ttl is not None:
        return None
    parts = [part for key in schema.keys.values() for part in key.parts if part.copied is not None]
    copied = {part.attribute.name: schema.attributes[part.fields[0]] for part in parts}
    found = copied.get(expiring.ttl.stored, schema.by_stored_name.get(expiring.ttl.stored))
    return found if found is not None and "N" in found.coder.tags else None


def _types_of(schema: AnySchema) -> tuple[str, ...]:
    """The types of the entity's items, and of its unique items."""
    return tuple(dict.fromkeys((schema.name, *(unique.type for unique in schema.uniques))))


def _keys_of(schema: AnySchema) -> tuple[CompiledKey, ...]:
    """The keys of the entity's items, and of its unique items."""
    return (*schema.keys.values(), *(key for each in schema.uniques for key in each.compiled))


def _meeting(other: CompiledKey, met: Witness) -> str:
    """What a query meets for some values of what it asks for: a proof does not go by values."""
    return (
        f"its query, for some values, can meet items of {other.entity} ({other.label}){met.shown}"
    )


def _remedy(shape: QueryShape, other: CompiledKey) -> str:
    """What keeps a query from meeting the items of this key; unique items cannot be skipped."""
    if other.name == UNIQUE:
        if other.index.kind == "primary":
            return _APART
        return "an index by an attribute that unique items lack: they have the type and the TTL"
    add = ", or the entity among the members" if shape.interval else ""
    return f"{_APART}{add}, or .skipping({other.entity})"


def _key_source(key: CompiledKey) -> str:
    return " / ".join(repr(part.template.source) for part in key.parts)


_REGISTRIES: dict[TableDefinition, EntityRegistry] = {}


def registry_of(table: TableDefinition) -> EntityRegistry:
    """The registry of a table; an empty one for a table without entities."""
    registry = _REGISTRIES.get(table)
    if registry is None:
        registry = _REGISTRIES[table] = EntityRegistry(table)
    return registry
