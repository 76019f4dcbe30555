"""Unique items: each holds one value of a unique field, in its key, for the item that owns it.

They are written in one transaction with their owner. A query for the value before the write would
not do: two writers may both find it free. Here both put the same key, and the second is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import NAMESPACE_OID, uuid5

from singletable.codec import AttributeValue
from singletable.errors.request import ItemMissing, UniqueTaken, WriteRefused
from singletable.expressions import Binder, Condition, attribute_not_exists
from singletable.expressions.condition import stored_equals
from singletable.expressions.scope import STORED_NAMES
from singletable.operations.protocol import Context, Steps
from singletable.operations.transact import transact
from singletable.operations.writes.action import Action, Item
from singletable.schema import Values
from singletable.schema.schema import AnySchema
from singletable.schema.unique import OWNER, Unique
from singletable.tracing import differs

A = TypeVar("A", bound=Action)


@dataclass(frozen=True)
class Claim(Action):
    """The put that takes a free value; `take_from` builds the put that takes it from its owner."""

    take_from: Callable[[AttributeValue], Action]


@dataclass(frozen=True)
class Release(Action):
    """The delete that gives up the value of `owner`."""

    owner: AttributeValue


def hand_over(groups: Sequence[tuple[Action, ...]]) -> list[tuple[Action, ...]]:
    """The actions of several writes, with one where a value goes from one owner to another.

    DynamoDB takes no two actions on one item. The put alone does, if it knows the old owner.
    """
    actions = [action for group in groups for action in group]
    claims = _by_item(action for action in actions if isinstance(action, Claim))
    releases = _by_item(action for action in actions if isinstance(action, Release))
    if not claims.keys() & releases.keys():
        return list(groups)
    moved = {id(release): item for item, release in releases.items() if item in claims}
    taken = {
        id(claims[item]): claims[item].take_from(releases[item].owner) for item in moved.values()
    }
    return [
        tuple(taken.get(id(action), action) for action in group if id(action) not in moved)
        for group in groups
    ]


def transact_write(
    actions: Sequence[Action], context: Context, token: str | None = None
) -> Steps[dict[int, WriteRefused]]:
    """Sends actions; without releases of values that other items have by now.

    An owner whose unique item was lost, and then claimed by another, must still be deletable. A
    refused release says nothing of its owner: only what else is refused is returned.
    """
    left = dict(enumerate(actions))
    while True:
        refused = yield from transact(list(left.values()), context, token)
        positions = list(left)
        refusals = {positions[at]: refusal for at, refusal in refused.items()}
        others = {at: each for at, each in refusals.items() if not isinstance(left[at], Release)}
        if others or not refusals:
            return others
        left = {at: action for at, action in left.items() if at not in refusals}
        # Another request needs another token, which is the same one for every repetition.
        token = token and str(uuid5(NAMESPACE_OID, token))


def _by_item(actions: Iterable[A]) -> dict[object, A]:
    return {
        (action.table, *(text for value in action.key.values() for text in value.values())): action
        for action in actions
    }


def puts(schema: AnySchema, values: Values, item: Item) -> Iterator[Action]:
    """The puts that take the values of a new item."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _put_new(schema, unique, key, item)


def deletes(schema: AnySchema, values: Values, item: Item) -> Iterator[Action]:
    """The deletes that release the values of an item."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _delete(schema, unique, key, item)


def replacements(
    schema: AnySchema, before: Values, old: Item, after: Values, new: Item
) -> Iterator[Action]:
    """The deletes and puts for an item that changes its value, its scope or its TTL.

    A value that stays needs no action: every write keeps a value and its item together, and a
    transaction takes no more than 100 actions.
    """
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
    """The fields whose stored values must be as they were read, for the unique items to be right.

    An owner's version does not do: an item that was deleted and created again counts from 1 again.
    Fields count also where there is no unique item to write: that there is none was concluded from
    what was read. A TTL that changes does not count: it is written to all unique items.
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
    is_free = attribute_not_exists(schema.table.primary_index.partition[0].name)

    def take_from(old: AttributeValue) -> Action:
        return _put(schema, unique, key, owner, is_free | stored_equals(OWNER, old))

    put = _put(schema, unique, key, owner, is_free)
    return Claim(put.table, put.kind, key, put.parameters, put.refusal, take_from)


def _put_over(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> Action:
    # Also where the unique item is gone: a TTL may delete it before its owner is prolonged.
    is_free = attribute_not_exists(schema.table.primary_index.partition[0].name)
    is_own = stored_equals(OWNER, _owner(schema, owner))
    return _put(schema, unique, key, owner, is_free | is_own)


def _delete(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> Action:
    # Also where the unique item is gone: an owner whose item has lost it (by a TTL, or a table
    # restored in part) must still be deletable. One with another owner holds that one's value.
    binder = Binder()
    mine = stored_equals(OWNER, _owner(schema, owner))
    gone = attribute_not_exists(schema.table.primary_index.partition[0].name)
    parameters = {
        "Key": dict(key),
        "ConditionExpression": (gone | mine).render(binder, STORED_NAMES),
        **binder.parameters(),
    }

    def refusal(stored: Item | None) -> WriteRefused:
        """Never raised: `transact_write` leaves out a release that is refused."""
        return ItemMissing(entity=schema.name, key=schema.key_text(owner))

    return Release(schema.table, "Delete", key, parameters, refusal, _owner(schema, owner))


def _put(schema: AnySchema, unique: Unique, key: Item, owner: Item, condition: Condition) -> Action:
    def refusal(stored: Item | None) -> WriteRefused:
        return UniqueTaken(
            entity=schema.name,
            key=schema.key_text(owner),
            field=unique.field,
            reason=f"{unique.field} is taken",
            stored=stored,
        )

    binder, item = Binder(), _item(schema, unique, key, owner)
    text = condition.render(binder, STORED_NAMES)
    parameters = {"Item": item, "ConditionExpression": text, **binder.parameters()}
    return Action(schema.table, "Put", key, parameters, refusal)
