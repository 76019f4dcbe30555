"""Every entity: its fields, its keys, an example item."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.catalogue import Catalogue, EntityRow, FieldRow, KeyRow
from singletable.catalogue.readable import json_text
from singletable.emit.markdown import block, code, codes, table


def entity_section(catalogue: Catalogue) -> Iterator[str]:
    """The blocks of the section, without its heading."""
    for entity in catalogue.entities:
        yield from _entity(entity)


def _entity(entity: EntityRow) -> Iterator[str]:
    yield f"### {entity.name}"
    yield entity.description
    yield table(("Field", "Type", "Role", "Meaning"), map(_field, entity.fields))
    yield table(("Key", "Index", "Partition key", "Sort key", "Remarks"), map(_key, entity.keys))
    yield "\n".join(_uniques(entity))
    yield "An example, as it is stored:"
    yield block(json_text(entity.example), "json")


def _field(field: FieldRow) -> tuple[str, ...]:
    stored = f" (stored as {code(field.stored)})" if field.stored != field.name else ""
    default = [] if not field.optional or field.type.endswith("| None") else ["has a default"]
    return (
        code(field.name) + stored,
        code(field.type),
        ", ".join([*field.roles, *default]),
        field.description,
    )


def _key(key: KeyRow) -> tuple[str, ...]:
    remarks = list[str]()
    if key.sparse:
        remarks.append(f"absent without {codes(key.sparse, ' or ')}")
    if key.shards is not None:
        remarks.append(f"{key.shards.count} shards, by {code(key.shards.by)}")
    return (
        code(key.label),
        code(key.index),
        code(key.partition),
        code(key.sort or ""),
        "; ".join(remarks),
    )


def _uniques(entity: EntityRow) -> Iterator[str]:
    for unique in entity.uniques:
        scope = f" within {codes(unique.within)}" if unique.within else ""
        yield f"{code(unique.field)} is unique{scope}, kept by the item {code(unique.sentinel)}."
