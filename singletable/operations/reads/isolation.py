"""Proves that a query's bounds hold items of its own entity and of no other."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from singletable.errors.request import InvalidOperation
from singletable.schema import CompiledKey, Schema
from singletable.templates import may_coincide, may_start_with


def check_projected(schema: Schema[Any], key: CompiledKey) -> None:
    """`InvalidOperation` if the index does not hold whole items: none could be read from it."""
    projection, table = key.index.projection, schema.table
    if projection.kind == "ALL":
        return
    held = {*projection.names, *key.index.attribute_names, *table.primary.index.attribute_names}
    needed = [table.type_attribute, *(each.stored for each in schema.attributes.values())]
    lacking = [name for name in needed if name not in held]
    if lacking:
        raise InvalidOperation(
            where=key.label,
            declared=f"index {key.index.label} does not hold {', '.join(lacking)}",
            allowed="queries of indexes that project every attribute of the entity",
        )


def check_unmixed(schema: Schema[Any], key: CompiledKey, given: Collection[str]) -> None:
    """`InvalidOperation` if another entity's items can lie within the query's bounds."""
    known = sum(field in given for field in key.sort.fields) if key.sort else 0
    _check(schema.table, schema.name, key.name, known, len(schema.table.entities))


@lru_cache(maxsize=1024)
def _check(table: Any, entity: str, key_name: str, known: int, _entities: int) -> None:
    own: CompiledKey = table.entities[entity].keys[key_name]
    for name, other in table.entities.items():
        for key in other.keys.values():
            if name != entity and key.index == own.index and _may_mix(own, key, known, table):
                raise InvalidOperation(
                    where=own.label,
                    declared=f"its query can meet items of {name} ({key.label})",
                    allowed="keys whose literal parts keep the entities apart",
                )


def _may_mix(own: CompiledKey, other: CompiledKey, known: int, table: Any) -> bool:
    delimiter: str = table.delimiter
    if not may_coincide(own.partition.template, other.partition.template, delimiter):
        return False
    if own.sort is None or other.sort is None:
        return True
    return may_start_with(own.sort.template, known, other.sort.template, delimiter)
