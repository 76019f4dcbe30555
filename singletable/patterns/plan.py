"""Finds the entities and symbols of an operation. Knows no particular operation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Final, TypeGuard

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


def _walk(operation: object) -> Iterator[object]:
    """Yields the operation and everything in it; schemas and compiled keys are not entered."""
    waiting = [operation]
    while waiting:
        value = waiting.pop()
        yield value
        if type(value) not in _LEAVES and not isinstance(value, _CLOSED):
            waiting += reversed(_parts(value))


_CLOSED: Final = (Schema, CompiledKey, Symbol, type, str, NoneType)
_LEAVES: Final = frozenset({Schema, CompiledKey, Symbol, str, NoneType, bool, int})


def _parts(value: object) -> Sequence[object]:
    if isinstance(value, BaseModel):
        return list(vars(value).values())
    if _is_dict(value):
        return list(value.values())
    if _is_collection(value):
        return list(value)
    return [getattr(value, name) for name in field_names(type(value))]


_NAMES: Final = dict[type[object], tuple[str, ...]]()


def field_names(kind: type[object]) -> tuple[str, ...]:
    """The names of a dataclass's fields; none for another class."""
    names = _NAMES.get(kind)
    if names is None:
        known = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        names = _NAMES[kind] = known
    return names


def _is_dict(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _is_collection(value: object) -> TypeGuard[Collection[object]]:
    return isinstance(value, (tuple, list, set, frozenset))
