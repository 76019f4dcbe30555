"""Finds the entities and symbols of an operation. Knows no particular operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel

from singletable.codec.wire import class_of
from singletable.schema import CompiledKey, Schema
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.tracing import Symbol

T = TypeVar("T")


def schemas_of(operation: object) -> tuple[AnySchema, ...]:
    """The entities that an operation is about, in order, each once."""
    found = _find(operation, cast("type[AnySchema]", Schema))
    return tuple({id(schema): schema for schema in found}.values())


def tables_of(operation: object) -> tuple[TableDefinition, ...]:
    """The tables that an operation is sent to."""
    return tuple({id(schema.table): schema.table for schema in schemas_of(operation)}.values())


def symbols_in(operation: object) -> Iterator[Symbol]:
    """Every symbol that an operation carries."""
    return _find(operation, Symbol)


def _find(operation: object, wanted: type[T]) -> Iterator[T]:
    """Yields what is of a class, in an operation; schemas and compiled keys are not entered."""
    waiting = [operation]
    while waiting:
        value = waiting.pop()
        kind = class_of(value)
        if issubclass(kind, wanted):
            yield cast("T", value)
        try:
            parts = _PARTS[kind]
        except KeyError:
            parts = _PARTS[kind] = _parts_of(kind)
        if parts is not None:
            waiting += reversed([*parts(value)])


_CLOSED: Final = (Schema, CompiledKey, Symbol, type, str, NoneType)
_PARTS: Final = dict[type[object], Callable[[Any], Iterable[object]] | None]()


def _parts_of(kind: type[object]) -> Callable[[Any], Iterable[object]] | None:
    """What lists the values inside one of a class; None where there are none."""
    if issubclass(kind, _CLOSED):
        return None
    if issubclass(kind, BaseModel):
        return _fields_of
    if issubclass(kind, dict):
        return _values
    if issubclass(kind, (tuple, list, set, frozenset)):
        return iter
    names = field_names(kind)
    return (lambda value: [getattr(value, name) for name in names]) if names else None


def _fields_of(model: BaseModel) -> Iterable[object]:
    return _values(vars(model))


def _values(known: Mapping[str, object]) -> Iterable[object]:
    return known.values()


_NAMES: Final = dict[type[object], tuple[str, ...]]()


def field_names(kind: type[object]) -> tuple[str, ...]:
    """The names of a dataclass's fields; none for another class."""
    names = _NAMES.get(kind)
    if names is None:
        known = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
        names = _NAMES[kind] = known
    return names
