"""Turns one stored entity into another: exactly what differs, every index key recomputed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response
from singletable.operations.writes.action import Action, check_item_size
from singletable.operations.writes.put import next_version, primary_key, version_known
from singletable.operations.writes.unique_items import moved, moved_fields
from singletable.operations.writes.write import Settled
from singletable.operations.writes.write_condition import Guard
from singletable.schema import CompiledKey, Schema
from singletable.tracing import Symbol, differs

E = TypeVar("E", bound=BaseModel)
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Update(Settled[E]):
    """Writes the difference of `before` and `after` to an existing item. Answers it as stored."""

    before: E
    after: E

    returning: ClassVar[str | None] = "ALL_NEW"

    def stored(self, context: Context) -> E:
        """`after` as it is stored: next version, updated stamp set."""
        changes = dict[str, Any]()
        if self.schema.version is not None:
            field = self.schema.version.field
            changes[field] = next_version(getattr(self.before, field))
        if self.schema.updated is not None:
            changes[self.schema.updated.field] = context.now
        if self._is_traced():
            changes |= {name: getattr(self.before, name) for name in self.schema.primary.fields}
        return self.schema.validated(self.after.model_copy(update=changes))

    def actions(self, context: Context) -> tuple[Action, ...]:
        schema, after = self.schema, self.stored(context)
        old, new = schema.encode(self.before), schema.item(after)
        key = primary_key(schema, old)
        if key != primary_key(schema, new):
            raise InvalidOperation(
                where=f"update of {schema.name}",
                declared=f"{schema.key_text(old)} becomes {schema.key_text(new)}",
                allowed="changes of fields outside the primary key",
            )
        check_item_size(schema.name, new)
        binder, parameters = Binder(), dict[str, Any]()
        had, has = schema.values(self.before), schema.values(after)
        expression = difference(old, new, binder, self._rewritten(had, has))
        if expression:
            parameters["UpdateExpression"] = expression
        guard = self._guard(had, has)
        own = self.action("Update", key, guard, binder, Key=key, **parameters)
        return (own, *moved(schema, had, old, has, new))

    def _is_traced(self) -> bool:
        """Whether these are symbols, which are taken for two states of one item."""
        fields = self.schema.primary.fields
        return any(isinstance(getattr(self.before, field), Symbol) for field in fields)

    def _guard(self, had: Mapping[str, Any], has: Mapping[str, Any]) -> Guard:
        """The version and what sentinels were computed from; without a version, keys as well.

        For sentinels the version alone does not do: an item that was deleted and made again
        counts from 1 again, and they would be left without an owner.
        """
        guard = self.guard.knowing(version_known(self.schema, self.before))
        relied_on = moved_fields(self.schema, had, has)
        for key in [] if self.schema.version else self._moved_keys(had, has):
            relied_on |= set(key.fields) - _changed(had, has)
        return guard.knowing(
            {
                self.schema.attribute(field).stored: self.schema.attribute(field).encode(had[field])
                for field in sorted(relied_on - set(self.schema.primary.fields))
            }
        )

    def _moved_keys(self, had: Mapping[str, Any], has: Mapping[str, Any]) -> list[CompiledKey]:
        """The index keys that a changed field is a part of."""
        changed = _changed(had, has)
        return [
            key for key in self.schema.secondary if key.own_attributes and changed & set(key.fields)
        ]

    def _rewritten(self, had: Mapping[str, Any], has: Mapping[str, Any]) -> set[str]:
        """Key attributes to write even if they look the same.

        Another writer may have put the item into the index, or taken it out.
        """
        return {name for key in self._moved_keys(had, has) for name in key.own_attributes}

    def result(self, response: Response, context: Context) -> E:
        """Within a transaction DynamoDB tells nothing: then it is `after`."""
        if "Attributes" not in response:
            return self.stored(context)
        stored: E = self.schema.decode(response["Attributes"])
        return stored


def _changed(had: Mapping[str, Any], has: Mapping[str, Any]) -> set[str]:
    changed = {field for field in had if had[field] is not has[field]}
    return {field for field in changed if differs(had[field], has[field])}


def difference(old: Item, new: Item, binder: Binder, rewritten: Collection[str] = ()) -> str:
    """The update expression that turns one wire item into the other; empty if they are equal."""
    sets = [
        f"{binder.name(name)} = {binder.value(value)}"
        for name, value in new.items()
        if old.get(name) != value or name in rewritten
    ]
    known = [*old, *sorted(set(rewritten) - set(old))]
    removes = [binder.name(name) for name in known if name not in new]
    clauses = ["SET " + ", ".join(sets)] if sets else []
    return " ".join([*clauses, "REMOVE " + ", ".join(removes)] if removes else clauses)


def update_of(schema: Schema[E], before: E, after: E) -> Update[E]:
    """The update, of two states of one item."""
    if type(before) is not type(after):
        raise InvalidOperation(
            where=f"update of {schema.name}",
            declared=f"{type(before).__name__} becomes {type(after).__name__}",
            allowed="two states of one entity",
        )
    return Update(schema, Guard("present"), before, after)
