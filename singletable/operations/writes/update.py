"""Turns one stored entity into another: exactly what differs, every index key recomputed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue, same_value
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response
from singletable.operations.writes import unique_items
from singletable.operations.writes.action import Action, check_item_size
from singletable.operations.writes.difference import Difference, find_difference
from singletable.operations.writes.old_item import OldItem, returning_old
from singletable.operations.writes.put import next_version, primary_key
from singletable.operations.writes.shared_values import find_unseen
from singletable.operations.writes.stored_form import StoredForm, check_kept, stored_form
from singletable.operations.writes.unique_items import Move
from singletable.operations.writes.unique_keys import respelled_names
from singletable.operations.writes.update_expression import render_no_change
from singletable.operations.writes.write import PredictableWrite, Prepared
from singletable.operations.writes.write_condition import WriteCondition
from singletable.records import record
from singletable.schema import CompiledKey, Schema
from singletable.schema.origin import origin_of, remember
from singletable.schema.schema import AnySchema
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)
Item = Mapping[str, AttributeValue]


@record
class Update(PredictableWrite[E]):
    """Writes the difference of `before` and `after` to an existing item. Returns it as stored.

    DynamoDB answers nothing of a transaction, such as one in which a unique field changes: then
    `after` is returned, of which another writer may have changed fields that were not written,
    unless there is a version.
    """

    before: E
    after: E

    returning: ClassVar[str | None] = "ALL_NEW"

    def returning_old(self) -> OldItem[E]:
        """Makes the result the item as it was before."""
        return returning_old(self, may_be_new=False)

    def build_entity(self, context: Context) -> E:
        """`after` as it is stored: next version, updated stamp set, created stamp as before."""
        changes = dict[str, object]()
        if self.schema.version is not None:
            field = self.schema.version.field
            changes[field] = next_version(getattr(self.before, field))
        if self.schema.created is not None:
            changes[self.schema.created.field] = getattr(self.before, self.schema.created.field)
        if self.schema.updated is not None:
            changes[self.schema.updated.field] = context.now
        if self._is_traced():
            changes |= {name: getattr(self.before, name) for name in self.schema.primary.fields}
        return self.schema.revalidate(self.after.model_copy(update=changes))

    def stored_before(self) -> StoredForm:
        """What is stored of `before`."""
        return stored_form(self.schema, self.before, self.schema.encode_before(self.before))

    def prepare(self, context: Context) -> Prepared[E]:
        after = self.build_entity(context)
        return Prepared(self._actions(after), lambda response: self._result(response, after))

    def _actions(self, after: E) -> tuple[Action, ...]:
        schema = self.schema
        form, new = self.stored_before(), schema.item(after)
        old = form.encoded
        key = primary_key(schema, old)
        if key != primary_key(schema, new):
            raise InvalidOperation(
                where=f"update of {schema.name}",
                declared=f"{schema.key_text(old)} becomes {schema.key_text(new)}",
                allowed="changes of fields outside the primary key",
            )
        difference = find_difference(form, new)
        had, has = schema.values(self.before), schema.values(after)
        moves = unique_items.find_moves(form, had, has, difference.item)
        difference = _with_spellings(form, difference, moves, new)
        check_item_size(schema.name, difference.item)
        self._check_foreseen(difference)
        check_kept(schema, after, difference.item)
        remember(after, difference.item)
        changed = _changed_fields(form, difference, new)
        keys = _touched_keys(schema, difference, changed)
        parts = _implied_parts(form, new, changed)
        rewritten = {*parts, *(name for key in keys for name in key.own_attributes)}
        relied_on = {
            *parts,
            *_names_relied_on(form, moves, difference.item),
            *self._unseen(old, new),
            *form.names_looked_at(difference.item),
        }
        names = [*self._names_guarded(form, difference, new, keys), *sorted(relied_on)]
        binder, condition = Binder(), self.condition.knowing(form.guard(names))
        expression = difference.render(binder, rewritten) or render_no_change(schema, binder)
        own = self.action("Update", key, condition, binder, Key=key, UpdateExpression=expression)
        return (own, *unique_items.replacements(form, moves, difference.item))

    def _is_traced(self) -> bool:
        """Whether these are symbols, which are taken for two states of one item."""
        fields = self.schema.primary.fields
        return any(isinstance(getattr(self.before, field), Symbol) for field in fields)

    def _check_foreseen(self, difference: Difference) -> None:
        """Refuses changes of what the upgrade may have made, in states of no item that was read."""
        schema = self.schema
        if schema.upgrade is None or origin_of(self.before) is not None or self._is_traced():
            return
        changed = (schema.by_stored_name.get(name) for name in difference.changes)
        unknown = [each.field for each in changed if each and schema.reach.is_unknown(each.stored)]
        if unknown:
            raise InvalidOperation(
                where=f"update of {schema.name}",
                declared=f"a change of {', '.join(unknown)}, of which the upgrade may make another"
                " value, in a state that was not read",
                allowed="the entity as it was read, as the first of two states",
            )

    def _names_guarded(
        self, form: StoredForm, difference: Difference, new: Item, keys: Collection[CompiledKey]
    ) -> list[str]:
        """The type, the version and what the upgrade changed; unversioned, all that is unasked.

        Of keys that are written, and of what validators see together, the fields that stay must be
        as they were read, too: versions count from 1 again after a deletion, and another program
        may not know of them.
        """
        schema = form.schema
        names = [*form.type_names(), *form.names_together()]
        deciding = [schema.attribute(field) for key in keys for field in key.deciding_fields]
        parts = {each.stored for each in deciding if not each.in_key}
        if schema.whole_model_checks:  # they have seen the fields that stay beside the new ones
            parts.update(schema.by_stored_name)
        rewritten = {name for key in keys for name in key.own_attributes}
        names += sorted(rewritten & schema.telling_attributes)
        parts -= {name for name in parts if not same_value(form.encoded.get(name), new.get(name))}
        if schema.version is None:
            parts.update(difference.unasked)
        else:
            names.append(schema.version.stored)
            parts.discard(schema.version.stored)
        return [*names, *sorted(parts - _identity_names(schema))]

    def _unseen(self, old: Item, new: Item) -> list[str]:
        """What must be stored as it is here where two states built by hand differ in nothing.

        A change in place would be in both, and be left out in silence.
        """
        schema, origin = self.schema, origin_of(self.before)
        if origin is not None and not origin.changed:
            return []
        kept = [each.stored for each in (schema.version, schema.updated) if each is not None]
        if {**old, **dict.fromkeys(kept)} != {**new, **dict.fromkeys(kept)}:
            return []
        names = find_unseen(schema, self.before, self.after)
        return [schema.attribute(name).stored for name in names]

    def _result(self, response: Response, after: E) -> E:
        """The stored entity, or `after` where there are no attributes: after a transaction."""
        if "Attributes" not in response:
            return after
        return cast(E, self.schema.decode(response["Attributes"]))


def _with_spellings(
    form: StoredForm, difference: Difference, moves: Sequence[Move], new: Item
) -> Difference:
    """The difference, with the present spelling of values whose unique items move to that."""
    names = {
        name
        for move in moves
        for name in respelled_names(form, move.unique)
        if name in new and not same_value(difference.item.get(name), new[name])
    }
    if not names:
        return difference
    values = {name: new[name] for name in sorted(names)}
    return Difference(
        {**difference.changes, **values},
        {**difference.item, **values},
        (*difference.unasked, *values),
    )


def _names_relied_on(form: StoredForm, moves: Sequence[Move], item: Item) -> list[str]:
    """The attributes that unique items rely on.

    The version alone does not do: an item that was deleted and made again counts from 1 again,
    and they would be left without an owner.
    """
    schema = form.schema
    fields = unique_items.fields_relied_on(form, moves, item)
    return sorted({schema.attribute(field).stored for field in fields} - _identity_names(schema))


def _changed_fields(form: StoredForm, difference: Difference, new: Item) -> set[str]:
    names = set(difference.changes)
    if form.is_read:
        names.update(name for name, value in new.items() if form.encoded.get(name) != value)
    fields = form.schema.by_stored_name
    return {fields[name].field for name in names if name in fields}


def _touched_keys(
    schema: AnySchema, difference: Difference, changed: Collection[str]
) -> list[CompiledKey]:
    """The index keys of which a part is written, or that are not what the fields make.

    They are written even where they look the same: another writer may have put the item into the
    index, or taken it out.
    """
    return [
        key
        for key in schema.secondary
        if key.own_attributes
        and (
            not set(changed).isdisjoint(key.deciding_fields)
            or key.own_attributes & set(difference.changes)
        )
    ]


def _implied_parts(form: StoredForm, new: Item, changed: Collection[str]) -> set[str]:
    """The key attributes that an older item may lack, of index keys of which a part changes.

    They stay as they are, but without them the item would not be in the index.
    """
    touched = (k for k in form.schema.secondary if not set(changed).isdisjoint(k.deciding_fields))
    names = {name for key in touched for name in form.schema.implied_parts[key.name]}
    return {name for name in names if same_value(form.encoded.get(name), new.get(name))}


def _identity_names(schema: AnySchema) -> set[str]:
    return {schema.attribute(field).stored for field in schema.primary.fields}


def build_update(schema: Schema[E], before: E, after: E) -> Update[E]:
    """Builds the update from two states of one item."""
    if type(before) is not type(after):
        raise InvalidOperation(
            where=f"update of {schema.name}",
            declared=f"{type(before).__name__} becomes {type(after).__name__}",
            allowed="two states of one entity",
        )
    return Update(schema, WriteCondition("present"), before, after)


def is_update(write: object) -> TypeGuard[Update[Any]]:
    """Whether this is an Update; for type checkers, which lose generic arguments otherwise."""
    return isinstance(write, Update)
