"""Compiles what is written without conditions: batches, and the deletion of what a query finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel

from singletable.codec.wire import AttributeValue
from singletable.design import ir
from singletable.design.wire_text import key_equalities
from singletable.operations import Query
from singletable.operations.writes.batch_requests import Part
from singletable.schema import Schema
from singletable.tracing import Symbol

Key = Mapping[str, AttributeValue]


def compile_batch(parts: Iterable[Part]) -> Iterator[ir.Action]:
    """Compiles the writes of a batch."""
    for part in parts:
        kind: Literal["Put", "Delete"] = "Put" if part.kind == "PutRequest" else "Delete"
        yield _action(kind, part.schema, part.key)


def compile_clear(query: Query[BaseModel], partition: Key) -> Iterator[ir.Action]:
    """Compiles the deletions of each entity that a query finds, and of its unique items."""
    for schema in query.reader.schemas:
        yield _action("Delete", schema, deleted_key(query, schema, partition))
        for unique in schema.uniques:
            key = unique.key(symbols_of(unique.fields)) or {}
            yield _action("Delete", schema, key, unique.label)


def deleted_key(query: Query[BaseModel], schema: Schema[BaseModel], partition: Key) -> Key:
    """The primary key of what a query finds in a partition, as far as the query says it."""
    values = dict[str, object](symbols_of(schema.primary.fields))
    asked = query.key_query
    if asked.key in schema.keys.values():
        values |= {name: value for name, value in asked.equals.items() if name in values}
    key = schema.primary.render(values)
    return {**key, **partition} if asked.key.index.kind == "primary" else key


def symbols_of(fields: Iterable[str]) -> dict[str, Symbol]:
    return {name: Symbol(f"{{{name}}}", name, object) for name in fields}


def _action(
    kind: Literal["Put", "Delete"],
    schema: Schema[BaseModel],
    key: Key,
    unique: str | None = None,
) -> ir.Action:
    return ir.Action(
        verb=kind,
        kind=kind,
        table=schema.table.name,
        entity=schema.name,
        unique=unique,
        key=key_equalities(key),
    )
