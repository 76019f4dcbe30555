"""An entity's key as patterns use it: reads by it, and writes of what it identifies."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation
from singletable.operations import Check, Delete, Get, Patch, Query, Upsert
from singletable.operations.reads.get import identity_of
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.reader import EntityReader
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.write_condition import WriteCondition
from singletable.schema import CompiledKey, Schema
from singletable.table import SHARD

E = TypeVar("E", bound=BaseModel)


class Key(Generic[E]):
    """`Post.by_category`: takes field values by name, never key text."""

    def __init__(self, schema: Schema[E], compiled: CompiledKey) -> None:
        self.schema = schema
        self.compiled = compiled

    def query(self, **equals: Any) -> Query[E]:
        """Items whose key has these values: the partition key's, then the sort key's in order."""
        known = {
            name: value if name == SHARD else self.schema.attribute(name).validate(value)
            for name, value in equals.items()
        }
        return Query(KeyQuery(self.compiled, known), EntityReader(self.schema))

    def get(self, **identity: Any) -> Get[E]:
        """The item with this primary key."""
        known = self._identity("get", identity)
        return Get(EntityReader(self.schema), self.compiled, known)

    def patch(self, **identity: Any) -> Patch[E]:
        """An update of named fields of an existing item."""
        self._check_partial_update("patch")
        known = self._identity("patch", identity)
        updates = FieldUpdates(self.schema)
        return Patch(self.schema, WriteCondition("present"), known, updates, {})

    def upsert(self, **identity: Any) -> Upsert[E]:
        """An update of named fields, which makes the item if there is none."""
        self._check_partial_update("upsert")
        known = self._identity("upsert", identity)
        return Upsert(self.schema, WriteCondition("any"), known, FieldUpdates(self.schema))

    def delete(self, *, must_exist: bool = False, **identity: Any) -> Delete:
        """Deletes the item; `ItemMissing` if there is none and `must_exist`."""
        condition = WriteCondition("present" if must_exist else "any")
        return Delete(self.schema, condition, self._identity("delete", identity))

    def check(self, **identity: Any) -> Check:
        """For transactions: the item exists, and meets what `.when(...)` adds."""
        return Check(self.schema, WriteCondition("present"), self._identity("check", identity))

    def _identity(self, verb: str, values: dict[str, object]) -> dict[str, object]:
        if self.compiled.index.kind != "primary":
            raise InvalidOperation(
                where=self.compiled.label,
                declared=f"{verb} by a key on {self.compiled.index.label}: it identifies no item",
                allowed=f"query here, or {verb} by {self.schema.primary.label}",
            )
        return identity_of(self.schema, values)

    def _check_partial_update(self, verb: str) -> None:
        if self.schema.whole_model_checks:
            raise InvalidOperation(
                where=f"{verb} of {self.schema.name}",
                declared="a partial update, with validators that may look at several fields",
                allowed="update(before, after)",
            )

    def __repr__(self) -> str:
        return self.compiled.label
