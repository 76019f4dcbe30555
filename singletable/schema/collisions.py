"""Proves, when an entity is declared, that no other entity can produce its primary keys."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from singletable.errors.declaration import InvalidEntity, KeyCollision
from singletable.schema.key import CompiledKey
from singletable.schema.schema import Schema
from singletable.templates import may_coincide


def register(schema: Schema[Any]) -> None:
    """Adds the entity to its table, or raises and leaves the table as it was."""
    table = schema.table
    if schema.name in table.entities:
        raise InvalidEntity(
            where=f"{schema.model.__module__}.{schema.model.__qualname__}",
            declared=f"{table!r} already has an entity named {schema.name}",
            allowed="one entity of each name",
        )
    for other in table.entities.values():
        _check_keys(schema.primary, other.primary, table.delimiter)
        _check_sentinels(schema, (other,))
        _check_sentinels(other, (schema,))
        _check_ttl(schema, other)
    _check_sentinels(schema, (schema,))
    table.entities[schema.name] = schema


def _check_keys(one: CompiledKey, other: CompiledKey, delimiter: str) -> None:
    sides = zip(one.sides, other.sides, strict=True)
    if all(may_coincide(mine.template, theirs.template, delimiter) for mine, theirs in sides):
        raise KeyCollision(
            where=one.label,
            declared=f"{_shown(one)} and {other.label} {_shown(other)} can be the same key",
            allowed="templates that differ in a literal part",
        )


def _check_sentinels(owner: Schema[Any], others: Iterable[Schema[Any]]) -> None:
    for unique in owner.uniques:
        for other in others:
            partitions = chain(
                [other.primary.partition.template],
                (theirs.template for theirs in other.uniques if theirs is not unique),
            )
            for template in partitions:
                if may_coincide(unique.template, template, owner.table.delimiter):
                    raise KeyCollision(
                        where=unique.label,
                        declared=f"its sentinel {unique.template.source!r} and"
                        f" {template.where} {template.source!r} can be the same key",
                        allowed="templates that differ in a literal part",
                    )


def _check_ttl(one: Schema[Any], other: Schema[Any]) -> None:
    if one.ttl and other.ttl and one.ttl.stored != other.ttl.stored:
        raise InvalidEntity(
            where=one.name,
            declared=f"its ttl is stored as {one.ttl.stored}, that of {other.name} as"
            f" {other.ttl.stored}",
            allowed="one TTL attribute for the whole table",
        )


def _shown(key: CompiledKey) -> str:
    return " / ".join(repr(side.template.source) for side in key.sides)
