"""An entity's key as patterns use it: reads by it, and writes of what it identifies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar, overload

from pydantic import BaseModel
from typing_extensions import ParamSpec

from singletable.annotations import admits_none, element_type
from singletable.errors.request import InvalidOperation
from singletable.operations import BatchGet, Check, Delete, Get, Patch, Query, Scan, Upsert
from singletable.operations.reads.batch_get import each_identity
from singletable.operations.reads.get import check_identity, identity_of
from singletable.operations.reads.key_conditions import check_equalities
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.reader import EntityReader
from singletable.operations.reads.scan import scan
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.put import whole_writes
from singletable.operations.writes.write_condition import WriteCondition
from singletable.schema import CompiledKey, Schema
from singletable.table import SHARD
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)
F = ParamSpec("F", default=...)


class Key(Generic[E, F]):
    """An entity's key, `Post.by_category`: takes field values by name, never key text.

    `F` is the entity's fields as named parameters, none of them required. Type checkers know it if
    they check for Python 3.13 or newer (see `KeyDeclaration.__get__`); else any name is accepted.
    """

    def __init__(self, schema: Schema[E], compiled: CompiledKey) -> None:
        self.schema = schema
        self.compiled = compiled
        self._reader = EntityReader(schema)

    @overload
    def query(self, *unnamed: F.args, **equals: F.kwargs) -> Query[E]: ...
    @overload
    def query(self, *, shard: int, **equals: object) -> Query[E]: ...
    def query(self, *unnamed: object, **equals: object) -> Query[E]:
        """Queries by the fields of the partition key, then of the sort key from left to right."""
        check_names(self, "query", unnamed)
        shard = SHARD if self.compiled.shards else None
        known = {
            name: value if name == shard else self.schema.attribute(name).validate(value)
            for name, value in equals.items()
        }
        check_equalities(self.compiled, known)
        return Query(KeyQuery(self.compiled, known), self._reader)

    def scan(self, *, because: str) -> Scan[E]:
        """Reads all of the entity's items in this index, and so all of the index.

        `because` says why that is meant, and stands in the documents.
        """
        return scan((self.compiled,), self._reader, because)

    def get(self, *unnamed: F.args, **identity: F.kwargs) -> Get[E]:
        """Reads the item with this primary key."""
        known = self._identity("get", unnamed, identity)
        return Get(self._reader, self.compiled, known)

    def get_each(self, **identities: object) -> BatchGet[E]:
        """Reads many items: sequences of values, all of one length, for the fields that vary."""
        self._check_primary("get_each")
        check_identity(self.schema, identities)
        known = {name: _each_of(value) for name, value in identities.items()}
        each = each_identity(self.schema, self.compiled.label, known)
        return BatchGet(self._reader, self.compiled, each)

    def patch(self, *unnamed: F.args, **identity: F.kwargs) -> Patch[E]:
        """Updates named fields of an existing item."""
        self._check_partial_update("patch")
        known = self._identity("patch", unnamed, identity)
        updates = FieldUpdates(self.schema)
        return Patch(self.schema, WriteCondition("present"), known, updates, {})

    def upsert(self, *unnamed: F.args, **identity: F.kwargs) -> Upsert[E]:
        """Updates named fields, and creates the item if there is none."""
        self._check_partial_update("upsert")
        known = self._identity("upsert", unnamed, identity)
        return Upsert(self.schema, WriteCondition("any"), known, FieldUpdates(self.schema))

    @overload
    def delete(self, *unnamed: F.args, **identity: F.kwargs) -> Delete[E]: ...
    @overload
    def delete(self, *, must_exist: bool, **identity: object) -> Delete[E]: ...
    def delete(self, *unnamed: object, **identity: object) -> Delete[E]:
        """Deletes the item; `ItemMissing` if there is none and `must_exist`."""
        must_exist = identity.pop("must_exist", False)
        known = self._identity("delete", unnamed, identity)
        return Delete(self.schema, WriteCondition("present" if must_exist else "any"), known)

    def check(self, *unnamed: F.args, **identity: F.kwargs) -> Check:
        """Checks, in a transaction, that the item exists and meets what `.when(...)` adds."""
        known = self._identity("check", unnamed, identity)
        return Check(self.schema, WriteCondition("present"), known)

    def check_absent(self, *unnamed: F.args, **identity: F.kwargs) -> Check:
        """Checks, in a transaction, that there is no such item; `ItemExists` if there is one."""
        known = self._identity("check_absent", unnamed, identity)
        return Check(self.schema, WriteCondition("absent"), known)

    def _identity(
        self, verb: str, unnamed: tuple[object, ...], values: Mapping[str, object]
    ) -> dict[str, object]:
        if unnamed:
            check_names(self, verb, unnamed)
        if self.compiled.index.kind != "primary":
            self._check_primary(verb)
        return identity_of(self.schema, values)

    def _check_primary(self, verb: str) -> None:
        if self.compiled.index.kind != "primary":
            raise InvalidOperation(
                where=self.compiled.label,
                declared=f"{verb} by a key on {self.compiled.index.label}: it identifies no item",
                allowed=f"query here, or {verb} by {self.schema.primary.label}",
            )

    def _check_partial_update(self, verb: str) -> None:
        if self.schema.whole_model_checks:
            raise InvalidOperation(
                where=f"{verb} of {self.schema.name}",
                declared="a partial update, with validators that may look at several fields",
                allowed="update(before, after)" if verb == "patch" else whole_writes(self.schema),
            )

    def __repr__(self) -> str:
        return self.compiled.label


def check_names(asked: object, verb: str, unnamed: tuple[object, ...]) -> None:
    """Raises `InvalidOperation` for values that are given to a verb without their fields' names."""
    if unnamed:
        raise InvalidOperation(
            where=f"{asked!r}.{verb}",
            declared=f"{len(unnamed)} of its values without a name",
            allowed="field=value",
        )


def _each_of(value: object) -> object:
    """The value; for an argument that is a sequence, one that stands for each of its elements."""
    if not isinstance(value, Symbol):
        return value
    element = element_type(value.annotation)
    if element is None:
        return value
    if admits_none(value.annotation):
        raise InvalidOperation(
            where="get_each", declared=f"{value!r} may be None", allowed="a sequence, always"
        )
    return [Symbol(repr(value), value.argument, element)]
