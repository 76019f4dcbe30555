"""Inspects an operation without sending it: for caches, audits, logs and tests.

What is read: entities, tables, where in an index. What is written: which item, which fields, its
keys before and after, and the result that the write is going to have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeGuard, TypeVar, cast

from pydantic import BaseModel

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
    Batch,
    BatchGet,
    Check,
    Context,
    Count,
    OldItem,
    Operation,
    PagedRead,
    PredictableWrite,
    Request,
    Search,
    Snapshot,
    Transaction,
    Update,
    Write,
    WriteOperation,
)
from singletable.operations.index_places import (
    AnyOperation,
    AnyWrite,
    IndexPlace,
    identity,
    places_read,
    places_written,
)
from singletable.operations.reads.batch_get import is_batch_get
from singletable.operations.reads.get import is_get
from singletable.operations.reads.paged_read import paged_read_of
from singletable.operations.reads.query import query_of
from singletable.operations.writes.difference import find_difference
from singletable.operations.writes.partial_update import PartialUpdate
from singletable.operations.writes.write import check_is_write, writes_of
from singletable.patterns import Pattern, declarations_of
from singletable.patterns import pattern_name as name_of_function
from singletable.patterns.plan import schemas_of, tables_of
from singletable.repository import (
    AsyncExecute,
    AsyncMiddleware,
    Capacity,
    Execute,
    Failed,
    Middleware,
    Observed,
    Observer,
    Retry,
    Sent,
)
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.tracing import differs

__all__ = [
    "AsyncExecute",
    "AsyncMiddleware",
    "Capacity",
    "Check",
    "Condition",
    "Context",
    "Count",
    "Execute",
    "Failed",
    "IndexPlace",
    "Key",
    "Middleware",
    "Observed",
    "Observer",
    "OldItem",
    "Operation",
    "Pattern",
    "Request",
    "Retry",
    "Sent",
    "Write",
    "WriteOperation",
    "answer_types",
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


def answer_types(operation: AnyOperation) -> tuple[type[BaseModel], ...]:
    """The classes of what a read returns: its entities, or the view that a query has of one."""
    asked = query_of(operation)
    return entities(operation) if asked is None else asked.reader.models


def entity_name(write: AnyWrite) -> str:
    """The name of the entity that is written, as stored with its items."""
    check_is_write("entity_name", write)
    return write.schema.name


def tables(operation: AnyOperation) -> tuple[TableDefinition, ...]:
    """The tables that the operation is sent to."""
    return tables_of(operation)


def writes(operation: AnyOperation) -> tuple[AnyWrite, ...]:
    """The one write, or all writes of a transaction or a batch.

    None for reads, and for `clear(query)`, which finds what it deletes once it is sent.
    """
    return writes_of(operation)


def must_be_fresh(operation: AnyOperation) -> bool:
    """Whether a cache must not answer a read: it scans, is consistent, hides expired items, reports
    unreadable or missing ones, or gets a view of an item."""
    if is_get(operation) or is_batch_get(operation):
        is_partial = operation.reader.is_partial
        return operation.is_consistent or operation.hides_expired or is_partial
    asked = query_of(operation)
    if asked is None or asked.key_query.is_consistent or asked.hydration is not None:
        return True
    return asked.hides_expired or asked.tolerates_unreadable


def question(operation: AnyOperation) -> str:
    """A cache key: text that is the same for the same reads, whichever pattern made them."""
    bare: Any = operation
    limits: tuple[object, ...] = ()
    if is_batch_get(operation):  # a request has each key once, in any place
        limits = tuple(operation.key.render(each) for each in operation.identities)
    asked = paged_read_of(operation)
    if asked is not None:
        limits = (asked.items_in_all, asked.items_per_request, asked.requests_at_most, asked.cursor)
        limits = (*limits, asked.reader.models, asked.hydration)
        bare = operation if isinstance(operation, Count) else replace(asked, cursor=None)
    requests = [(each.operation, each.parameters) for each in bare.requests(Context())]
    return json.dumps([type(operation).__name__, limits, requests], default=repr, sort_keys=True)


def answers_one(operation: AnyOperation) -> bool:
    """Whether a read returns one entity or None, and no page."""
    return not isinstance(operation, (PagedRead, BatchGet, Count, Search, Snapshot))


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
    held, given = schema.values(write.before), schema.values(write.after)
    moved = {name for name in schema.told_by_index if differs(held[name], given[name])}
    return tuple(
        name
        for name, attribute in schema.attributes.items()
        if (name in moved or attribute.stored in changes) and name not in kept
    )


def predicted_result(operation: Operation[R], context: Context) -> R:
    """The result that a write will have if nothing refuses it.

    `InvalidOperation` for partial updates, whose results only DynamoDB knows, and for reads.
    """
    if _is_transaction(operation):
        if operation.result_of is None:
            return cast(R, None)
        return predicted_result(operation.result_of, context)
    if isinstance(operation, Batch):
        return cast(R, None)
    if _is_predictable(operation):
        return operation.prepare(context).result({})
    raise InvalidOperation(
        where=type(operation).__name__,
        declared="its result is not known before it is written",
        allowed="create, put, update, delete, and transactions of them",
    )


def _is_transaction(operation: Operation[R]) -> TypeGuard[Transaction[R]]:
    return isinstance(operation, Transaction)


def _is_predictable(operation: Operation[R]) -> TypeGuard[PredictableWrite[R]]:
    return isinstance(operation, PredictableWrite)
