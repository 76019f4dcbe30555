"""Writes of whole entities: create and put."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeVar

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, evolve
from singletable.operations.writes import unique_items
from singletable.operations.writes.action import Item, check_item_size
from singletable.operations.writes.old_item import OldItem, returning_old
from singletable.operations.writes.stored_form import Guard, check_kept, form_as_read, stored_form
from singletable.operations.writes.write import PredictableWrite, Prepared
from singletable.operations.writes.write_condition import WriteCondition
from singletable.records import record
from singletable.schema.origin import remember
from singletable.schema.schema import AnySchema
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)


@record
class _WholeWrite(PredictableWrite[E]):
    """Writes a whole item, with the unique items of its values."""

    entity: E

    def build_entity(self, context: Context) -> E:
        """The entity as it is stored."""
        raise NotImplementedError

    def prepare(self, context: Context) -> Prepared[E]:
        entity = self.build_entity(context)
        item = self.schema.item(entity)
        if self.schema.upgrade is not None:
            item = stored_form(self.schema, self.entity, item).marks(item) | item
            check_kept(self.schema, entity, item)
        check_item_size(self.schema.name, item)
        remember(entity, item)
        key = primary_key(self.schema, item)
        own = self.action("Put", key, self.condition, Binder(), Item=item)
        if not self.schema.uniques:
            return Prepared((own,), lambda _: entity)
        values = self.schema.values(entity)
        others = unique_items.puts(self.schema, values, item)
        return Prepared((own, *others), lambda _: entity)


@record
class Create(_WholeWrite[E]):
    """Writes a new item; `ItemExists` if there is one. Returns the entity as stored."""

    keeps_stamps: bool = False

    def preserving_stamps(self) -> Self:
        """Keeps version and stamps of an entity that was stored elsewhere before."""
        return evolve(self, keeps_stamps=True)

    def build_entity(self, context: Context) -> E:
        """The entity as it is stored: version 1, stamps set, unless they are kept."""
        if self.keeps_stamps:
            return self.schema.revalidate(self.entity)
        changes = stamps(self.schema, self.entity, context)
        if self.schema.version is not None:
            changes[self.schema.version.field] = 1
        return _changed(self.schema, self.entity, changes)


@record
class Put(_WholeWrite[E]):
    """Writes the item whether it exists or not; of a versioned entity only over its version."""

    def returning_old(self) -> OldItem[E | None]:
        """Makes the result the item as it was before; None if there was none."""
        return returning_old(self, may_be_new=True)

    def build_entity(self, context: Context) -> E:
        """The entity as it is stored: next version, stamps set."""
        changes = stamps(self.schema, self.entity, context)
        if self.schema.version is not None:
            field = self.schema.version.field
            changes[field] = next_version(getattr(self.entity, field))
        return _changed(self.schema, self.entity, changes)


def _changed(schema: AnySchema, entity: E, changes: Mapping[str, object]) -> E:
    """The entity with these values, validated: another one, also where nothing changes."""
    return schema.revalidate(entity.model_copy(update=changes) if changes else entity)


def put_condition(schema: AnySchema, entity: BaseModel) -> WriteCondition:
    """The condition of a put, which overwrites; a versioned one only what it was made from."""
    if schema.uniques:
        names = ", ".join(unique.field for unique in schema.uniques)
        raise InvalidOperation(
            where=schema.name,
            declared=f"put of an entity with unique {names}: the old value is not known",
            allowed=whole_writes(schema),
        )
    known, states = _version_read(schema, entity)
    return WriteCondition("any", known, states, overwrites=True)


def whole_writes(schema: AnySchema) -> str:
    """The writes of whole entities that this entity has, as advice."""
    over = "" if schema.uniques else ", put(entity)"
    return f"create(entity){over}, or update(before, after)"


def _version_read(schema: AnySchema, entity: BaseModel) -> Guard:
    """The stored version that a write from this entity expects, also under a former name."""
    version = schema.version
    if version is None:
        return Guard({})
    encoded = version.encode(getattr(entity, version.field))
    known = {} if encoded is None else {version.stored: encoded}
    form = form_as_read(schema, entity, known, [version.field])
    deciding = form.names_deciding([version.stored])
    if not form.is_read:  # its fields may be new ones
        deciding = [name for name in deciding if name not in schema.owned_names]
    elif deciding or version.stored not in form.upgraded or version.stored in form.names_together():
        form = form_as_read(schema, entity, schema.encode(entity), [version.field])
    return form.guard([version.stored, *deciding])


def next_version(version: object) -> object:
    """The version after this one."""
    if isinstance(version, Symbol):
        return Symbol(f"{version!r} + 1", version.argument, int)
    return version + 1 if isinstance(version, int) else version


def stamps(schema: AnySchema, entity: BaseModel, context: Context) -> dict[str, object]:
    """The values of created and updated fields for a whole write."""
    changes = dict[str, object]()
    if schema.created is not None and getattr(entity, schema.created.field) is None:
        changes[schema.created.field] = context.now
    if schema.updated is not None:
        changes[schema.updated.field] = context.now
    return changes


def primary_key(schema: AnySchema, item: Item) -> dict[str, AttributeValue]:
    """The primary key attributes of a wire item."""
    return {name: item[name] for name in schema.table.primary_index.attribute_names}
