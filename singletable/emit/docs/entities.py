"""Every entity: its fields, its keys, an example item."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.design.ir import PRIMARY, Design, Entity, Field, Key, Template
from singletable.emit.data_text import shown_json
from singletable.emit.docs.markdown import block, code, codes, table

_ROLES = {
    "ttl": "expires the item",
    "version": "version",
    "created": "set when created",
    "updated": "set by every write",
    "in_key": "stored in the key alone",
}


def entity_section(design: Design) -> Iterator[str]:
    """The blocks of the section, without its heading."""
    for entity in design.entities:
        yield f"### {entity.name}"
        yield entity.description
        if len(design.tables) > 1:
            yield f"It is kept in {code(entity.table)}."
        yield from _entity(entity)


def _entity(entity: Entity) -> Iterator[str]:
    fields = [_field(entity, field) for field in entity.fields]
    yield table(("Field", "Type", "Role", "Meaning"), fields)
    yield table(("Key", "Index", "Partition key", "Sort key", "Remarks"), map(_key, entity.keys))
    yield "\n".join(_uniques(entity))
    if entity.items:
        yield "An example, as it is stored:"
        yield block(shown_json(entity.items[0]), "json")


def _field(entity: Entity, field: Field) -> tuple[str, ...]:
    stored = f" (stored as {code(field.stored)})" if field.stored != field.name else ""
    default = [] if not field.optional or field.type.endswith("| None") else ["has a default"]
    return (
        code(field.name) + stored,
        code(field.type),
        ", ".join([*role_words(entity, field), *default]),
        field.description,
    )


def role_words(entity: Entity, field: Field) -> Iterator[str]:
    """The roles of a field: identity, index keys, uniqueness, what the engine keeps."""
    if field.name in entity.primary.fields:
        yield "identity"
    for key in entity.keys:
        if key.index != PRIMARY and field.name in key.fields:
            yield f"in {key.index}"
    for unique in entity.uniques:
        if unique.field == field.name:
            yield f"unique within {', '.join(unique.within)}" if unique.within else "unique"
    yield from (_ROLES[role] for role in field.roles)


def _key(key: Key) -> tuple[str, ...]:
    remarks = list[str]()
    if key.sparse:
        remarks.append(f"absent without {codes(key.sparse, ' or ')}")
    if key.when is not None:
        remarks.append(f"only where {code(key.when.text)}")
    if key.shards is not None:
        remarks.append(f"{key.shards.count} shards, by {codes(key.shards.by)}")
    return (
        code(key.label),
        code(key.index),
        _templates(key.partition),
        _templates(key.sort),
        "; ".join(remarks),
    )


def _templates(templates: tuple[Template, ...]) -> str:
    return codes(each.source for each in templates)


def _uniques(entity: Entity) -> Iterator[str]:
    for unique in entity.uniques:
        scope = f" within {codes(unique.within)}" if unique.within else ""
        kept = code(unique.template.source)
        yield f"{code(unique.field)} is unique{scope}, kept by the item {kept}."
