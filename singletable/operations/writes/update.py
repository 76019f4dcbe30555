"""Turns one stored entity into another: exactly what differs, every index key recomputed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response
from singletable.operations.writes import unique_items
from singletable.operations.writes.action import Action, check_item_size
from singletable.operations.writes.put import next_version, primary_key, version_read
from singletable.operations.writes.write import PredictableWrite, Prepared
from singletable.operations.writes.write_condition import WriteCondition
from singletable.schema import CompiledKey, Schema, Values
from singletable.tracing import Symbol, differs

E = TypeVar("E", bound=BaseModel)
Item = Mapping[str, AttributeValue]


@dataclass(frozen=True)
class Update(PredictableWrite[E]):
    """Writes the difference of `before` and `after` to an existing item. Returns it as stored."""

    before: E
    after: E

    returning: ClassVar[str | None] = "ALL_NEW"

    def build_entity(self, context: Context) -> E:
        """`after` as it is stored: next version, updated stamp set."""
        changes = dict[str, object]()
        if self.schema.version is not None:
            field = self.schema.version.field
            changes[field] = next_version(getattr(self.before, field))
        if self.schema.updated is not None:
            changes[self.schema.updated.field] = context.now
        if self._is_traced():
            changes |= {name: getattr(self.before, name) for name in self.schema.primary.fields}
        return self.schema.revalidate(self.after.model_copy(update=changes))

    def prepare(self, context: Context) -> Prepared[E]:
        after = self.build_entity(context)
        return Prepared(self._actions(after), lambda response: self._result(response, after))

    def _actions(self, after: E) -> tuple[Action, ...]:
        schema = self.schema
        old, new = schema.encode(self.before), schema.item(after)
        key = primary_key(schema, old)
        if key != primary_key(schema, new):
            raise InvalidOperation(
                where=f"update of {schema.name}",
                declared=f"{schema.key_text(old)} becomes {schema.key_text(new)}",
                allowed="changes of fields outside the primary key",
            )
        check_item_size(schema.name, new)
        binder, parameters = Binder(), dict[str, object]()
        had, has = schema.values(self.before), schema.values(after)
        expression = difference(old, new, binder, self._attributes_to_rewrite(had, has))
        if expression:
            parameters["UpdateExpression"] = expression
        condition = self._condition(had, has)
        own = self.action("Update", key, condition, binder, Key=key, **parameters)
        return (own, *unique_items.replacements(schema, had, old, has, new))

    def _is_traced(self) -> bool:
        """Whether these are symbols, which are taken for two states of one item."""
        fields = self.schema.primary.fields
        return any(isinstance(getattr(self.before, field), Symbol) for field in fields)

    def _condition(self, had: Values, has: Values) -> WriteCondition:
        """The condition: version and fields of unique items as read; unversioned, of keys as well.

        For unique items the version alone does not do: an item that was deleted and made again
        counts from 1 again, and they would be left without an owner.
        """
        condition = self.condition.knowing(version_read(self.schema, self.before))
        relied_on = unique_items.fields_relied_on(self.schema, had, has)
        for key in [] if self.schema.version else self._keys_of_changes(had, has):
            relied_on |= set(key.fields) - _find_changes(had, has)
        return condition.knowing(
            {
                self.schema.attribute(field).stored: self.schema.attribute(field).encode(had[field])
                for field in sorted(relied_on - set(self.schema.primary.fields))
            }
        )

    def _keys_of_changes(self, had: Values, has: Values) -> list[CompiledKey]:
        """The index keys that a changed field is a part of."""
        changed = _find_changes(had, has)
        return [
            key for key in self.schema.secondary if key.own_attributes and changed & set(key.fields)
        ]

    def _attributes_to_rewrite(self, had: Values, has: Values) -> set[str]:
        """Key attributes to write even if they look the same.

        Another writer may have put the item into the index, or taken it out.
        """
        return {name for key in self._keys_of_changes(had, has) for name in key.own_attributes}

    def _result(self, response: Response, after: E) -> E:
        """The stored entity; a transaction returns no attributes: then it is `after`."""
        if "Attributes" not in response:
            return after
        return cast(E, self.schema.decode(response["Attributes"]))


def _find_changes(had: Values, has: Values) -> set[str]:
    changed = {field for field in had if had[field] is not has[field]}
    return {field for field in changed if differs(had[field], has[field])}


def difference(old: Item, new: Item, binder: Binder, rewritten: Collection[str] = ()) -> str:
    """The update expression that turns one wire item into the other; empty if they are equal."""
    sets = [
        f"{binder.name(name)} = {binder.value(value, name)}"
        for name, value in new.items()
        if old.get(name) != value or name in rewritten
    ]
    known = [*old, *sorted(set(rewritten) - set(old))]
    removes = [binder.name(name) for name in known if name not in new]
    clauses = ["SET " + ", ".join(sets)] if sets else []
    return " ".join([*clauses, "REMOVE " + ", ".join(removes)] if removes else clauses)


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
