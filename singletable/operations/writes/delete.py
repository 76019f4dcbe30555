"""Deletes one item: delete (whether it exists or not) and remove (must exist)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation, ItemMissing
from singletable.expressions import Binder
from singletable.operations.protocol import Context, Response, Steps
from singletable.operations.writes.action import Action
from singletable.operations.writes.put import version_known
from singletable.operations.writes.unique_items import released
from singletable.operations.writes.write import Settled


@dataclass(frozen=True)
class Delete(Settled[None]):
    """`entity` is the item as it was read: needed for versions and unique fields."""

    identity: Mapping[str, Any]
    entity: BaseModel | None = None
    ignores_version: bool = False

    def any_version(self) -> Self:
        """Gives up the version check."""
        return replace(self, ignores_version=True)

    def steps(self, context: Context) -> Steps[None]:
        try:
            yield from super().steps(context)
        except ItemMissing:
            if self.guard.presence == "present":
                raise

    def actions(self, context: Context) -> tuple[Action, ...]:
        key = self.schema.primary.render(self.identity)
        guard = self.guard.knowing(self._known())
        own = self.action("Delete", key, guard, Binder(), Key=key)
        if self.entity is None:
            return (own,)
        item = self.schema.encode(self.entity)
        return (own, *released(self.schema, self.schema.values(self.entity), item))

    def _known(self) -> dict[str, Any]:
        """The version and the unique values that the item must still have.

        An item that was deleted and made again has the same version with other values.
        """
        schema = self.schema
        if self.entity is None:
            self._check_identity_suffices()
            return {}
        known = {} if self.ignores_version else version_known(schema, self.entity)
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
                allowed="delete(entity) or remove(entity)"
                + ("" if schema.uniques else ", or any_version()"),
            )

    def result(self, response: Response, context: Context) -> None:
        return None
