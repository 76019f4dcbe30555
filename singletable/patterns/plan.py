"""Finds the entities and symbols of an operation. Knows no particular operation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import TypeGuard

from pydantic import BaseModel

from singletable.schema import CompiledKey, Schema
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.tracing import Symbol


def schemas_of(operation: object) -> tuple[AnySchema, ...]:
    """The entities that an operation is about, in order, each once."""
    found: list[AnySchema] = [each for each in _walk(operation) if isinstance(each, Schema)]
    return tuple({id(schema): schema for schema in found}.values())


def tables_of(operation: object) -> tuple[TableDefinition, ...]:
    """The tables that an operation is sent to."""
    return tuple({id(schema.table): schema.table for schema in schemas_of(operation)}.values())


def symbols_in(operation: object) -> Iterator[Symbol]:
    """Every symbol that an operation carries."""
    return (each for each in _walk(operation) if isinstance(each, Symbol))


def _walk(value: object) -> Iterator[object]:
    """Yields the value and everything in it; schemas and compiled keys are not entered."""
    yield value
    if not isinstance(value, (Schema, CompiledKey, Symbol, type)):
        for part in _parts(value):
            yield from _walk(part)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, BaseModel):
        return vars(value).values()
    if _is_dict(value):
        return value.values()
    if _is_collection(value):
        return value
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


def _is_dict(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _is_collection(value: object) -> TypeGuard[Collection[object]]:
    return isinstance(value, (tuple, list, set, frozenset))
