"""Partial changes of one item: patch (must exist) and upsert (need not)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel

from singletable.codec import MISSING
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response
from singletable.operations.writes.action import Action
from singletable.operations.writes.field_updates import Changes
from singletable.operations.writes.put import next_version
from singletable.operations.writes.update_expression import (
    ChangeExpression,
    rewritten_keys,
    wire_values,
)
from singletable.operations.writes.write import Write

E = TypeVar("E", bound=BaseModel)


@dataclass(frozen=True)
class Change(Write[E]):
    """A change of named fields. Answers the item as it is afterwards."""

    identity: Mapping[str, Any]
    changes: Changes

    returning: ClassVar[str | None] = "ALL_NEW"

    def set(self, **values: Any) -> Self:
        """Sets fields; None removes an optional one, and any index key made of it."""
        return self._with(self.changes.assign(values))

    def remove(self, *fields: str) -> Self:
        """Removes fields that may be absent."""
        return self._with(self.changes.remove(fields))

    def add(self, **values: Any) -> Self:
        """Adds to a number, atomically, or unites with a set; an absent one is its default."""
        return self._with(self.changes.add(values))

    def append(self, **values: Any) -> Self:
        """Appends to a list; an absent one counts as empty."""
        return self._with(self.changes.append(values))

    def set_if_absent(self, **values: Any) -> Self:
        """Sets fields that have no value yet (`if_not_exists`)."""
        return self._with(self.changes.set_if_absent(values))

    def _with(self, changes: Changes) -> Self:
        return replace(self, changes=changes)

    def _stamp(self, context: Context) -> dict[str, Any]:
        updated = self.schema.updated
        return {} if updated is None else wire_values(self.schema, {updated.field: context.now})

    def _stamped(self, changes: Changes, context: Context) -> Changes:
        """The changes with the stamp that comes with them, so that keys made of it are seen."""
        updated = self.schema.updated
        if updated is None:
            return changes
        return replace(changes, assigned={**changes.assigned, updated.field: context.now})

    def _action(self, expression: ChangeExpression, binder: Binder) -> Action:
        key = self.schema.primary.render(self.identity)
        text = expression.render(binder)
        parameters = {"UpdateExpression": text} if text else {}
        return self.action("Update", key, self.guard, binder, Key=key, **parameters)

    def result(self, response: Response, context: Context) -> E:
        entity: E = self.schema.decode(response["Attributes"])
        return entity


@dataclass(frozen=True)
class Patch(Change[E]):
    """Changes an existing item; `ItemMissing` if there is none.

    `given`: fields whose stored values the caller knows; they complete index keys, and the
    write is refused (`VersionConflict`) if they are no longer so.
    """

    known: Mapping[str, Any]
    expected_version: Any = None
    ignores_version: bool = False

    def given(self, **values: Any) -> Self:
        """Stored values that index keys are completed from, checked by the write."""
        checked = {
            name: self.schema.attribute(name).validate(value) for name, value in values.items()
        }
        return replace(self, known={**self.known, **checked})

    def at_version(self, version: int) -> Self:
        """Writes only over this version."""
        if self.schema.version is None:
            raise self._refused("at_version() without a version field", "versioned entities")
        return replace(self, expected_version=self.schema.version.validate(version))

    def any_version(self) -> Self:
        """Gives up the version check, for changes that cannot conflict; still increments."""
        return replace(self, ignores_version=True)

    def actions(self, context: Context) -> tuple[Action, ...]:
        self._check_uniques()
        stamped = self._stamped(self.changes, context)
        known = {**self.identity, **self.known, **stamped.known()}
        keys = rewritten_keys(stamped, known)
        changes, extra, guard = self._versioned()
        guard = guard.knowing(wire_values(self.schema, self.known))
        expression = ChangeExpression(changes, keys, {**self._stamp(context), **extra}, {})
        return (replace(self, guard=guard)._action(expression, Binder()),)

    def _versioned(self) -> tuple[Changes, dict[str, Any], Any]:
        version = self.schema.version
        if version is None:
            return self.changes, {}, self.guard
        if self.ignores_version:
            added = {**self.changes.added, version.field: 1}
            return replace(self.changes, added=added), {}, self.guard
        if self.expected_version is None:
            raise self._refused(
                "a change of a versioned entity without its version",
                "at_version(n), update(before, after), or any_version()",
            )
        guard = self.guard.knowing({version.stored: version.encode(self.expected_version)})
        following = wire_values(self.schema, {version.field: next_version(self.expected_version)})
        return self.changes, following, guard

    def _check_uniques(self) -> None:
        kept = {field for unique in self.schema.uniques for field in unique.fields}
        if self.schema.uniques and self.schema.ttl is not None:
            kept.add(self.schema.ttl.field)
        moved = sorted(kept & set(self.changes.touched))
        if moved:
            raise self._refused(
                f"a change of {', '.join(moved)}, which moves the sentinel of a unique field",
                "update(before, after)",
            )

    def _refused(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"patch of {self.schema.name}", declared=declared, allowed=allowed
        )


@dataclass(frozen=True)
class Upsert(Change[E]):
    """Changes the item, or makes it. What the caller leaves out gets its default only if absent."""

    def actions(self, context: Context) -> tuple[Action, ...]:
        self._check_verb()
        completed = self._stamped(self._completed(context), context)
        known = {**self.identity, **completed.known()}
        keys = rewritten_keys(completed, known, is_new=True)
        extra: dict[str, Any] = {self.schema.table.type_attribute: {"S": self.schema.name}}
        extra |= wire_values(self.schema, self.identity) | self._stamp(context)
        key_names = self.schema.table.primary.index.attribute_names
        extra = {name: value for name, value in extra.items() if name not in key_names}
        absent = wire_values(self.schema, self._defaults(context))
        return (self._action(ChangeExpression(self.changes, keys, extra, absent), Binder()),)

    def _completed(self, context: Context) -> Changes:
        """The changes with what is set once, so that keys made of it are seen."""
        once = {**self.changes.if_absent, **self._defaults(context)}
        return replace(self.changes, if_absent=once)

    def _defaults(self, context: Context) -> dict[str, Any]:
        """Values of the fields not mentioned; `InvalidItem` names those without a default."""
        schema, defaults, needed = self.schema, dict[str, Any](), list[str]()
        mentioned = {*schema.primary.fields, *self.changes.touched, schema.roles.get("updated")}
        for name, attribute in schema.attributes.items():
            if name in mentioned:
                continue
            if name == schema.roles.get("created"):
                defaults[name] = context.now
            elif not attribute.required:
                defaults[name] = attribute.validate(self._default(name, defaults))
            elif attribute.coder.absent is MISSING:
                needed.append(name)
        if needed:
            raise InvalidItem(
                entity=schema.name, problems=f"{', '.join(needed)} missing, without a default"
            )
        return {name: value for name, value in defaults.items() if value is not None}

    def _default(self, name: str, defaults: Mapping[str, Any]) -> Any:
        """The default of a field; its factory may look at the fields that are known."""
        info = self.schema.model.model_fields[name]
        known = {**defaults, **self.identity, **self.changes.known(), **self.changes.if_absent}
        try:
            return info.get_default(call_default_factory=True, validated_data=known)
        except KeyError as error:
            raise InvalidItem(
                entity=self.schema.name, problems=f"{name}: its default needs {error}"
            ) from error

    def _check_verb(self) -> None:
        kept = "a version" if self.schema.version else ""
        kept = "unique fields" if self.schema.uniques else kept
        if kept:
            raise InvalidOperation(
                where=f"upsert of {self.schema.name}",
                declared=f"an entity with {kept}, which an upsert cannot keep",
                allowed="create, put, or update(before, after)",
            )
