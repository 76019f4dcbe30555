"""`Delete` of one item, and `Check` of one that stays: a condition, part of a transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation, ItemMissing
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Steps
from singletable.operations.writes import unique_items
from singletable.operations.writes.action import Action
from singletable.operations.writes.put import version_read
from singletable.operations.writes.write import PredictableWrite, Prepared
from singletable.schema import Values


@dataclass(frozen=True)
class Delete(PredictableWrite[None]):
    """Deletes an item; `entity`, as it was read, is needed for versions and unique fields."""

    identity: Values
    entity: BaseModel | None = None
    ignores_version: bool = False

    def ignoring_version(self) -> Self:
        """Gives up the version check."""
        return replace(self, ignores_version=True)

    def steps(self, context: Context) -> Steps[None]:
        try:
            yield from super().steps(context)
        except ItemMissing:
            if self.condition.presence == "present":
                raise

    def prepare(self, context: Context) -> Prepared[None]:
        return Prepared(self._actions(), lambda _: None)

    def _actions(self) -> tuple[Action, ...]:
        key = self.schema.primary.render(self.identity)
        condition = self.condition.knowing(self._preconditions())
        own = self.action("Delete", key, condition, Binder(), Key=key)
        if self.entity is None:
            return (own,)
        item = self.schema.encode(self.entity)
        values = self.schema.values(self.entity)
        return (own, *unique_items.deletes(self.schema, values, item))

    def _preconditions(self) -> dict[str, AttributeValue | None]:
        """The version and the unique values that the stored item must have.

        An item that was deleted and made again has the same version with other values.
        """
        schema = self.schema
        if self.entity is None:
            self._check_identity_suffices()
            return {}
        known = {} if self.ignores_version else version_read(schema, self.entity)
        fields = sorted({field for unique in schema.uniques for field in unique.fields})
        return known | {
            schema.attribute(field).stored: schema.attribute(field).encode(
                getattr(self.entity, field)
            )
            for field in fields
            if field not in schema.primary.fields
        }

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


@dataclass(frozen=True)
class Check(PredictableWrite[None]):
    """Checks that an item exists and meets the conditions given with `when`."""

    identity: Values

    def prepare(self, context: Context) -> Prepared[None]:
        key = self.schema.primary.render(self.identity)
        own = self.action("ConditionCheck", key, self.condition, Binder(), Key=key)
        return Prepared((own,), lambda _: None)
