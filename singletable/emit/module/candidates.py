"""What an entity may be declared as, where it is refused as the design has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from singletable.design import ir


def table_like(table: ir.Table) -> ir.Table:
    """The table with a name that DynamoDB takes, and a delimiter of one sign."""
    name = re.sub("[^a-zA-Z0-9_.-]", "-", table.name)[:255]
    signs = (each for each in table.delimiter if not each.isalnum() and each not in "{}")
    name = name if len(name) > 2 else f"{name}-table"
    return replace(table, name=name, delimiter=next(signs, "#"))


def candidates(entity: ir.Entity) -> Iterator[tuple[str, ir.Entity]]:
    """The entity as it is; then without the formats of its fields; then without keys of indexes,
    and the fields that are in such keys alone. Each with what it is without."""
    yield "", entity
    plain = _without_formats(entity)
    if plain != entity:
        yield "the formats of its fields", plain
    if any(key.index != ir.PRIMARY for key in entity.keys):
        yield "keys of indexes", _without_index_keys(entity)


def _without_formats(entity: ir.Entity) -> ir.Entity:
    keys = tuple(
        replace(
            key,
            partition=tuple(map(_plain_template, key.partition)),
            sort=tuple(map(_plain_template, key.sort)),
        )
        for key in entity.keys
    )
    return replace(entity, keys=keys)


def _plain_template(template: ir.Template) -> ir.Template:
    return replace(template, parts=tuple(map(_plain_part, template.parts)))


def _plain_part(part: ir.Part) -> ir.Part:
    known = replace(part.format, alphabet=None, min_bytes=1, max_bytes=None, members=(), shape=None)
    return replace(part, format=known)


def _without_index_keys(entity: ir.Entity) -> ir.Entity:
    primary = entity.primary
    fields = tuple(
        each for each in entity.fields if "in_key" not in each.roles or each.name in primary.fields
    )
    identity = entity.identity or ()
    is_whole = {*identity} <= {each.name for each in fields}
    return replace(
        entity, keys=(primary,), fields=fields, identity=entity.identity if is_whole else None
    )
