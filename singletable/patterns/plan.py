"""Finds the entities and symbols of an operation. Knows no particular operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, Final, cast

from pydantic import BaseModel

from singletable.records import record
from singletable.schema import CompiledKey, Schema
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.tracing import Symbol


@record
class Contents:
    """What an operation is about: entities, in order, each once, and every symbol it carries."""

    schemas: tuple[AnySchema, ...]
    symbols: tuple[Symbol, ...]

    @property
    def tables(self) -> tuple[TableDefinition, ...]:
        """The tables that the operation is sent to."""
        return tuple({id(schema.table): schema.table for schema in self.schemas}.values())


def contents_of(operation: object) -> Contents:
    """Goes through an operation; schemas and compiled keys are not entered."""
    schemas, symbols = dict[int, AnySchema](), list[Symbol]()
    waiting = [operation]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        try:
            parts = _PARTS[kind]
        except KeyError:
            parts = _PARTS[kind] = _parts_of(kind)
        if parts is not None:
            waiting += reversed([*parts(value)])
        elif issubclass(kind, Symbol):
            symbols.append(cast(Symbol, value))
        elif issubclass(kind, Schema):
            schemas[id(value)] = cast("AnySchema", value)
    return Contents(tuple(schemas.values()), tuple(symbols))


def schemas_of(operation: object) -> tuple[AnySchema, ...]:
    """The entities that an operation is about."""
    return contents_of(operation).schemas


def tables_of(operation: object) -> tuple[TableDefinition, ...]:
    """The tables that an operation is sent to."""
    return contents_of(operation).tables


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
