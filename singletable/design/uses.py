"""Where a plan uses each symbol: the fields that arguments stand for. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Literal, cast

from pydantic import BaseModel

from singletable.codec.wire import is_mapping
from singletable.expressions.condition import Between, Compare, In
from singletable.operations.reads.key_conditions import Range
from singletable.operations.writes.update import is_update
from singletable.schema import CompiledKey, Schema
from singletable.tracing import Symbol

End = Literal["low", "high"]


@dataclass(frozen=True)
class Use:
    """A symbol in a field's place; `end` where it bounds a range."""

    schema: Schema[BaseModel]
    field: str
    symbol: Symbol
    end: End | None = None


def uses_of(operation: object) -> Iterator[Use]:
    """Every place where a symbol stands for a field's whole value."""
    return _walk(operation, None)


def argument_pairs(operation: object) -> Iterator[frozenset[str]]:
    """The arguments that one update takes for two states of one item."""
    for value in _values(operation):
        if is_update(value):
            states = [*_values(value.before), *_values(value.after)]
            yield frozenset(each.argument for each in states if isinstance(each, Symbol))
        else:
            yield from argument_pairs(value)


def _walk(value: object, schema: Schema[BaseModel] | None) -> Iterator[Use]:
    schema = _schema_of(value) or schema
    if schema is not None:
        yield from _here(value, schema)
    for part in _values(value):
        yield from _walk(part, schema)


def _schema_of(value: object) -> Schema[BaseModel] | None:
    """The entity that a write, or a read by its reader, is about."""
    reader = getattr(value, "reader", value) if is_dataclass(value) else None
    return getattr(reader, "schema", None)


def _here(value: object, schema: Schema[BaseModel]) -> Iterator[Use]:
    if isinstance(value, Range):
        yield from _use(schema, value.field, value.low, "low")
        yield from _use(schema, value.field, value.high, "high")
    elif isinstance(value, (Compare, Between, In)):
        if len(value.steps) == 1:
            for part in _operands(value):
                yield from _use(schema, str(value.steps[0]), part)
    elif isinstance(value, BaseModel):
        yield from _here(vars(value), schema)
    elif is_mapping(value):
        for field, part in value.items():
            yield from _use(schema, field, part)


def _operands(condition: Compare | Between | In) -> tuple[object, ...]:
    if isinstance(condition, In):
        return condition.values
    return (condition.low, condition.high) if isinstance(condition, Between) else (condition.value,)


def _use(
    schema: Schema[BaseModel], field: str, value: object, end: End | None = None
) -> Iterator[Use]:
    if isinstance(value, Symbol) and field in schema.attributes:
        yield Use(schema, field, value, end)


def _values(value: object) -> list[object]:
    """What is directly inside; schemas and compiled keys are closed."""
    if isinstance(value, (Schema, CompiledKey, Symbol, type)):
        return []
    if isinstance(value, BaseModel):
        return list(vars(value).values())
    if is_mapping(value):
        return list(value.values())
    if isinstance(value, (tuple, list)):
        return list(cast(list[object], value))
    return [getattr(value, each.name) for each in fields(value)] if is_dataclass(value) else []
