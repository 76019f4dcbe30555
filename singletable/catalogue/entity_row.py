"""An entity as a row: its fields, keys, constraints and an example item. Knows no pattern."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from singletable.catalogue.examples import entity_example, examples_of
from singletable.catalogue.plain_examples import MOMENT
from singletable.catalogue.readable import jsonable
from singletable.catalogue.types import show_type
from singletable.operations.writes.unique_items import claimed
from singletable.schema import CompiledKey, Schema
from singletable.table import Shards

Item = Mapping[str, Any]

_ROLES = {
    "ttl": "expires the item",
    "version": "version",
    "created": "set when created",
    "updated": "set by every write",
}


@dataclass(frozen=True)
class FieldRow:
    """`stored` is the attribute's name; `roles` say what else the field is for."""

    name: str
    stored: str
    type: str
    optional: bool
    roles: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class KeyRow:
    """A key's templates; `sparse` names the fields whose absence leaves the item out."""

    label: str
    index: str
    partition: str
    sort: str | None
    sparse: tuple[str, ...]
    shards: Shards | None


@dataclass(frozen=True)
class UniqueRow:
    field: str
    within: tuple[str, ...]
    sentinel: str


@dataclass(frozen=True)
class EntityRow:
    """`items`: example items with the sentinels that belong to them, in DynamoDB's JSON."""

    name: str
    module: str
    description: str
    fields: tuple[FieldRow, ...]
    keys: tuple[KeyRow, ...]
    uniques: tuple[UniqueRow, ...]
    items: tuple[Item, ...]

    @property
    def example(self) -> Item:
        return self.items[0]


def entity_row(schema: Schema[Any]) -> EntityRow:
    """The row of an entity."""
    return EntityRow(
        name=schema.name,
        module=schema.model.__module__,
        description=inspect.getdoc(schema.model) or "",
        fields=tuple(_field(schema, field) for field in schema.attributes),
        keys=tuple(_key(schema, key) for key in schema.keys.values()),
        uniques=tuple(
            UniqueRow(unique.field, unique.scope, unique.template.source)
            for unique in schema.uniques
        ),
        items=tuple(jsonable(item) for item in _items(schema)),
    )


def _items(schema: Schema[Any]) -> list[Item]:
    """One item, and a second one where the entity's author gave second examples of its key."""
    variants = [0]
    if any(len(examples_of(schema, field)) > 1 for field in schema.primary.fields):
        variants.append(1)
    return [item for variant in variants for item in _stored(schema, variant)]


def _stored(schema: Schema[Any], variant: int) -> Iterator[Item]:
    """The item as a first write leaves it, then its sentinels."""
    entity = entity_example(schema, variant)
    stamps = [schema.roles.get("created"), schema.roles.get("updated")]
    unset = [field for field in stamps if field and getattr(entity, field) is None]
    entity = entity.model_copy(update=dict.fromkeys(unset, MOMENT))
    item = schema.encode(entity)
    yield item
    for action in claimed(schema, schema.values(entity), item):
        yield action.parameters["Item"]


def _field(schema: Schema[Any], field: str) -> FieldRow:
    attribute = schema.attribute(field)
    return FieldRow(
        name=field,
        stored=attribute.stored,
        type=show_type(attribute.annotation),
        optional=not attribute.required,
        roles=tuple(_roles(schema, field)),
        description=schema.model.model_fields[field].description or "",
    )


def _roles(schema: Schema[Any], field: str) -> list[str]:
    identity = ["identity"] if field in schema.primary.fields else []
    keys = [key.index.label for key in schema.secondary if field in key.fields]
    kept = [_ROLES[role] for role, name in schema.roles.items() if name == field]
    unique = [
        "unique" if not each.scope else f"unique within {', '.join(each.scope)}"
        for each in schema.uniques
        if each.field == field
    ]
    return [*identity, *(f"in {label}" for label in keys), *unique, *kept]


def _key(schema: Schema[Any], key: CompiledKey) -> KeyRow:
    return KeyRow(
        label=key.label,
        index=key.index.label,
        partition=key.partition.template.source,
        sort=key.sort.template.source if key.sort else None,
        sparse=tuple(field for field in key.fields if schema.attribute(field).coder.absent is None),
        shards=key.shards,
    )
