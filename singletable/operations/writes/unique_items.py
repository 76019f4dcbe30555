"""The items that keep fields unique, written in the same transaction as their owner.

Two writers that want the same value meet at the same key: the second one's put is refused. Each
item names its owner, so that nobody deletes what keeps the value of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from singletable.codec import AttributeValue
from singletable.errors.request import ItemMissing, UniqueTaken, WriteRefused
from singletable.expressions import Binder, attribute_not_exists
from singletable.expressions.condition import stored_equals
from singletable.expressions.scope import Scope
from singletable.operations.writes.action import Action, Item
from singletable.schema import Values
from singletable.schema.schema import AnySchema
from singletable.schema.unique import OWNER, Unique
from singletable.tracing import differs

_RAW = Scope("unique item", str, lambda _, value: Scope.by_type(value))


def puts(schema: AnySchema, values: Values, item: Item) -> Iterator[Action]:
    """Those of a new item."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _put_new(schema, unique, key, item)


def deletes(schema: AnySchema, values: Values, item: Item) -> Iterator[Action]:
    """Those of an item that is deleted."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _delete(schema, unique, key, item)


def replacements(
    schema: AnySchema, before: Values, old: Item, after: Values, new: Item
) -> Iterator[Action]:
    """Those that change when an item does: with its value, its scope or its TTL."""
    for unique in schema.uniques:
        had, has = unique.key(before), unique.key(after)
        if had != has:
            if had is not None:
                yield _delete(schema, unique, had, old)
            if has is not None:
                yield _put_new(schema, unique, has, new)
        elif has is not None and _ttl(schema, old) != _ttl(schema, new):
            yield _put_over(schema, unique, has, new)


def fields_relied_on(schema: AnySchema, before: Values, after: Values) -> set[str]:
    """The fields that unique items are made of, wherever a change may touch them, as read.

    Also where none is to be written: that there is none is what was read. A TTL that changes is
    no longer relied on: it is written to all of them.
    """
    expiry = schema.roles.get("ttl")
    renewed = expiry is not None and differs(before[expiry], after[expiry])
    written = [
        unique
        for unique in schema.uniques
        if renewed or any(differs(before[field], after[field]) for field in unique.fields)
    ]
    fields = {field for unique in written for field in unique.fields}
    return fields if renewed or not written or expiry is None else {*fields, expiry}


def _item(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> dict[str, AttributeValue]:
    item: dict[str, AttributeValue] = {
        **key,
        schema.table.type_attribute: {"S": unique.label},
        OWNER: _owner(schema, owner),
    }
    expiry = _ttl(schema, owner)
    if expiry is not None and schema.ttl is not None:
        item[schema.ttl.stored] = expiry
    return item


def _owner(schema: AnySchema, item: Item) -> AttributeValue:
    return {"M": {name: item[name] for name in schema.table.primary_index.attribute_names}}


def _ttl(schema: AnySchema, item: Item) -> AttributeValue | None:
    return None if schema.ttl is None else item.get(schema.ttl.stored)


def _put_new(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    condition = attribute_not_exists(schema.table.primary_index.partition[0].name).render(
        binder, _RAW
    )
    item = _item(schema, unique, key, owner)
    return _put(schema, unique, key, binder, condition, owner, item)


def _put_over(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    condition = stored_equals(OWNER, _owner(schema, owner)).render(binder, _RAW)
    item = _item(schema, unique, key, owner)
    return _put(schema, unique, key, binder, condition, owner, item)


def _delete(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    mine = stored_equals(OWNER, _owner(schema, owner))
    gone = attribute_not_exists(schema.table.primary_index.partition[0].name)
    parameters = {
        "Key": dict(key),
        "ConditionExpression": (gone | mine).render(binder, _RAW),
        **binder.parameters(),
    }

    def refusal(stored: Item | None) -> WriteRefused:
        """Another item holds the value, so the owner itself is gone."""
        return ItemMissing(entity=schema.name, key=schema.key_text(owner))

    return Action(schema.table, "Delete", key, parameters, refusal)


def _put(
    schema: AnySchema,
    unique: Unique,
    key: Item,
    binder: Binder,
    condition: str,
    owner: Item,
    item: Item,
) -> Action:
    def refusal(stored: Item | None) -> WriteRefused:
        return UniqueTaken(
            entity=schema.name,
            key=schema.key_text(owner),
            field=unique.field,
            reason=f"{unique.field} is taken",
            stored=stored,
        )

    parameters = {"Item": item, "ConditionExpression": condition, **binder.parameters()}
    return Action(schema.table, "Put", key, parameters, refusal)
