"""Unique items: each holds one value of a unique field, in its key, for the item that owns it.

They are written in one transaction with their owner. A query for the value before the write would
not do: two writers may both find it free. Here both put the same key, and the second is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias
from uuid import NAMESPACE_OID, uuid5

from singletable.codec import AttributeValue, comparable_key, same_value
from singletable.errors.request import ItemMissing, UniqueTaken, WriteRefused
from singletable.expressions import Binder, Condition, attribute_not_exists
from singletable.expressions.condition import stored_equals
from singletable.expressions.scope import STORED_NAMES
from singletable.operations.protocol import Context, Steps
from singletable.operations.transact import transact
from singletable.operations.writes.action import Action, Item
from singletable.operations.writes.stored_form import StoredForm
from singletable.operations.writes.unique_keys import has_no_text, held_keys
from singletable.records import record
from singletable.schema import Values
from singletable.schema.schema import AnySchema
from singletable.schema.unique import OWNER, Unique
from singletable.tracing import differs

Owner: TypeAlias = AttributeValue | None
"""What a unique item has of its own item: its primary key; where it does not say that, its TTL."""
Owners: TypeAlias = tuple[Owner, ...]

_NULL: Final[AttributeValue] = {"NULL": True}
_RESPELLED = (
    ": it is stored in another spelling, and another item has the one that it is read as;"
    " give one of the two another value"
)


@record
class Claim(Action):
    """The put that takes a value; `take_from` builds the put that takes it from others too."""

    take_from: Callable[[Owners], Action]


@record
class Release(Action):
    """The delete that gives up a value, if it is the `owner`'s; `release` builds that of others."""

    owner: Owner
    release: Callable[[Owners], Action]


@record
class Move:
    """What an update does to a unique item: the keys that it may have, and the one that it gets.

    `is_new`: the value was not stored, so that there may be no unique item of it.
    """

    unique: Unique
    held: tuple[Item, ...]
    key: Item | None
    is_new: bool

    @property
    def is_settled(self) -> bool:
        """Whether the unique item is where it has to be."""
        return not self.is_new and self.held == (() if self.key is None else (self.key,))


def hand_over(groups: Sequence[tuple[Action, ...]]) -> list[tuple[Action, ...]]:
    """The actions of several writes, with one where several are on one unique item.

    DynamoDB takes no two actions on one item. A put alone takes a value from its old owners; one
    delete gives up what is one of several owners', of whom it is not known which.
    """
    actions = [action for group in groups for action in group]
    claims = {_item_of(action): action for action in actions if isinstance(action, Claim)}
    releases = defaultdict[object, list[Release]](list)
    for action in actions:
        if isinstance(action, Release):
            releases[_item_of(action)].append(action)
    if not any(item in claims or len(each) > 1 for item, each in releases.items()):
        return list(groups)
    merged = dict[int, Action | None]()
    for item, given_up in releases.items():
        owners = tuple(each.owner for each in given_up)
        if item in claims:
            merged[id(claims[item])] = claims[item].take_from(owners)
            merged |= dict.fromkeys(map(id, given_up))
        elif len(given_up) > 1:
            merged |= dict.fromkeys(map(id, given_up))
            merged[id(given_up[0])] = given_up[0].release(owners)
    left = [[merged.get(id(action), action) for action in group] for group in groups]
    return [tuple(action for action in group if action is not None) for group in left]


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


def _item_of(action: Action) -> object:
    return (action.table, *comparable_key(action.key, action.key))


def puts(schema: AnySchema, values: Values, item: Item) -> Iterator[Action]:
    """The puts that take the values of a new item."""
    for unique in schema.uniques:
        key = unique.key(values)
        if key is not None:
            yield _claim(schema, unique, key, item, ())


def deletes(form: StoredForm, values: Values) -> Iterator[Action]:
    """The deletes that release the values of an item, in every spelling that may be held."""
    for unique in form.schema.uniques:
        for key in held_keys(form, unique, values):
            yield _delete(form, unique, key)


def find_moves(form: StoredForm, before: Values, after: Values, item: Item) -> list[Move]:
    """The unique items that a change of value, scope, TTL or of what is stored of them concerns.

    Also those of values that stay away or are spelled alike: that there is nothing to write was
    concluded from what was read. `item`: what is stored afterwards.
    """
    renewed = is_renewed(form, item)
    found = list[Move]()
    for unique in form.schema.uniques:
        names = [form.schema.attribute(field).stored for field in unique.fields]
        is_new = any(name in item and has_no_text(form, unique, name) for name in names)
        move = Move(unique, tuple(held_keys(form, unique, before)), unique.key(after), is_new)
        changed = any(differs(before[field], after[field]) for field in unique.fields)
        if renewed or changed or not move.is_settled:
            found.append(move)
    return found


def replacements(form: StoredForm, moves: Sequence[Move], item: Item) -> Iterator[Action]:
    """The deletes and puts for an item that changes its value, its scope or its TTL.

    A value that stays needs no action: every write keeps a value and its item together, and a
    transaction takes no more than 100 actions.
    """
    schema, renewed = form.schema, is_renewed(form, item)
    for move in moves:
        if move.is_settled and not renewed:
            continue
        for key in move.held:
            if key != move.key:
                yield _delete(form, move.unique, key)
        if move.key is not None:
            # Over its own also where that is gone: a TTL may delete it before its owner is
            # prolonged, or it stands under an older spelling.
            owners = (_owner(form, move.unique),) if move.key in move.held else ()
            reason = _RESPELLED if owners and not move.is_settled else ""
            yield _claim(schema, move.unique, move.key, item, owners, reason)


def is_renewed(form: StoredForm, item: Item) -> bool:
    """Whether the item gets another TTL than the one that is stored."""
    new = _ttl(form.schema, item)
    return any(
        not same_value(_ttl(form.schema, each), new) for each in (form.stored, form.upgraded)
    )


def fields_relied_on(form: StoredForm, moves: Sequence[Move], item: Item) -> set[str]:
    """The fields whose stored values must be as they were read, for the unique items to be right.

    An owner's version does not do: an item that was deleted and created again counts from 1 again.
    A TTL that changes does not count, unless it tells whose they are: it is written to all of them.
    """
    expiry = form.schema.roles.get("ttl")
    fields = {field for move in moves for field in move.unique.fields}
    is_told = all(move.unique.has_owner for move in moves) and is_renewed(form, item)
    return fields if not moves or expiry is None or is_told else {*fields, expiry}


def _item(schema: AnySchema, unique: Unique, key: Item, owner: Item) -> dict[str, AttributeValue]:
    name = schema.table.type_attribute
    kind: Item = {} if name is None else {name: {"S": unique.type}}
    whose = {OWNER: _primary_key(schema, owner)} if unique.has_owner else {}
    item = {**key, **kind, **whose}
    expiry = _ttl(schema, owner)
    if expiry is not None and schema.ttl is not None:
        item[schema.ttl.stored] = expiry
    return item


def _owner(form: StoredForm, unique: Unique) -> Owner:
    """What the unique item of a stored item has of it."""
    return (
        _primary_key(form.schema, form.encoded)
        if unique.has_owner
        else _ttl(form.schema, form.stored)
    )


def _primary_key(schema: AnySchema, item: Item) -> AttributeValue:
    return {"M": {name: item[name] for name in schema.table.primary_index.attribute_names}}


def _ttl(schema: AnySchema, item: Item) -> AttributeValue | None:
    """The TTL of an item; None also where another program has stored NULL."""
    found = None if schema.ttl is None else item.get(schema.ttl.stored)
    return None if found == _NULL else found


def _claim(
    schema: AnySchema, unique: Unique, key: Item, owner: Item, owners: Owners, reason: str = ""
) -> Action:
    """The put of a unique item that is free, or one of these owners'."""

    def take_from(others: Owners) -> Action:
        return _put(schema, unique, key, owner, (*owners, *others), reason)

    put = take_from(())
    return Claim(put.table, put.kind, key, put.parameters, put.refusal, take_from)


def _is_free_or(schema: AnySchema, unique: Unique, owners: Owners) -> dict[str, object]:
    """The condition that no unique item is there, or one of these owners', as parameters.

    Where it does not say whose it is, its TTL tells: DynamoDB may delete it before its item, and
    another item claim the value. Without a TTL there is no condition: it is there with its item.
    """
    name = OWNER if unique.has_owner else unique.expiry or ""
    if owners and not name:
        return {}
    condition: Condition = attribute_not_exists(schema.table.primary_index.partition[0].name)
    for owner in owners:
        is_without = attribute_not_exists(name) | stored_equals(name, _NULL)
        mine = is_without if owner is None else stored_equals(name, owner)
        condition = condition | mine
    binder = Binder()
    text = condition.render(binder, STORED_NAMES)
    return {"ConditionExpression": text, **binder.parameters()}


def _delete(form: StoredForm, unique: Unique, key: Item) -> Action:
    schema, mine = form.schema, _owner(form, unique)

    def release(owners: Owners) -> Action:
        # Also where the unique item is gone: an owner whose item has lost it (by a TTL, or a table
        # restored in part) must still be deletable. One with another owner holds that one's value.
        parameters = {"Key": dict(key), **_is_free_or(schema, unique, owners)}
        return Release(schema.table, "Delete", key, parameters, refusal, mine, release)

    def refusal(stored: Item | None) -> WriteRefused:
        """Never raised: `transact_write` leaves out a release that is refused."""
        return ItemMissing(entity=schema.name, key=schema.key_text(form.encoded))

    return release((mine,))


def _put(
    schema: AnySchema, unique: Unique, key: Item, owner: Item, owners: Owners, reason: str
) -> Action:
    def refusal(stored: Item | None) -> WriteRefused:
        return UniqueTaken(
            entity=schema.name,
            key=schema.key_text(owner),
            field=unique.field,
            reason=f"{unique.field} is taken{reason}",
            stored=stored,
        )

    item = _item(schema, unique, key, owner)
    parameters = {"Item": item, **_is_free_or(schema, unique, owners)}
    return Action(schema.table, "Put", key, parameters, refusal)
