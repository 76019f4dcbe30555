"""The entities of each table, and the checks that keep their items apart.

A new entity is compared with the keys whose first cell it shares, and with no other: a comparison
of every query with every key makes import time grow with the square of the design.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Generic, TypeAlias, TypeVar

from singletable.errors.declaration import ContradictoryPattern, InvalidEntity, KeyCollision
from singletable.errors.request import InvalidOperation
from singletable.schema.isolation import count_given, first_cell, may_be_equal, may_meet
from singletable.schema.key import CompiledKey
from singletable.schema.schema import AnySchema
from singletable.schema.unique import Unique
from singletable.table import Index, TableDefinition
from singletable.templates import Template, may_coincide

T = TypeVar("T")

QueryShape: TypeAlias = tuple[str, str, int]
"""A query as far as isolation depends on it: entity, key, number of sort-key fields given."""

_APART = "keys whose literal parts keep the entities apart"


class _ByCell(Generic[T]):
    """Values by the first cell of a template; those without one may be near everything."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._values = defaultdict[str | None, list[T]](list)

    def of(self, template: Template) -> list[T]:
        """The values that were added for the same first cell."""
        return self._values[first_cell(template, self._delimiter)]

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
        self._unique = _ByCell[Unique](table.delimiter)
        self._proved: dict[QueryShape, str] = {}

    def add(self, schema: AnySchema) -> None:
        """Adds an entity; a `DeclarationError` leaves everything as it was."""
        if schema.name in self.entities:
            raise InvalidEntity(
                where=f"{schema.model.__module__}.{schema.model.__qualname__}",
                declared=f"{self.table!r} already has an entity named {schema.name}",
                allowed="one entity of each name",
            )
        # All checks come before the first change: a module whose import failed may be mended and
        # imported again in the same process, and must not meet half of its former self.
        self._check_primary_key(schema.primary)
        self._check_unique_items(schema)
        self._check_ttl(schema)
        self._recheck_queries(schema)
        self.entities[schema.name] = schema
        for key in schema.keys.values():
            self._keys_on(key.index).of(_partition(key)).append(key)
        for unique in schema.uniques:
            self._unique.of(unique.template).append(unique)
        self.table.close_indexes(schema.name)

    def check_isolated(self, key: CompiledKey, given: Collection[str]) -> None:
        """Raises `InvalidOperation` if the query can meet another entity's items."""
        shape = (key.entity, key.name, count_given(key, given))
        if shape in self._proved:
            return
        for other in self._keys_on(key.index).near(_partition(key)):
            if other.entity != key.entity and self._may_meet(key, shape, other):
                raise InvalidOperation(
                    where=key.label,
                    declared=f"its query can meet items of {other.entity} ({other.label})",
                    allowed=_APART,
                )
        self._proved[shape] = ""
        self._queries_on(key.index).of(_partition(key)).append((shape, key))

    def rely_on_isolation(self, key: CompiledKey, given: Collection[str], where: str) -> None:
        """Records that the pattern at `where` asks this; later entities must stay out of it."""
        self.check_isolated(key, given)
        self._proved[key.entity, key.name, count_given(key, given)] = where

    def _check_primary_key(self, own: CompiledKey) -> None:
        for other in self._keys_on(own.index).near(_partition(own)):
            if may_be_equal(own, other, self.table.delimiter):
                raise KeyCollision(
                    where=own.label,
                    declared=f"{_key_source(own)} and {other.label} {_key_source(other)} can be the"
                    " same key",
                    allowed="templates that differ in a literal part",
                )

    def _check_unique_items(self, schema: AnySchema) -> None:
        """Checks that no unique item can have the key of another item."""
        own = _partition(schema.primary)
        for unique in schema.uniques:
            others = [each for each in schema.uniques if each is not unique]
            others += self._unique.near(unique.template)
            keys = self._keys_on(schema.primary.index).near(unique.template)
            self._check_unique_item(unique, [own, *map(_partition, keys)])
            self._check_unique_item(unique, [each.template for each in others])
        for unique in self._unique.near(own):
            self._check_unique_item(unique, [own])

    def _check_unique_item(self, unique: Unique, others: Iterable[Template]) -> None:
        for template in others:
            if may_coincide(unique.template, template, self.table.delimiter):
                raise KeyCollision(
                    where=unique.label,
                    declared=f"its unique item {unique.template.source!r} and"
                    f" {template.where} {template.source!r} can be the same key",
                    allowed="templates that differ in a literal part",
                )

    def _check_ttl(self, schema: AnySchema) -> None:
        expiring = (each for each in self.entities.values() if each.ttl is not None)
        other = next(expiring, None)
        if schema.ttl and other and other.ttl and schema.ttl.stored != other.ttl.stored:
            raise InvalidEntity(
                where=schema.name,
                declared=f"its ttl is stored as {schema.ttl.stored}, that of {other.name} as"
                f" {other.ttl.stored}",
                allowed="one TTL attribute for the whole table",
            )

    def _recheck_queries(self, schema: AnySchema) -> None:
        """Refuses an entity that a pattern's query would meet; forgets other proofs against it.

        A proof holds for the entities known when it was made. One that a declared pattern relies on
        makes the later entity an error; any other is forgotten, and its query is refused when it
        is next sent.
        """
        met = [
            (shape, asked, key)
            for key in schema.keys.values()
            for shape, asked in self._queries_on(key.index).near(_partition(key))
            if self._may_meet(asked, shape, key)
        ]
        for shape, asked, key in met:
            if self._proved[shape]:
                raise ContradictoryPattern(
                    where=self._proved[shape],
                    declared=f"{asked.label}: its query can meet items of {schema.name}"
                    f" ({key.label})",
                    allowed=_APART,
                )
        for shape, asked, _ in met:
            del self._proved[shape]
            self._queries_on(asked.index).of(_partition(asked)).remove((shape, asked))

    def _may_meet(self, asked: CompiledKey, shape: QueryShape, other: CompiledKey) -> bool:
        return may_meet(asked, shape[2], other, self.table.delimiter)

    def _keys_on(self, index: Index) -> _ByCell[CompiledKey]:
        return self._keys.setdefault(index, _ByCell(self.table.delimiter))

    def _queries_on(self, index: Index) -> _ByCell[tuple[QueryShape, CompiledKey]]:
        return self._queries.setdefault(index, _ByCell(self.table.delimiter))


def _partition(key: CompiledKey) -> Template:
    """The template of the partition key's first attribute."""
    return key.partition[0].template


def _key_source(key: CompiledKey) -> str:
    return " / ".join(repr(part.template.source) for part in key.parts)


_REGISTRIES: dict[TableDefinition, EntityRegistry] = {}


def registry_of(table: TableDefinition) -> EntityRegistry:
    """The registry of a table; an empty one for a table without entities."""
    registry = _REGISTRIES.get(table)
    if registry is None:
        registry = _REGISTRIES[table] = EntityRegistry(table)
    return registry
