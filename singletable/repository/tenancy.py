"""Holds the operations of a repository to one tenant: fields of every partition key that they name.

What an operation asks is known before it is sent. What this does not know is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping
from typing import Any, NoReturn, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, RequestError
from singletable.operations import Context, Operation
from singletable.operations.reads.batch_get import is_batch_get
from singletable.operations.reads.get import Get, is_get
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.paged_read import PagedRead, paged_read_of
from singletable.operations.reads.search import Search, is_search
from singletable.operations.reads.snapshot import is_snapshot
from singletable.operations.writes.batch import is_batch
from singletable.operations.writes.clear import Clear, ClearRound
from singletable.operations.writes.delete import Check
from singletable.operations.writes.write import Write, writes_of
from singletable.records import record
from singletable.repository.middleware import AsyncExecute, Execute
from singletable.schema import Attribute, CompiledKey, KeyPart
from singletable.schema.schema import AnySchema, schema_by_model

R = TypeVar("R")


@record
class Tenancy:
    """The value of each field that keys must have, and the entities that everybody may read."""

    bound: Mapping[str, object]
    shared: frozenset[type[BaseModel]]

    def guard(self, operation: Operation[R], context: Context, execute: Execute, /) -> R:
        """Is a middleware."""
        _Check(self, operation, context).check()
        return execute(operation, context)

    def guard_async(
        self, operation: Operation[R], context: Context, execute: AsyncExecute, /
    ) -> Awaitable[R]:
        """Is a middleware of an asynchronous repository."""
        _Check(self, operation, context).check()
        return execute(operation, context)


def tenancy(bound: Mapping[str, object], shared: Collection[type[BaseModel]]) -> Tenancy:
    """Makes it; `InvalidOperation` where it would bind nothing, or share what is a tenant's."""
    absent = [name for name, value in bound.items() if value is None]
    if not bound or absent:
        declared = f"{absent[0]}=None" if absent else "no field is given"
        raise _refusal("for_tenant", declared, 'a value for each field: tenant_id="acme"')
    if not isinstance(cast(object, shared), Collection):
        raise _refusal("for_tenant", f"shared={abridge(shared)}", "a list of entities of a table")
    for model in cast("Collection[object]", shared):
        schema = schema_by_model(cast(Any, model)) if isinstance(model, type) else None
        if schema is None:
            raise _refusal("for_tenant", f"shared={abridge(model)}", "entities of a table")
        own = [name for name in bound if name in schema.attributes]
        if own:
            raise _refusal(
                "for_tenant", f"{schema.name} is shared, and has {own[0]}", "entities without it"
            )
    return Tenancy(dict(bound), frozenset(shared))


def _refusal(where: str, declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where=where, declared=declared, allowed=allowed)


class _Check:
    """The check of one operation; `InvalidOperation` says what leaves the tenant."""

    def __init__(self, tenancy: Tenancy, operation: Operation[Any], context: Context) -> None:
        self._bound, self._shared = tenancy.bound, tenancy.shared
        self._operation, self._context = operation, context

    def check(self) -> None:
        writes = writes_of(self._operation)
        for write in writes:
            self._check_write(write)
        if not writes and not is_batch(self._operation):
            self._check_found(self._operation)

    def _check_found(self, operation: object) -> None:
        """Checks what a read, or a clearing, finds; what is unknown is none."""
        if isinstance(operation, (Clear, ClearRound)):
            self._check_clear(operation.query)
        elif is_get(operation):
            self._check_get(operation)
        elif is_snapshot(operation):
            for get in operation.gets:
                self._check_get(get)
        elif is_batch_get(operation):
            schema = _schema_of(operation.key)
            for identity in operation.identities:
                self._check_values(schema, operation.key, identity)
        elif is_search(operation):
            self._check_search(operation)
        else:
            self._check_paged(paged_read_of(operation))

    def _check_get(self, get: Get[Any]) -> None:
        self._check_values(_schema_of(get.key), get.key, get.identity)

    def _check_values(
        self, schema: AnySchema, key: CompiledKey, values: Mapping[str, object]
    ) -> None:
        if not self._is_shared(schema):
            for field in self._bound:
                self._check_key_has(key, field)
                self._check_same(schema, field, field, values.get(field))

    def _check_search(self, search: Search[Any]) -> None:
        schema = _schema_of(search.key)
        self._check_values(schema, search.key, search.asked)
        if search.hydration is not None:
            self._check_primary(schema)

    def _check_paged(self, read: PagedRead[Any] | None, *, is_cleared: bool = False) -> None:
        """Checks where a read looks, and by which keys what it finds is read, or deleted."""
        query = None if read is None else read.key_query
        if not isinstance(query, KeyQuery):
            members = [] if query is None else [_schema_of(key) for key in query.members]
            if not members or not all(map(self._is_shared, members)):
                self._refuse("it reads whatever there is", "reads of one partition")
            return
        first = _schema_of(query.key)
        names = {at: name for name, at in query.key.positions.items()}
        goes_on = is_cleared or (read is not None and read.hydration is not None)
        for key in query.members:
            schema = _schema_of(key)
            if goes_on:
                self._check_primary(schema)
            if self._is_shared(schema):
                continue
            for field in self._bound:
                self._check_key_has(key, field)
                asked = names[key.positions[field]]
                self._check_same(first, asked, field, query.equals.get(asked))

    def _check_primary(self, schema: AnySchema) -> None:
        """Checks that what is found is the tenant's in the table, too."""
        for field in () if self._is_shared(schema) else self._bound:
            self._check_key_has(schema.primary, field)

    def _check_clear(self, query: PagedRead[Any]) -> None:
        self._check_paged(query, is_cleared=True)
        for schema in query.reader.schemas:
            if self._is_shared(schema):
                self._refuse_shared(schema)
            for unique in schema.uniques:
                self._check_unique(unique.label, unique.fields)

    def _check_write(self, write: Write[Any]) -> None:
        """Checks the key of every item that is written or checked, unique items included."""
        schema: AnySchema = write.schema
        if self._is_shared(schema):
            if not isinstance(write, Check):
                self._refuse_shared(schema)
            return
        for action in write.prepare(self._context).actions:
            if schema.primary.matches(action.key):
                values = _values_of(schema.primary.partition, action.key)
                self._check_values(schema, schema.primary, values)
            else:
                self._check_unique_item(schema, action.key)

    def _check_unique_item(self, schema: AnySchema, key: Mapping[str, AttributeValue]) -> None:
        for unique in schema.uniques:
            parts = unique.compiled[0].partition
            if parts[0].matches(key.get(parts[0].attribute.name)):
                self._check_unique(unique.label, unique.fields)
                values = _values_of(parts, key)
                for field in self._bound:
                    self._check_same(schema, field, field, values.get(field))
                return
        self._refuse(f"a unique item of {schema.name} has an older key", "entities without one")

    def _check_unique(self, label: str, fields: Collection[str]) -> None:
        for field in self._bound:
            if field not in fields:
                self._refuse(f"{label} is unique without {field}", f'unique(..., within="{field}")')

    def _check_key_has(self, key: CompiledKey, field: str) -> None:
        if field not in key.partition_fields:
            self._refuse(
                f"{key.label} has no {field} in its partition key",
                f"keys that have it, or entities without it that are shared=({key.entity},)",
            )

    def _check_same(self, schema: AnySchema, name: str, field: str, value: object) -> None:
        """Holds a value of an entity's field against the bound one, as both are stored."""
        attribute = schema.attribute(name)
        try:
            own = _form_in_key(attribute, self._bound[field])
            found = None if value is None else _form_in_key(attribute, value)
        except RequestError as error:
            self._refuse(f"{field} can be no {schema.name}.{name}: {error}", "a value of its type")
        if found is None or found != own:
            self._refuse(f"{field} is not the one that the repository is for", "the tenant's own")

    def _refuse_shared(self, schema: AnySchema) -> NoReturn:
        self._refuse(
            f"{schema.name} is shared: tenants read it", "a repository that is for no tenant"
        )

    def _is_shared(self, schema: AnySchema) -> bool:
        return schema.model in self._shared

    def _refuse(self, declared: str, allowed: str) -> NoReturn:
        origin = self._operation.origin
        where = origin.pattern if origin else type(self._operation).__name__
        raise _refusal(where, declared, allowed)


def _schema_of(key: CompiledKey) -> AnySchema:
    schema = schema_by_model(key.model)
    if schema is None:
        raise _refusal(key.label, "it is a key of no entity", "keys of entities")
    return schema


def _form_in_key(attribute: Attribute, value: object) -> object:
    """What tells apart the values of a field in keys: its stored form, or the text in keys."""
    known, format_ = attribute.validate(value), attribute.format
    if format_ is None or format_.tells_value:
        return attribute.encode(known)
    return format_.encode(known)


def _values_of(
    parts: tuple[KeyPart, ...], key: Mapping[str, AttributeValue]
) -> Mapping[str, object]:
    """The fields of the partition key of an item."""
    found = [part.parse(key[part.attribute.name]) for part in parts]
    return {name: value for each in found for name, value in each.items()}
