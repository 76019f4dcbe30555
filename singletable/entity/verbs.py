"""Writes of whole entities."""

from __future__ import annotations

from typing import TypeVar

from singletable.entity.entity import Entity, schema_of
from singletable.errors.request import InvalidOperation
from singletable.operations import Create, Delete, Put, Update, Upsert
from singletable.operations.writes.field_updates import Changes
from singletable.operations.writes.put import put_guard
from singletable.operations.writes.update import update_of
from singletable.operations.writes.write_condition import Guard

E = TypeVar("E", bound=Entity)


def create(entity: E) -> Create[E]:
    """Writes a new item; `ItemExists` if its primary key is taken, `UniqueTaken` if a field is."""
    return Create(schema_of(type(entity)), Guard("absent"), entity)


def put(entity: E) -> Put[E]:
    """Writes the item whole, new or over an old one."""
    schema = schema_of(type(entity))
    return Put(schema, put_guard(schema, entity), entity)


def update(before: E, after: E) -> Update[E]:
    """Writes what differs; `ItemMissing` if it is gone, `VersionConflict` if it has changed."""
    return update_of(schema_of(type(before)), before, after)


def upsert(entity: E) -> Upsert[E]:
    """Writes the fields that were given; those left to their defaults only where absent."""
    schema = schema_of(type(entity))
    if schema.whole_model_checks:
        raise InvalidOperation(
            where=f"upsert of {schema.name}",
            declared="a partial change, with validators that may look at several fields",
            allowed="put(entity)",
        )
    values = schema.values(schema.validated(entity))
    kept = {*schema.primary.fields, schema.roles.get("created"), schema.roles.get("updated")}
    given = {name: values[name] for name in values if name in entity.model_fields_set - kept}
    identity = {name: values[name] for name in schema.primary.fields}
    changes = Changes(schema).assign(given)
    return Upsert(schema, Guard("either"), identity, changes)


def delete(entity: Entity) -> Delete:
    """Deletes the item as it was read, with its sentinels; nothing happens if it is gone."""
    return _deletion(entity, Guard("either"))


def remove(entity: Entity) -> Delete:
    """Deletes the item as it was read, with its sentinels; `ItemMissing` if it is gone."""
    return _deletion(entity, Guard("present"))


def _deletion(entity: Entity, guard: Guard) -> Delete:
    schema = schema_of(type(entity))
    identity = {name: getattr(entity, name) for name in schema.primary.fields}
    return Delete(schema, guard, identity, entity)
