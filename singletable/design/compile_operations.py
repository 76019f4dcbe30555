"""Compiles operations, of symbols or of real values, to the intermediate representation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import BaseModel

from singletable.codec.wire import AttributeValue
from singletable.design import ir
from singletable.design.compile_batches import compile_batch, compile_clear
from singletable.design.wire_text import (
    NOW,
    assignments,
    expression,
    jsonable,
    key_conditions,
    key_equalities,
)
from singletable.errors.request import VersionConflict
from singletable.formats.number import Integer
from singletable.operations import (
    BatchGet,
    Clear,
    Context,
    Count,
    Get,
    Operation,
    PagedRead,
    Query,
    Scan,
    Search,
    Write,
)
from singletable.operations.reads.batch_get import is_batch_get
from singletable.operations.reads.cursor import CursorSeal
from singletable.operations.reads.get import is_get
from singletable.operations.reads.key_conditions import sort_placeholder
from singletable.operations.reads.paged_read import paged_read_of
from singletable.operations.reads.query import query_of
from singletable.operations.reads.reader import Reader
from singletable.operations.reads.scan import scan_of
from singletable.operations.reads.search import is_search
from singletable.operations.reads.snapshot import is_snapshot
from singletable.operations.writes.action import Action
from singletable.operations.writes.batch import is_batch
from singletable.operations.writes.bound_rules import find_bounds
from singletable.operations.writes.partial_update import PartialUpdate
from singletable.operations.writes.update import is_update
from singletable.operations.writes.write import writes_of
from singletable.patterns.plan import schemas_of
from singletable.schema import Schema
from singletable.table import SHARD, TableDefinition
from singletable.templates import Part
from singletable.tracing import Symbol


def context_at(now: datetime, tables: Mapping[TableDefinition, str] | None = None) -> Context:
    """A context whose cursors are the same in every run; tables by their declared names."""
    return Context(tables, now, CursorSeal(bytes(32)))


SYMBOLIC = context_at(NOW)
"""The context of readable requests, whose moment is shown as `now`."""


def compile_operation(operation: Operation[object]) -> ir.Operation:
    """Compiles an operation: its reads and writes, tables and entities."""
    schemas = schemas_of(operation)
    return ir.Operation(
        kind=type(operation).__name__,
        tables=tuple(dict.fromkeys(schema.table.name for schema in schemas)),
        entities=tuple(schema.name for schema in schemas),
        index=_index_of(operation),
        reads=tuple(_reads(operation)),
        writes=tuple(_writes(operation)),
    )


def _index_of(operation: Operation[object]) -> str:
    asked = paged_read_of(operation)
    if asked is not None:
        return asked.key_query.key.index.label
    return operation.key.index.label if is_search(operation) else ir.PRIMARY


def compile_requests(operation: Operation[object], context: Context) -> tuple[ir.Request, ...]:
    """Compiles the first requests of an operation."""
    return tuple(
        ir.Request(request.operation, jsonable(request.parameters))
        for request in operation.requests(context)
    )


def partition_key(query: Query[BaseModel]) -> dict[str, AttributeValue]:
    """The partition key of a query; `{shard}` in a sharded one that names no shard."""
    key, equals = query.key_query.key, dict(query.key_query.equals)
    if key.shards is not None:
        equals.setdefault(SHARD, Symbol(f"{{{SHARD}}}", SHARD, int))
    return {part.attribute.name: part.render(equals) for part in key.partition}


def _reads(operation: Operation[object]) -> Iterator[ir.Read]:
    query, scan = query_of(operation), scan_of(operation)
    if query is not None:
        yield _query(operation, query, bound=_bound(query, operation))
    elif scan is not None:
        yield _scan(operation, scan, bound=_bound(scan, operation))
    elif is_get(operation):
        yield _get(operation)
    elif is_snapshot(operation):
        yield from map(_get, operation.gets)
    elif is_batch_get(operation):
        yield _batch_get(operation)
    elif is_search(operation):
        yield _search(operation)


def _bound(asked: PagedRead[BaseModel], operation: Operation[object]) -> int | None:
    reads_all = isinstance(operation, (Count, Clear))
    return asked.requests_at_most if reads_all else asked.request_bound


def _get(get: Get[BaseModel]) -> ir.Read:
    (request,) = get.requests(SYMBOLIC)
    return ir.Read(
        table=get.reader.table.name,
        index=ir.PRIMARY,
        keys=(get.key.label,),
        conditions=key_equalities(request.parameters["Key"]),
        consistent=get.is_consistent,
        excludes_expired=get.hides_expired,
        view=_view(get.reader, request.parameters),
    )


def _batch_get(batch: BatchGet[BaseModel]) -> ir.Read:
    """Compiles a batch: the conditions of one of its keys."""
    return ir.Read(
        table=batch.reader.table.name,
        index=ir.PRIMARY,
        keys=(batch.key.label,),
        conditions=tuple(
            condition
            for identity in batch.identities[:1]
            for condition in key_equalities(batch.key.render(identity))
        ),
        consistent=batch.is_consistent,
        excludes_expired=batch.hides_expired,
        view=_view(batch.reader, batch.manner()),
    )


def _search(search: Search[BaseModel]) -> ir.Read:
    """Compiles a search: every condition is an equality, of the partition key or of a filter."""
    table = None if search.hydration is None else search.hydration.batch(search)
    index = search.key.index
    asked = search.request(SYMBOLIC).parameters if table is None else table.manner()
    return ir.Read(
        table=search.reader.table.name,
        index=index.label,
        keys=(search.key.label,),
        conditions=key_equalities(search.conditions()),
        excludes_expired=search.hides_expired,
        tolerates_unreadable=search.tolerates_unreadable,
        view=_view(search.reader, asked),
        hydration=None if table is None else ir.Hydration(),
        items_in_all=search.most,
        distance=None if index.vector is None else index.vector.distance,
    )


def _view(reader: Reader[BaseModel], parameters: Mapping[str, object]) -> ir.View | None:
    """The view that a read answers; None for whole entities."""
    if not reader.is_partial:
        return None
    (model,), asked = reader.models, expression(parameters, "ProjectionExpression")
    return ir.View(model.__name__, tuple(model.model_fields), asked.attributes if asked else ())


def _hydration(query: Query[BaseModel]) -> ir.Hydration | None:
    return None if query.hydration is None else ir.Hydration(query.hydration.is_consistent)


def _query(operation: Operation[object], query: Query[BaseModel], *, bound: int | None) -> ir.Read:
    """Compiles a query. `First` takes one item by itself: that is no limit of the caller's."""
    requests, is_whole = operation.requests(SYMBOLIC), operation is query
    first = requests[0].parameters
    table = query.hydration.batch(query) if query.hydration else None
    reads_keys = isinstance(operation, (Count, Clear))
    partition = key_equalities(partition_key(query))
    known = {condition.attribute for condition in partition}
    asked = query.key_query
    free = asked.free_fields
    return ir.Read(
        table=query.reader.table.name,
        index=asked.key.index.label,
        keys=tuple(key.label for key in asked.members),
        conditions=(
            *partition,
            *(each for each in key_conditions(first) if each.attribute not in known),
        ),
        descending=asked.is_backwards,
        chronological=bool(free) and _tells_time(sort_placeholder(asked.key, free[0])),
        ordered_by=free,
        filter=expression(first, "FilterExpression"),
        consistent=asked.is_consistent,
        excludes_expired=query.hides_expired,
        tolerates_unreadable=query.tolerates_unreadable,
        view=None if reads_keys else _view(query.reader, table.manner() if table else first),
        hydration=_hydration(query),
        items_in_all=query.items_in_all if is_whole else None,
        items_per_request=query.items_per_request,
        requests_at_most=bound,
        requests=len(requests),
    )


def _scan(operation: Operation[object], scan: Scan[BaseModel], *, bound: int | None) -> ir.Read:
    """Compiles a scan, which asks by no key."""
    requests, is_whole = operation.requests(SYMBOLIC), operation is scan
    first, counts = requests[0].parameters, isinstance(operation, Count)
    return ir.Read(
        table=scan.reader.table.name,
        index=scan.key_query.key.index.label,
        keys=(),
        conditions=(),
        filter=expression(first, "FilterExpression"),
        consistent=scan.key_query.is_consistent,
        excludes_expired=scan.hides_expired,
        tolerates_unreadable=scan.tolerates_unreadable,
        view=None if counts else _view(scan.reader, first),
        items_in_all=scan.items_in_all if is_whole else None,
        items_per_request=scan.items_per_request,
        requests_at_most=bound,
        requests=len(requests),
        because=scan.because,
    )


def _tells_time(part: Part | None) -> bool:
    """Whether to call the order one of time: to a reader the greatest number is not the newest."""
    if part is None or isinstance(part.format, Integer):
        return False
    return part.format.chronological


def _writes(operation: Operation[object]) -> Iterator[ir.Action]:
    if isinstance(operation, Clear):
        yield from compile_clear(operation.query, partition_key(operation.query))
    elif is_batch(operation):
        yield from compile_batch(operation.parts(SYMBOLIC))
    else:
        for write in writes_of(operation):
            yield from _actions(write)


def _actions(write: Write[object]) -> Iterator[ir.Action]:
    """Compiles the action on the entity's own item, then those on its unique items."""
    own, *uniques = write.prepare(SYMBOLIC).actions
    verb = type(write).__name__
    yield _action(
        write, own, verb=verb, refusals=tuple(_refusals(write, own)), changes=_changes(write, own)
    )
    for action in uniques:
        refusals = (ir.Refusal("UniqueTaken"),) if action.kind == "Put" else ()
        unique = _constraint(write.schema, action)
        yield _action(write, action, verb=action.kind, refusals=refusals, unique=unique)


def _action(
    write: Write[object],
    action: Action,
    *,
    verb: str,
    refusals: tuple[ir.Refusal, ...],
    changes: tuple[ir.Change, ...] = (),
    unique: str | None = None,
) -> ir.Action:
    return ir.Action(
        verb=verb,
        kind=action.kind,
        table=write.schema.table.name,
        entity=write.schema.name,
        unique=unique,
        conditional=unique is not None and is_update(write),
        key=key_equalities(action.key),
        update=expression(action.parameters, "UpdateExpression"),
        changes=changes,
        condition=expression(action.parameters, "ConditionExpression"),
        refusals=refusals,
    )


def _constraint(schema: Schema[BaseModel], action: Action) -> str:
    """`Member.email`: the constraint whose key template made the unique item's key."""
    partition = action.key[schema.primary.partition[0].attribute.name]["S"]
    labels = [each.label for each in schema.uniques if partition.startswith(each.template.literal)]
    return max(labels, key=len, default=schema.name)


def _changes(write: Write[object], own: Action) -> tuple[ir.Change, ...]:
    """The fields that an update writes where they differ, with the values the pattern gives."""
    if not is_update(write):
        return ()
    before, after = write.schema.values(write.before), write.schema.values(write.after)
    fixed = {*write.schema.primary.fields, *write.schema.roles.values()}
    assigned, stored = assignments(own.parameters), write.schema.attributes
    return tuple(
        _change(field, assigned.get(stored[field].stored))
        for field in before
        if field not in fixed and before[field] is not after[field]
    )


def _change(field: str, value: str | None) -> ir.Change:
    if value is None:
        return ir.Change(field, "removed")
    own = value.startswith("{") and value.endswith(f".{field}}}")
    return ir.Change(field, "replaced") if own else ir.Change(field, "set", value)


def _refusals(write: Write[object], own: Action) -> Iterator[ir.Refusal]:
    presence = write.condition.presence
    if presence == "present":
        yield ir.Refusal("ItemMissing")
    if presence == "absent":
        yield ir.Refusal("ItemExists")
    elif _relies_on_what_was_read(write, own):
        yield ir.Refusal("VersionConflict")
    if write.condition.condition is not None:
        labels = [(label.name, label.message) for label in write.condition.labels]
        for name, message in labels or [("", "")]:
            yield ir.Refusal("ConditionFailed", label=name, message=message)
    if isinstance(write, PartialUpdate):
        for bound in find_bounds(write.updates):
            yield ir.Refusal("ConditionFailed", message=bound.text)


def _relies_on_what_was_read(write: Write[object], own: Action) -> bool:
    """Whether the write may raise `VersionConflict`; updates of index keys also unversioned."""
    if is_update(write):
        return write.schema.version is not None or bool(write.schema.secondary)
    guarded = "ConditionExpression" in own.parameters
    refused = own.refusal(write.schema.type_item or own.key)
    return guarded and isinstance(refused, VersionConflict)
