"""An entity's key as patterns use it: reads by it, and writes of what it identifies."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation
from singletable.operations import Check, Delete, Get, Patch, Query, Upsert
from singletable.operations.reads.get import identity_of
from singletable.operations.writes.field_updates import Changes
from singletable.operations.writes.write_condition import Guard
from singletable.schema import CompiledKey, Schema

E = TypeVar("E", bound=BaseModel)


class Key(Generic[E]):
    """`Post.by_category`: takes field values by name, never key text."""

    def __init__(self, schema: Schema[E], compiled: CompiledKey) -> None:
        self.schema = schema
        self.compiled = compiled

    def query(self, **equals: Any) -> Query[E]:
        """Items whose key has these values: the partition key's, then the sort key's in order."""
        known = {
            name: value if name == "shard" else self.schema.attribute(name).validate(value)
            for name, value in equals.items()
        }
        return Query(self.schema, self.compiled, known)

    def get(self, **identity: Any) -> Get[E]:
        """The item with this primary key."""
        return Get(self.schema, self._identity("get", identity))

    def patch(self, **identity: Any) -> Patch[E]:
        """A change of named fields of an existing item."""
        self._check_partial_change("patch")
        known = self._identity("patch", identity)
        return Patch(self.schema, Guard("present"), known, Changes(self.schema), {})

    def upsert(self, **identity: Any) -> Upsert[E]:
        """A change of named fields, which makes the item if there is none."""
        self._check_partial_change("upsert")
        known = self._identity("upsert", identity)
        return Upsert(self.schema, Guard("either"), known, Changes(self.schema))

    def delete(self, **identity: Any) -> Delete:
        """Deletes the item; nothing happens if there is none."""
        return Delete(self.schema, Guard("either"), self._identity("delete", identity))

    def remove(self, **identity: Any) -> Delete:
        """Deletes the item; `ItemMissing` if there is none."""
        return Delete(self.schema, Guard("present"), self._identity("remove", identity))

    def check(self, **identity: Any) -> Check:
        """For transactions: the item exists, and meets what `.when(...)` adds."""
        return Check(self.schema, Guard("present"), self._identity("check", identity))

    def _identity(self, verb: str, values: dict[str, Any]) -> dict[str, Any]:
        if self.compiled.index.kind != "primary":
            raise InvalidOperation(
                where=self.compiled.label,
                declared=f"{verb} by a key on {self.compiled.index.label}: it identifies no item",
                allowed=f"query here, or {verb} by {self.schema.primary.label}",
            )
        return identity_of(self.schema, values)

    def _check_partial_change(self, verb: str) -> None:
        if self.schema.whole_model_checks:
            raise InvalidOperation(
                where=f"{verb} of {self.schema.name}",
                declared="a partial change, with validators that may look at several fields",
                allowed="update(before, after)",
            )

    def __repr__(self) -> str:
        return self.compiled.label
