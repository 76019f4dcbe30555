"""An entity's key as patterns use it: reads by it, and writes of what it identifies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar, overload

from pydantic import BaseModel
from typing_extensions import ParamSpec

from singletable.errors.request import InvalidOperation
from singletable.operations import Check, Delete, Get, Patch, Query, Upsert
from singletable.operations.reads.get import identity_of
from singletable.operations.writes.field_updates import Changes
from singletable.operations.writes.write_condition import Guard
from singletable.schema import CompiledKey, Schema

E = TypeVar("E", bound=BaseModel)
F = ParamSpec("F", default=...)


class Key(Generic[E, F]):
    """`Post.by_category`: takes field values by name, never key text.

    `F` is the entity's fields as named parameters, none of them required. Type checkers know it if
    they check for Python 3.13 or newer (see `KeyDeclaration.__get__`); else any name is accepted.
    """

    def __init__(self, schema: Schema[E], compiled: CompiledKey) -> None:
        self.schema = schema
        self.compiled = compiled

    @overload
    def query(self, *unnamed: F.args, **equals: F.kwargs) -> Query[E]: ...
    @overload
    def query(self, *, shard: int, **equals: object) -> Query[E]: ...
    def query(self, *unnamed: object, **equals: object) -> Query[E]:
        """Items whose key has these values: the partition key's, then the sort key's in order."""
        self._check_named("query", unnamed)
        known = {
            name: value if name == "shard" else self.schema.attribute(name).validate(value)
            for name, value in equals.items()
        }
        return Query(self.schema, self.compiled, known)

    def get(self, *unnamed: F.args, **identity: F.kwargs) -> Get[E]:
        """The item with this primary key."""
        return Get(self.schema, self._identity("get", unnamed, identity))

    def patch(self, *unnamed: F.args, **identity: F.kwargs) -> Patch[E]:
        """A change of named fields of an existing item."""
        self._check_partial_change("patch")
        known = self._identity("patch", unnamed, identity)
        return Patch(self.schema, Guard("present"), known, Changes(self.schema), {})

    def upsert(self, *unnamed: F.args, **identity: F.kwargs) -> Upsert[E]:
        """A change of named fields, which makes the item if there is none."""
        self._check_partial_change("upsert")
        known = self._identity("upsert", unnamed, identity)
        return Upsert(self.schema, Guard("either"), known, Changes(self.schema))

    def delete(self, *unnamed: F.args, **identity: F.kwargs) -> Delete:
        """Deletes the item; nothing happens if there is none."""
        return Delete(self.schema, Guard("either"), self._identity("delete", unnamed, identity))

    def remove(self, *unnamed: F.args, **identity: F.kwargs) -> Delete:
        """Deletes the item; `ItemMissing` if there is none."""
        return Delete(self.schema, Guard("present"), self._identity("remove", unnamed, identity))

    def check(self, *unnamed: F.args, **identity: F.kwargs) -> Check:
        """For transactions: the item exists, and meets what `.when(...)` adds."""
        return Check(self.schema, Guard("present"), self._identity("check", unnamed, identity))

    def _identity(
        self, verb: str, unnamed: tuple[object, ...], values: Mapping[str, object]
    ) -> dict[str, object]:
        self._check_named(verb, unnamed)
        if self.compiled.index.kind != "primary":
            raise InvalidOperation(
                where=self.compiled.label,
                declared=f"{verb} by a key on {self.compiled.index.label}: it identifies no item",
                allowed=f"query here, or {verb} by {self.schema.primary.label}",
            )
        return identity_of(self.schema, values)

    def _check_named(self, verb: str, unnamed: tuple[object, ...]) -> None:
        if unnamed:
            raise InvalidOperation(
                where=f"{self.compiled.label}.{verb}",
                declared=f"{len(unnamed)} of its values without a name",
                allowed="field=value",
            )

    def _check_partial_change(self, verb: str) -> None:
        if self.schema.whole_model_checks:
            raise InvalidOperation(
                where=f"{verb} of {self.schema.name}",
                declared="a partial change, with validators that may look at several fields",
                allowed="update(before, after)",
            )

    def __repr__(self) -> str:
        return self.compiled.label
