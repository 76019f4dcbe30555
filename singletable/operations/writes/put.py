"""Writes of whole entities: create and put."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response
from singletable.operations.writes.action import Action, check_item_size
from singletable.operations.writes.unique_items import claimed
from singletable.operations.writes.write import Settled
from singletable.operations.writes.write_condition import Guard
from singletable.schema import Schema
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)


@dataclass(frozen=True)
class Create(Settled[E]):
    """Writes a new item; `ItemExists` if there is one. Answers the entity as stored."""

    entity: E
    is_restored: bool = False

    def as_given(self) -> Self:
        """Keeps version and stamps of an entity that was stored elsewhere before."""
        return replace(self, is_restored=True)

    def stored(self, context: Context) -> E:
        """The entity as it is stored: version 1, stamps set, unless it is kept as given."""
        if self.is_restored:
            return self.schema.validated(self.entity)
        changes: dict[str, Any] = stamps(self.schema, self.entity, context)
        if self.schema.version is not None:
            changes[self.schema.version.field] = 1
        return self.schema.validated(self.entity.model_copy(update=changes))

    def actions(self, context: Context) -> tuple[Action, ...]:
        entity = self.stored(context)
        item = self.schema.item(entity)
        check_item_size(self.schema.name, item)
        key = primary_key(self.schema, item)
        own = self.action("Put", key, self.guard, Binder(), Item=item)
        return (own, *claimed(self.schema, self.schema.values(entity), item))

    def result(self, response: Response, context: Context) -> E:
        return self.stored(context)


@dataclass(frozen=True)
class Put(Settled[E]):
    """Writes the item whether it exists or not; of a versioned entity only over its version."""

    entity: E

    def stored(self, context: Context) -> E:
        """The entity as it is stored: next version, stamps set."""
        changes: dict[str, Any] = stamps(self.schema, self.entity, context)
        if self.schema.version is not None:
            field = self.schema.version.field
            changes[field] = next_version(getattr(self.entity, field))
        return self.schema.validated(self.entity.model_copy(update=changes))

    def actions(self, context: Context) -> tuple[Action, ...]:
        item = self.schema.item(self.stored(context))
        check_item_size(self.schema.name, item)
        key = primary_key(self.schema, item)
        return (self.action("Put", key, self.guard, Binder(), Item=item),)

    def result(self, response: Response, context: Context) -> E:
        return self.stored(context)


def put_guard(schema: Schema[Any], entity: BaseModel) -> Guard:
    """A put overwrites; a versioned one only what it was made from."""
    if schema.uniques:
        names = ", ".join(unique.field for unique in schema.uniques)
        raise InvalidOperation(
            where=schema.name,
            declared=f"put of an entity with unique {names}: the old value is not known",
            allowed="create, or update(before, after)",
        )
    return Guard("either", version_known(schema, entity))


def version_known(schema: Schema[Any], entity: BaseModel) -> dict[str, Any]:
    """The stored version that a write from this entity expects."""
    if schema.version is None:
        return {}
    value = getattr(entity, schema.version.field)
    return {schema.version.stored: schema.version.encode(value)}


def next_version(version: Any) -> Any:
    """The version after this one."""
    if isinstance(version, Symbol):
        return Symbol(f"{version!r} + 1", version.argument, int)
    return version + 1


def stamps(schema: Schema[Any], entity: BaseModel, context: Context) -> dict[str, Any]:
    """The values of created and updated fields for a whole write."""
    changes = dict[str, Any]()
    if schema.created is not None and getattr(entity, schema.created.field) is None:
        changes[schema.created.field] = context.now
    if schema.updated is not None:
        changes[schema.updated.field] = context.now
    return changes


def primary_key(schema: Schema[Any], item: dict[str, Any]) -> dict[str, Any]:
    """The primary key attributes of a wire item."""
    return {name: item[name] for name in schema.table.primary.index.attribute_names}
