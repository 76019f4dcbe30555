"""The sentinel items of unique fields, kept in step with their owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from singletable.errors.request import ItemMissing, UniqueTaken, WriteRefused
from singletable.expressions import Binder, attribute_not_exists
from singletable.expressions.condition import stored_equals
from singletable.expressions.scope import Scope
from singletable.operations.writes.action import Action, Item
from singletable.schema import Schema
from singletable.schema.unique import OWNER, Unique
from singletable.tracing import differs

Values = Mapping[str, Any]
_RAW = Scope("sentinel", str, lambda _, value: Scope.by_type(value))


def claimed(schema: Schema[Any], values: Values, item: Item) -> Iterator[Action]:
    """The sentinels of a new item."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _claim(schema, unique, key, item)


def released(schema: Schema[Any], values: Values, item: Item) -> Iterator[Action]:
    """The sentinels of an item that goes."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _release(schema, unique, key, item)


def moved(
    schema: Schema[Any], before: Values, old: Item, after: Values, new: Item
) -> Iterator[Action]:
    """The sentinels that change when an item does: with its value, its scope or its TTL."""
    for unique in schema.uniques:
        had, has = unique.key(before), unique.key(after)
        if had != has:
            if had is not None:
                yield _release(schema, unique, had, old)
            if has is not None:
                yield _claim(schema, unique, has, new)
        elif has is not None and _ttl(schema, old) != _ttl(schema, new):
            yield _renew(schema, unique, has, new)


def moved_fields(schema: Schema[Any], before: Values, after: Values) -> set[str]:
    """The fields that sentinels are made of, wherever a change may touch them, as they were read.

    Also where no sentinel is to be written: that there is none is what was read. A TTL that
    changes is no longer relied on: it is written to all of them.
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


def _sentinel(schema: Schema[Any], unique: Unique, key: Item, owner: Item) -> dict[str, Any]:
    item = {
        **key,
        schema.table.type_attribute: {"S": unique.label},
        OWNER: _owner(schema, owner),
    }
    expiry = _ttl(schema, owner)
    if expiry is not None and schema.ttl is not None:
        item[schema.ttl.stored] = expiry
    return item


def _owner(schema: Schema[Any], item: Item) -> dict[str, Any]:
    return {"M": {name: item[name] for name in schema.table.primary.index.attribute_names}}


def _ttl(schema: Schema[Any], item: Item) -> Any:
    return None if schema.ttl is None else item.get(schema.ttl.stored)


def _claim(schema: Schema[Any], unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    condition = attribute_not_exists(schema.table.primary.index.partition.name).render(binder, _RAW)
    item = _sentinel(schema, unique, key, owner)
    return _put(schema, unique, key, binder, condition, owner, item)


def _renew(schema: Schema[Any], unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    condition = stored_equals(OWNER, _owner(schema, owner)).render(binder, _RAW)
    item = _sentinel(schema, unique, key, owner)
    return _put(schema, unique, key, binder, condition, owner, item)


def _release(schema: Schema[Any], unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    mine = stored_equals(OWNER, _owner(schema, owner))
    gone = attribute_not_exists(schema.table.primary.index.partition.name)
    parameters = {
        "Key": dict(key),
        "ConditionExpression": (gone | mine).render(binder, _RAW),
        **binder.parameters(),
    }

    def refusal(stored: Item | None) -> WriteRefused:
        """Another item holds the value, so the owner itself is gone."""
        return ItemMissing(entity=schema.name, key=schema.key_text(owner))

    return Action("Delete", key, parameters, refusal)


def _put(
    schema: Schema[Any],
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
    return Action("Put", key, parameters, refusal)
