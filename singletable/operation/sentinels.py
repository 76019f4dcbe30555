"""The sentinel items of unique fields, kept in step with their owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from singletable.errors.request import UniqueTaken, WriteRefused
from singletable.expression import Binder, missing
from singletable.expression.condition import stored_equals
from singletable.expression.scope import Scope
from singletable.operation.action import Action, Item, Kind
from singletable.schema import Schema
from singletable.schema.unique import OWNER, Unique

Values = Mapping[str, Any]
_RAW = Scope("sentinel", lambda field: field, Scope.by_type_of)


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
    """The fields of every constraint whose sentinel moves."""
    moves = [unique for unique in schema.uniques if unique.key(before) != unique.key(after)]
    return {field for unique in moves for field in unique.fields}


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
    condition = missing(schema.table.primary.index.partition.name).render(binder, _RAW)
    item = _sentinel(schema, unique, key, owner)
    return _action("Put", schema, unique, key, binder, condition, owner, Item=item)


def _renew(schema: Schema[Any], unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    condition = stored_equals(OWNER, _owner(schema, owner)).render(binder, _RAW)
    item = _sentinel(schema, unique, key, owner)
    return _action("Put", schema, unique, key, binder, condition, owner, Item=item)


def _release(schema: Schema[Any], unique: Unique, key: Item, owner: Item) -> Action:
    binder = Binder()
    mine = stored_equals(OWNER, _owner(schema, owner))
    gone = missing(schema.table.primary.index.partition.name)
    condition = (gone | mine).render(binder, _RAW)
    return _action("Delete", schema, unique, key, binder, condition, owner, Key=dict(key))


def _action(
    kind: Kind,
    schema: Schema[Any],
    unique: Unique,
    key: Item,
    binder: Binder,
    condition: str,
    owner: Item,
    **parameters: Any,
) -> Action:
    def refusal(stored: Item | None) -> WriteRefused:
        return UniqueTaken(
            entity=schema.name,
            key=schema.key_text(owner),
            field=unique.field,
            reason=f"{unique.field} is taken",
            stored=stored,
        )

    parameters |= {"ConditionExpression": condition, **binder.parameters()}
    return Action(kind, key, parameters, refusal)
