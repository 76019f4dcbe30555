"""Inspects an operation without sending it: for caches, audits, logs and tests.

What is read: entities, tables, where in an index. What is written: which item, which fields, its
keys before and after, and the result that the write is going to have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.entity import Key
from singletable.entity.items import (
    entity_shape,
    key_text,
    load_item,
    may_be_item_of,
    stored_item,
)
from singletable.errors.request import InvalidOperation
from singletable.expressions import Condition
from singletable.operations import (
    BatchGet,
    Check,
    Context,
    Count,
    Create,
    Delete,
    Operation,
    PredictableWrite,
    Put,
    Query,
    Request,
    Snapshot,
    Transaction,
    Update,
    Write,
    WriteOperation,
)
from singletable.operations.reads.batch_get import is_batch_get
from singletable.operations.reads.get import is_get
from singletable.operations.reads.query import query_of
from singletable.operations.reads.snapshot import is_snapshot
from singletable.operations.writes.difference import find_difference
from singletable.operations.writes.partial_update import PartialUpdate
from singletable.operations.writes.write import check_is_write, writes_of
from singletable.patterns import Pattern, declarations_of
from singletable.patterns import pattern_name as name_of_function
from singletable.patterns.plan import schemas_of, tables_of
from singletable.repository import (
    AsyncExecute,
    AsyncMiddleware,
    Execute,
    Failed,
    Middleware,
    Retry,
    Sent,
)
from singletable.schema import CompiledKey
from singletable.schema.origin import origin_of
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition

__all__ = [
    "AsyncExecute",
    "AsyncMiddleware",
    "Check",
    "Condition",
    "Context",
    "Count",
    "Execute",
    "Failed",
    "IndexPlace",
    "Key",
    "Middleware",
    "Operation",
    "Pattern",
    "Request",
    "Retry",
    "Sent",
    "Write",
    "WriteOperation",
    "answers_one",
    "changed_fields",
    "entities",
    "entity_name",
    "entity_shape",
    "identity",
    "is_write",
    "key_text",
    "load_item",
    "may_be_item_of",
    "must_be_fresh",
    "pattern_name",
    "patterns",
    "places_read",
    "places_written",
    "predicted_result",
    "question",
    "stored_item",
    "tables",
    "writes",
]

R = TypeVar("R")

AnyOperation: TypeAlias = Operation[object]
AnyWrite: TypeAlias = Write[Any]
KeyValues: TypeAlias = tuple[str | bytes, ...]
"""Contents of key attributes, in the order of the index: the partition key's first."""


@dataclass(frozen=True)
class IndexPlace:
    """Where items of an entity stand in an index: one item, a partition, or anywhere in it.

    `values` are those of the whole key, of the partition key alone, or none.
    """

    entity: str
    index: str
    values: KeyValues


def pattern_name(asked: AnyOperation | Callable[..., AnyOperation]) -> str | None:
    """The name of an access pattern, or of the one that made an operation: `posts.by_id`."""
    if isinstance(asked, Operation):
        return asked.origin.pattern if asked.origin else None
    if not callable(asked):
        raise InvalidOperation(
            where="pattern_name",
            declared=f"{asked!r} is given",
            allowed="an access pattern, or an operation",
        )
    return name_of_function(asked)


def patterns(table: TableDefinition) -> Mapping[str, Pattern]:
    """The access patterns that are declared on a table so far, by name."""
    return declarations_of(table).patterns


def is_write(operation: Operation[R]) -> TypeGuard[WriteOperation[R]]:
    """Whether the operation is a write, so that other writes may be attached to it."""
    return isinstance(operation, WriteOperation)


def entities(operation: AnyOperation) -> tuple[type[BaseModel], ...]:
    """The entities that the operation is about, each once."""
    return tuple(schema.model for schema in schemas_of(operation))


def entity_name(write: AnyWrite) -> str:
    """The name of the entity that is written, as stored with its items."""
    check_is_write("entity_name", write)
    return write.schema.name


def tables(operation: AnyOperation) -> tuple[TableDefinition, ...]:
    """The tables that the operation is sent to."""
    return tables_of(operation)


def writes(operation: AnyOperation) -> tuple[AnyWrite, ...]:
    """The one write, or all writes of a transaction; none for reads."""
    return writes_of(operation)


def places_read(operation: AnyOperation) -> tuple[IndexPlace, ...]:
    """The places that a read looks at: the item of a get, each partition of a query."""
    if is_get(operation):
        return (_place_of(operation.key, operation.identity),)
    if is_batch_get(operation):
        return tuple(_place_of(operation.key, each) for each in operation.identities)
    if is_snapshot(operation):
        return tuple(_place_of(get.key, get.identity) for get in operation.gets)
    asked = query_of(operation)
    if asked is None:
        return ()
    return tuple(
        IndexPlace(key.entity, key.index.label, _contents(each))
        for key in asked.key_query.members
        for each in asked.key_query.partitions
    )


def _place_of(key: CompiledKey, identity: Mapping[str, object]) -> IndexPlace:
    return IndexPlace(key.entity, key.index.label, _contents(key.render(identity).values()))


def must_be_fresh(operation: AnyOperation) -> bool:
    """Whether a cache must not answer a read: it is consistent, hides expired items, or reports
    unreadable ones."""
    if is_get(operation) or is_batch_get(operation):
        return operation.is_consistent or operation.hides_expired
    asked = query_of(operation)
    if asked is None or asked.key_query.is_consistent:
        return True
    return asked.hides_expired or asked.tolerates_unreadable


def question(operation: AnyOperation) -> str:
    """A cache key: text that is the same for the same reads, whichever pattern made them."""
    bare: Any = operation
    limits: tuple[object, ...] = ()
    if is_batch_get(operation):  # a request has each key once, in any place
        limits = tuple(operation.key.render(each) for each in operation.identities)
    asked = query_of(operation)
    if asked is not None:
        limits = (asked.items_in_all, asked.items_per_request, asked.requests_at_most, asked.cursor)
        bare = replace(asked, cursor=None)
    requests = [(each.operation, each.parameters) for each in bare.requests(Context())]
    return json.dumps([type(operation).__name__, limits, requests], default=repr, sort_keys=True)


def answers_one(operation: AnyOperation) -> bool:
    """Whether a read returns one entity or None, and no page."""
    return not isinstance(operation, (Query, BatchGet, Count, Snapshot))


def identity(write: AnyWrite) -> Mapping[str, object]:
    """The values of the primary key's fields of the item that is written."""
    check_is_write("identity", write)
    if isinstance(write, (Delete, Check, PartialUpdate)):
        known: Any = write
        fields: Mapping[str, object] = known.identity
        return fields
    entity = _entity_of(write)
    return {name: getattr(entity, name) for name in write.schema.primary.fields}


def changed_fields(write: AnyWrite) -> tuple[str, ...]:
    """The fields that an update changes, without those that the engine keeps.

    It goes by what is stored, as the update does: what an upgrade changed, and what was changed in
    place, is written too.
    """
    check_is_write("changed_fields", write)
    if isinstance(write, PartialUpdate):
        return write.updates.fields
    if not isinstance(write, Update):
        return ()
    schema: AnySchema = write.schema
    after = schema.item(write.build_entity(Context()))
    changes = find_difference(write.stored_before(), after).changes
    kept = {schema.roles.get("version"), schema.roles.get("updated")}
    return tuple(
        name
        for name, attribute in schema.attributes.items()
        if attribute.stored in changes and name not in kept
    )


def places_written(write: AnyWrite, context: Context) -> frozenset[IndexPlace]:
    """The places of the item before and after the write, by item and by partition.

    The whole index where a write cannot know in which partition the item stood; nothing for a
    mere check.
    """
    check_is_write("places_written", write)
    if isinstance(write, Check):
        return frozenset()
    schema, found = write.schema, set[IndexPlace]()
    states = _states(write, context)
    for values in states or [identity(write)]:
        found |= _item_places(schema.primary, values)
    for key in schema.secondary:
        for values in states:
            if not key.is_absent(values):
                partition = _contents(key.render_partition(values))
                found.add(IndexPlace(schema.name, key.index.label, partition))
        former = _stored_partition(write, key)
        if former is not None:
            found.add(IndexPlace(schema.name, key.index.label, former))
        if not _knows_former_keys(write):
            found.add(IndexPlace(schema.name, key.index.label, ()))
    return frozenset(found)


def predicted_result(operation: Operation[R], context: Context) -> R:
    """The result that a write will have if nothing refuses it.

    `InvalidOperation` for partial updates, whose results only DynamoDB knows, and for reads.
    """
    if _is_transaction(operation):
        if operation.result_of is None:
            return cast(R, None)
        return predicted_result(operation.result_of, context)
    if _is_predictable(operation):
        return operation.prepare(context).result({})
    raise InvalidOperation(
        where=type(operation).__name__,
        declared="its result is not known before it is written",
        allowed="create, put, update, delete, and transactions of them",
    )


def _states(write: AnyWrite, context: Context) -> list[Mapping[str, object]]:
    """The values of the item that are certain, before and after."""
    schema: AnySchema = write.schema
    if isinstance(write, Update):
        made = write
        return [schema.values(made.before), schema.values(made.build_entity(context))]
    if isinstance(write, (Create, Put)):
        whole = write
        return [schema.values(whole.build_entity(context))]
    if isinstance(write, Delete) and write.entity is not None:
        return [schema.values(write.entity)]
    return []


def _stored_partition(write: AnyWrite, key: CompiledKey) -> KeyValues | None:
    """The partition key that is stored of an entity that was read: that of its older form, too."""
    before = write.before if isinstance(write, Update) else None
    before = write.entity if isinstance(write, Delete) else before
    origin = None if before is None else origin_of(before)
    if origin is None:
        return None
    values = [origin.stored.get(part.attribute.name) for part in key.partition]
    return None if None in values else _contents(value for value in values if value is not None)


def _entity_of(write: AnyWrite) -> BaseModel:
    made: Any = write
    entity: BaseModel = made.after if isinstance(write, Update) else made.entity
    return entity


def _knows_former_keys(write: AnyWrite) -> bool:
    """Whether the item cannot have stood anywhere else: the write would have been refused."""
    if isinstance(write, Create):
        return True
    is_versioned = write.schema.version is not None
    if isinstance(write, Delete):
        return write.entity is not None and not write.ignores_version and is_versioned
    return isinstance(write, Update) and is_versioned


def _item_places(key: CompiledKey, values: Mapping[str, object]) -> set[IndexPlace]:
    whole = _contents(key.render(values).values())
    partition = whole[: len(key.partition)]
    return {IndexPlace(key.entity, key.index.label, each) for each in (whole, partition)}


def _contents(values: Iterable[AttributeValue]) -> KeyValues:
    return tuple(content for value in values for content in value.values())


def _is_transaction(operation: Operation[R]) -> TypeGuard[Transaction[R]]:
    return isinstance(operation, Transaction)


def _is_predictable(operation: Operation[R]) -> TypeGuard[PredictableWrite[R]]:
    return isinstance(operation, PredictableWrite)
