"""What an access pattern needs to be allowed, whatever its arguments. Writes no policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from singletable.catalogue.kinds import is_update, query_of, writes_of
from singletable.catalogue.readable import SYMBOLIC
from singletable.emit.access import Access, accesses
from singletable.emit.leading_key import LeadingKey, leading_key
from singletable.operations import Context, Operation, Query, Write
from singletable.patterns import Pattern
from singletable.table import SHARD, Table
from singletable.tracing import Symbol

_ANOTHER = Context("table", datetime(1001, 1, 1, 1, 1, 1, 101010, UTC), SYMBOLIC.cursors)


@dataclass(frozen=True)
class Need:
    """One action on the table (`index` None) or an index, at the partition keys of one pattern."""

    action: str
    index: str | None
    key: LeadingKey


def needs_of(pattern: Pattern, table: Table) -> frozenset[Need]:
    """Of every request that the pattern may lead to."""
    operation = pattern.operation
    query = query_of(operation)
    if query is not None:
        return frozenset({_of_query(query)})
    found = set(_requested(operation, table))
    for write in writes_of(operation):
        found |= set(_idle(write, table))
    return frozenset(found)


def _of_query(query: Query[Any]) -> Need:
    """A sharded partition is asked in every shard, however many there are."""
    equals = dict(query.equals)
    if query.key.shards is not None:
        equals.setdefault(SHARD, Symbol(f"{{{SHARD}}}", SHARD, int))
    value = query.key.partition.render(equals)
    return Need("Query", query.key.index.name, leading_key(value, value))


def _requested(operation: Operation[Any], table: Table) -> Iterator[Need]:
    for one, other in zip(
        _accesses(operation, SYMBOLIC, table), _accesses(operation, _ANOTHER, table), strict=True
    ):
        for values in zip(one.keys, other.keys, strict=True):
            yield Need(one.action, one.index, leading_key(*values))


def _accesses(operation: Operation[Any], context: Context, table: Table) -> Iterator[Access]:
    for request in operation.requests(context):
        yield from accesses(request.operation, request.parameters, table)


def _idle(write: Write[Any], table: Table) -> Iterator[Need]:
    """Within a transaction an update is a check where nothing differs; a version always does."""
    if is_update(write) and write.schema.version is None:
        for need in _requested(write, table):
            if need.action == "UpdateItem":
                yield Need("ConditionCheckItem", None, need.key)
