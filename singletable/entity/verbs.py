"""Writes of whole entities, and the deletion of all that a query finds."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from singletable.entity.entity import Entity, schema_of
from singletable.errors.request import InvalidOperation
from singletable.operations import Clear, Create, Delete, Put, Query, Update, Upsert
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.put import put_condition, whole_writes
from singletable.operations.writes.stored_form import stored_form, values_with_unknown_names
from singletable.operations.writes.update import build_update
from singletable.operations.writes.write_condition import WriteCondition
from singletable.schema import Schema

E = TypeVar("E", bound=Entity)


def create(entity: E) -> Create[E]:
    """Writes a new item; `ItemExists` if its primary key is taken, `UniqueTaken` if a field is."""
    return Create(_schema_of("create", entity), WriteCondition("absent"), entity)


def put(entity: E) -> Put[E]:
    """Writes the item whole, new or over an old one."""
    schema = _schema_of("put", entity)
    return Put(schema, put_condition(schema, entity), entity)


def update(before: E, after: E) -> Update[E]:
    """Writes what differs; `ItemMissing` if it is gone, `VersionConflict` if it has changed."""
    return build_update(_schema_of("update", before), before, after)


def upsert(entity: E) -> Upsert[E]:
    """Writes the fields that were given; those left to their defaults only where absent."""
    schema = _schema_of("upsert", entity)
    if schema.whole_model_checks:
        raise InvalidOperation(
            where=f"upsert of {schema.name}",
            declared="a partial update, with validators that may look at several fields",
            allowed=whole_writes(schema),
        )
    checked = schema.revalidate(entity)
    values, item = schema.values(checked), schema.item(checked)
    own = {*schema.primary.fields, schema.roles.get("created"), schema.roles.get("updated")}
    given = {name: values[name] for name in values if name in entity.model_fields_set - own}
    identity = {name: values[name] for name in schema.primary.fields}
    updates = FieldUpdates(schema).assign(given)
    form = stored_form(schema, entity, item)
    condition = WriteCondition("any").knowing(form.guard(form.type_names()))
    unknown = {**form.foreign_changes(), **values_with_unknown_names(schema, entity, item, given)}
    return Upsert(schema, condition, identity, updates, unknown, form.is_read)


def delete(entity: E, *, must_exist: bool = False) -> Delete[E]:
    """Deletes the item as it was read, with the items that keep its fields unique.

    `ItemMissing` if it is gone and `must_exist`; otherwise nothing happens then.
    """
    schema = _schema_of("delete", entity)
    identity = {name: getattr(entity, name) for name in schema.primary.fields}
    return Delete(schema, WriteCondition("present" if must_exist else "any"), identity, entity)


def clear(query: Query[Any]) -> Clear:
    """Deletes every item that a query finds, whatever its version: `clear(Loan.key.query(...))`.

    `InvalidOperation` for a query of a part of them: a page, a number of items or of requests.
    """
    if not isinstance(cast(object, query), Query):
        raise InvalidOperation(
            where="clear", declared=f"a {type(query).__name__} is given", allowed="a query"
        )
    limits = (query.items_in_all, query.requests_at_most, query.cursor)
    if query.tolerates_unreadable or limits != (None, None, None):
        raise InvalidOperation(
            where=query.key_query.label,
            declared="clear(...) of a page, of a number of items or requests, or of readable items",
            allowed="clear(...) of the query itself, with page_size",
        )
    if query.reader.is_partial or query.hydration is not None:
        raise InvalidOperation(
            where=query.key_query.label,
            declared="clear(...) of a view, or of a hydrated query",
            allowed="clear(...) of the query itself: it reads what it needs",
        )
    return Clear(query)


def _schema_of(verb: str, entity: E) -> Schema[E]:
    """The schema of an entity that has all its fields; `InvalidItem` names what it lacks."""
    if not isinstance(cast(object, entity), Entity):
        raise InvalidOperation(
            where=verb, declared=f"a {type(entity).__name__} is given", allowed="an entity"
        )
    schema = schema_of(type(entity))
    schema.values(entity)
    return schema
