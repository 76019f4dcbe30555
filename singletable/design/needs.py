"""Finds what IAM must allow for an access pattern, whatever its arguments. Writes no policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel

from singletable.design import ir
from singletable.design.accesses import Access, accesses, leading_key
from singletable.design.compile_operations import SYMBOLIC, context_at, partition_key
from singletable.operations import Context, Operation, Query
from singletable.operations.reads.query import query_of

Tables = Mapping[str, ir.Table]
"""By the names that requests have."""

_ANOTHER = context_at(datetime(1001, 1, 1, 1, 1, 1, 101010, UTC))


def needs_of(operation: Operation[object], tables: Tables) -> tuple[ir.Need, ...]:
    """Lists the needs of every request that the operation of symbols may lead to."""
    query = query_of(operation)
    if query is not None:
        return (_of_query(query),)
    return tuple(dict.fromkeys(_request_needs(operation, tables)))


def _of_query(query: Query[BaseModel]) -> ir.Need:
    """The need of a query: a sharded partition is read in every shard."""
    value = next(iter(partition_key(query).values()))
    return ir.Need(
        "Query", query.reader.table.name, query.key_query.key.index.label, leading_key(value, value)
    )


def _request_needs(operation: Operation[object], tables: Tables) -> Iterator[ir.Need]:
    for one, other in zip(
        _accesses(operation, SYMBOLIC, tables), _accesses(operation, _ANOTHER, tables), strict=True
    ):
        for values in zip(one.keys, other.keys, strict=True):
            yield ir.Need(one.action, one.table, one.index, leading_key(*values))


def _accesses(operation: Operation[object], context: Context, tables: Tables) -> Iterator[Access]:
    for request in operation.requests(context):
        yield from accesses(request.operation, request.parameters, tables)
