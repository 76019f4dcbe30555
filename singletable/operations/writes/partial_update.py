"""Partial updates of one item, and the patch: of one that must exist."""

from __future__ import annotations

from collections.abc import Set
from typing import ClassVar, Self, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder, Path
from singletable.operations.protocol import Context, evolve
from singletable.operations.writes.action import may_be_too_large
from singletable.operations.writes.bound_rules import find_bounds, made_are_stored
from singletable.operations.writes.bounds import Requirement
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.old_item import OldItem, returning_old
from singletable.operations.writes.put import next_version
from singletable.operations.writes.stored_form import Guard, StoredForm
from singletable.operations.writes.update_expression import (
    UpdateExpression,
    index_key_updates,
    kept_by_attributes,
    render_no_change,
    wire_values,
)
from singletable.operations.writes.write import Prepared, Transaction, Write
from singletable.operations.writes.write_condition import WriteCondition
from singletable.records import record
from singletable.schema import Attribute, Values
from singletable.tracing import differs

E = TypeVar("E", bound=BaseModel)

_CONTRADICTION = ("at_version() and ignoring_version()", "one of them")


@record
class PartialUpdate(Write[E]):
    """Updates named fields. Returns the item as it is afterwards."""

    identity: Values
    updates: FieldUpdates

    returning: ClassVar[str | None] = "ALL_NEW"

    def set(self, **values: object) -> Self:
        """Sets fields; None removes an optional one, and any index key made of it.

        In a patch the value may be the path of another field: `set(shown=attr("drafted"))`.
        """
        return self._with(self.updates.assign(values))

    def unset(self, *fields: str) -> Self:
        """Removes fields that may be absent."""
        return self._with(self.updates.unset(fields))

    def add(self, **values: object) -> Self:
        """Adds to a number, atomically, or unites with a set; an absent one is its default."""
        return self._with(self.updates.add(values))

    def append(self, **values: object) -> Self:
        """Appends to a list; an absent one counts as empty."""
        return self._with(self.updates.append(values))

    def prepend(self, **values: object) -> Self:
        """Puts elements before those of a list; an absent one counts as empty."""
        return self._with(self.updates.prepend(values))

    def remove(self, **values: object) -> Self:
        """Takes elements out of a set; those that are not in it make no difference."""
        return self._with(self.updates.take(values))

    def set_if_absent(self, **values: object) -> Self:
        """Sets fields that are not stored yet (`if_not_exists`), though read as a default."""
        return self._with(self.updates.set_if_absent(values))

    def once(self) -> Transaction[E]:
        """Counts exactly once, even if an answer is lost and the write is sent again.

        It is sent as a transaction with a token, and the item read afterwards: twice the write
        units, and a read. The last call: what is written is then complete.
        """
        return Transaction((self,), result_of=self, is_single=True, origin=self.origin)

    def _with(self, updates: FieldUpdates) -> Self:
        return evolve(self, updates=updates)

    def _stamps(self, context: Context) -> Values:
        """The updated stamp, if there is one, as its field keeps it."""
        updated = self.schema.updated
        return {} if updated is None else {updated.field: updated.validate(context.now)}

    def _with_stamps(self, stamps: Values) -> FieldUpdates:
        """The updates and the stamp, so that keys made of it are rewritten."""
        updates = self.updates
        return evolve(updates, assigned={**updates.assigned, **stamps}) if stamps else updates

    def _prepare(self, expression: UpdateExpression, condition: WriteCondition) -> Prepared[E]:
        key, binder = self.schema.primary.render(self.identity), Binder()
        text = expression.render(binder) or render_no_change(self.schema, binder)
        if may_be_too_large(key, binder):
            expression.check_size(key)
        within = condition.within(find_bounds(expression.updates))
        own = self.action("Update", key, within, binder, Key=key, UpdateExpression=text)
        return Prepared(
            (own,), lambda response: cast(E, self.schema.decode(response["Attributes"]))
        )


@record
class Patch(PartialUpdate[E]):
    """Updates an existing item; `ItemMissing` if there is none.

    `given`: fields whose stored values the caller knows; they complete index keys, and the
    write is refused (`VersionConflict`) if they are no longer so.
    """

    known: Values
    expected_version: object = None
    ignores_version: bool = False

    def returning_old(self) -> OldItem[E]:
        """Makes the result the item as it was before."""
        return returning_old(self, may_be_new=False)

    def set_at(self, path: Path, value: object) -> Self:
        """Sets what stands inside a field: `set_at(attr("address")["zip_code"], "04524")`.

        What the path goes through must be there; None removes an optional part.
        """
        return self._with(self.updates.change("set", path, value))

    def unset_at(self, path: Path) -> Self:
        """Removes an optional part, an entry of a dict, or an element of a list by position."""
        return self._with(self.updates.change("unset", path))

    def add_at(self, path: Path, value: object) -> Self:
        """Adds to a number, or unites with a set, inside a field."""
        return self._with(self.updates.change("add", path, value))

    def remove_at(self, path: Path, value: object) -> Self:
        """Takes elements out of a set inside a field."""
        return self._with(self.updates.change("remove", path, value))

    def append_at(self, path: Path, value: object) -> Self:
        """Appends elements to a list inside a field."""
        return self._with(self.updates.change("append", path, value))

    def prepend_at(self, path: Path, value: object) -> Self:
        """Puts elements before those of a list inside a field."""
        return self._with(self.updates.change("prepend", path, value))

    def given(self, **values: object) -> Self:
        """Gives stored values that complete index keys; the write checks them."""
        checked = {name: self._check_given(name, value) for name, value in values.items()}
        checked = {name: each for name, each in checked.items() if name not in self.identity}
        return evolve(self, known={**self.known, **checked})

    def _check_given(self, name: str, value: object) -> object:
        checked = self.schema.attribute(name).validate(value)
        if name == self.schema.roles.get("version"):
            raise self._invalid(f"given({name}=...), the version", "at_version(n)")
        if name in self.schema.told_by_index:
            raise self._invalid(
                f"given({name}=...), which no condition can check: the text of an index key alone"
                " has it",
                "update(before, after)",
            )
        if name in self.identity and differs(self.identity[name], checked):
            raise self._invalid(
                f"given({name}=...), another value than its key has", "the same one"
            )
        if name in self.known and differs(self.known[name], checked):
            raise self._invalid(f"two given values of {name}", "one")
        return checked

    def at_version(self, version: int) -> Self:
        """Writes only over this version."""
        if self.schema.version is None:
            raise self._invalid("at_version() without a version field", "versioned entities")
        expected = self.schema.version.validate(version)
        if self.ignores_version:
            raise self._invalid(*_CONTRADICTION)
        if self.expected_version is not None and differs(self.expected_version, expected):
            raise self._invalid("at_version() of two versions", "one")
        if not self.schema.limits(self.schema.version.field).is_free:
            self.schema.version.validate(next_version(expected))
        return evolve(self, expected_version=expected)

    def ignoring_version(self) -> Self:
        """Gives up the version check, for changes that cannot conflict; still increments."""
        if self.expected_version is not None:
            raise self._invalid(*_CONTRADICTION)
        self._check_countable(self.schema.version)
        return evolve(self, ignores_version=True)

    def _check_countable(self, version: Attribute | None) -> None:
        """Checks that a condition can keep the version, which DynamoDB counts, in its limits."""
        limits = None if version is None else self.schema.limits(version.field)
        if version is None or limits is None or limits.is_free:
            return
        problem = limits.unsayable or ("" if limits.keeps_steps(1) else limits.step_text)
        if problem:
            raise self._invalid(
                f"ignoring_version(), whose next {version.field} may not fit the field: {problem}",
                "at_version(n), or update(before, after)",
            )

    def prepare(self, context: Context) -> Prepared[E]:
        self._check_uniques()
        stamps = self._stamps(context)
        with_stamp = self._with_stamps(stamps)
        known = {**self.identity, **self.known, **with_stamp.final_values()}
        keys = index_key_updates(with_stamp, known)
        self._check_completing(keys.keys())
        if self.schema.version is not None:
            self.updates.check_foreseen(self.schema.version)
        updates, extra, condition = self._with_version()
        condition = condition.within(kept_by_attributes(self.schema, keys, known))
        condition = condition.within(self._made_are_stored(with_stamp))
        if self.known:
            condition = condition.knowing(self._guard(self.known))
        written = {**self.updates.former_names(), **wire_values(self.schema, stamps), **extra}
        if self.schema.table.knows_by_key:
            written |= self.schema.type_item
        expression = UpdateExpression(updates, keys, written, {})
        return self._prepare(expression, condition)

    def _made_are_stored(self, updates: FieldUpdates) -> tuple[Requirement, ...]:
        """Asks for fields that index keys or unique items are made of, and a default may change."""
        version = () if self.schema.version is None else (self.schema.version.field,)
        known = {*self.identity, *self.known, *updates.fields}
        return tuple(made_are_stored(updates, {*updates.fields, *version}, known))

    def _with_version(
        self,
    ) -> tuple[FieldUpdates, dict[str, AttributeValue | None], WriteCondition]:
        version = self.schema.version
        if version is None:
            return self.updates, {}, self.condition
        if self.ignores_version:
            added = {**self.updates.added, version.field: 1}
            return evolve(self.updates, added=added), {}, self.condition
        if self.expected_version is None:
            raise self._invalid(
                "a change of a versioned entity without its version",
                "at_version(n), update(before, after), or ignoring_version()",
            )
        condition = self.condition.knowing(self._guard({version.field: self.expected_version}))
        following = wire_values(self.schema, {version.field: next_version(self.expected_version)})
        return self.updates, following, condition

    def _guard(self, values: Values) -> Guard:
        """What must be stored for these values to be those that are read.

        Where one is absent, nothing stands under a former name.
        """
        wire = wire_values(self.schema, values)
        item = {name: value for name, value in wire.items() if value is not None}
        form = StoredForm(self.schema, item, item, item)
        deciding = form.names_deciding([name for name in wire if name not in item])
        others = [name for name in deciding if name not in self.schema.owned_names]
        return form.guard([*wire, *others])

    def _check_completing(self, keys: Set[str]) -> None:
        """Refuses given values of which the upgrade may make others in index keys that change."""
        for key in self.schema.secondary:
            if not keys.isdisjoint(key.index.attribute_names):
                for field in filter(self.known.__contains__, key.deciding_fields):
                    self.updates.check_foreseen(self.schema.attribute(field))

    def _check_uniques(self) -> None:
        schema, changed = self.schema, set(self.updates.fields)
        moved = sorted(changed & {field for unique in schema.uniques for field in unique.fields})
        effect = "moves a unique item"
        if not moved and schema.uniques and schema.ttl is not None:
            moved = sorted(changed & {schema.ttl.field})
            effect = "is the TTL of its unique items too"
        if moved:
            raise self._invalid(
                f"a change of {', '.join(moved)}, which {effect}", "update(before, after)"
            )

    def _invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"patch of {self.schema.name}", declared=declared, allowed=allowed
        )
