"""`Delete` of one item, and `Check` of one that stays: a condition, part of a transaction."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeGuard

from pydantic import BaseModel
from typing_extensions import TypeVar

from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.operations.protocol import Context, evolve
from singletable.operations.writes import unique_items
from singletable.operations.writes.action import Action
from singletable.operations.writes.old_item import OldItem, returning_old
from singletable.operations.writes.stored_form import Guard, StoredForm, form_as_read
from singletable.operations.writes.write import PredictableWrite, Prepared
from singletable.records import record
from singletable.schema import Values
from singletable.schema.origin import origin_of

E_co = TypeVar("E_co", bound=BaseModel, covariant=True, default=BaseModel)


@record
class Delete(PredictableWrite[None], Generic[E_co]):
    """Deletes an item; `entity`, as it was read, is needed for versions and unique fields."""

    identity: Values
    entity: E_co | None = None
    ignores_version: bool = False

    def returning_old(self) -> OldItem[E_co | None]:
        """Makes the result the item that was deleted; None if there was none."""
        return returning_old(self, may_be_new=True)

    def ignoring_version(self) -> Self:
        """Gives up the version check."""
        return evolve(self, ignores_version=True)

    def prepare(self, context: Context) -> Prepared[None]:
        return Prepared(self._actions(), lambda _: None)

    def _actions(self) -> tuple[Action, ...]:
        schema = self.schema
        key = schema.primary.render(self.identity)
        if self.entity is None:
            self._check_identity_suffices()
            return (self.action("Delete", key, self.condition, Binder(), Key=key),)
        self._check_owners()
        item, values = schema.encode_before(self.entity), schema.values(self.entity)
        fields = {field for unique in schema.uniques for field in unique.fields}
        if schema.version is not None:
            fields.add(schema.version.field)
        form = form_as_read(schema, self.entity, item, fields)
        self._check_changed(values)
        condition = self.condition.knowing(self._guard(form))
        own = self.action("Delete", key, condition, Binder(), Key=key)
        return (own, *unique_items.deletes(form, values))

    def _guard(self, form: StoredForm) -> Guard:
        """The type, the version and the unique values that the stored item must have.

        An item that was deleted and made again has the same version with other values. What stands
        under a former name, or an upgrade makes, may have come since.
        """
        schema = form.schema
        names = set(form.type_names())
        if schema.version is not None and not self.ignores_version:
            names.add(schema.version.stored)
        identity = set(schema.primary.fields)
        fields = {field for unique in schema.uniques for field in unique.fields} - identity
        if fields or schema.names_without_owner:
            names |= {schema.attribute(field).stored for field in fields}
            names |= schema.names_without_owner
            names.update(form.names_together())
        return form.guard(sorted({*names, *form.names_deciding(names)}))

    def _check_changed(self, values: Values) -> None:
        """Raises `InvalidKeyValue` for a unique value that was not read, and is no key text."""
        origin = None if self.entity is None else origin_of(self.entity)
        changed = None if origin is None else origin.changed
        for unique in self.schema.uniques:
            if changed is None or changed.intersection(unique.fields):
                unique.key(values)

    def _check_owners(self) -> None:
        """Refuses what may give up a value that another item has claimed since this one is gone."""
        free = [unique.field for unique in self.schema.uniques if not unique.has_owner]
        if free and self.condition.presence != "present":
            raise InvalidOperation(
                where=f"delete of {self.schema.name}",
                declared=f"it may be gone, and its unique {', '.join(free)} be another's by now",
                allowed="delete(entity, must_exist=True), as its unique items have no owner",
            )

    def _check_identity_suffices(self) -> None:
        schema, kept = self.schema, ""
        if schema.version is not None and not self.ignores_version:
            kept = "its version"
        if schema.uniques:
            kept = "its unique " + ", ".join(unique.field for unique in schema.uniques)
        if kept:
            raise InvalidOperation(
                where=f"delete of {schema.name}",
                declared=f"a deletion by key alone, which cannot check {kept}",
                allowed="delete(entity)" + ("" if schema.uniques else ", or ignoring_version()"),
            )


@record
class Check(PredictableWrite[None]):
    """Checks that an item exists and meets the conditions given with `when`, or that none does."""

    identity: Values

    def prepare(self, context: Context) -> Prepared[None]:
        key = self.schema.primary.render(self.identity)
        own = self.action("ConditionCheck", key, self.condition, Binder(), Key=key)
        return Prepared((own,), lambda _: None)


def is_delete(write: object) -> TypeGuard[Delete[Any]]:
    """Whether this is a Delete; for type checkers, which lose generic arguments otherwise."""
    return isinstance(write, Delete)
