"""Finds what IAM must allow for an access pattern, whatever its arguments. Writes no policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel

from singletable.design import ir
from singletable.design.accesses import Access, accesses, leading_key
from singletable.design.compile_batches import deleted_key, symbols_of
from singletable.design.compile_operations import SYMBOLIC, context_at, partition_key
from singletable.formats.text import Text
from singletable.operations import Clear, Context, Operation, Query, Search
from singletable.operations.reads.query import query_of
from singletable.operations.reads.scan import scan_of
from singletable.operations.reads.search import is_search
from singletable.operations.writes.update import is_update
from singletable.operations.writes.write import writes_of
from singletable.templates import Part

Tables = Mapping[str, ir.Table]
"""By the names that requests have."""

_ANOTHER = context_at(datetime(1001, 1, 1, 1, 1, 1, 101010, UTC))


def needs_of(operation: Operation[object], tables: Tables) -> tuple[ir.Need, ...]:
    """Lists the needs of every request that the operation of symbols may lead to."""
    query = query_of(operation)
    if query is not None:
        deletions = _of_deletions(query) if isinstance(operation, Clear) else ()
        return (_of_query(query), *dict.fromkeys((*deletions, *_of_hydration(query))))
    scan = scan_of(operation)
    if scan is not None:
        index = scan.key_query.key.index.label
        return (ir.Need("Scan", scan.reader.table.name, index, ("", "")),)
    if is_search(operation):
        index = operation.key.index.label
        need = ir.Need("SearchVectors", operation.reader.table.name, index, ("", ""))
        return (need, *_of_hydration(operation))
    known = (*_request_needs(operation, tables), *_respelling_needs(operation))
    return tuple(dict.fromkeys(known))


def _respelling_needs(operation: Operation[object]) -> Iterator[ir.Need]:
    """The needs of updates that leave unique fields as they are, where older forms may be stored.

    An upgrade or a fold makes another value of what is stored: the unique item moves to that. A
    default of an older item that is no constant is written, and its value claimed.
    """
    for write in writes_of(operation):
        uniques = write.schema.uniques if is_update(write) else ()
        for unique in uniques:
            is_folded = any(map(_folds, unique.template.parts))
            attributes = map(write.schema.attribute, unique.fields)
            is_made = any(not each.required and each.implied is None for each in attributes)
            if write.schema.upgrade is not None or is_folded or is_made:
                for action in ("PutItem", "DeleteItem"):
                    texts = (unique.template.literal, "")
                    yield ir.Need(action, write.schema.table.name, ir.PRIMARY, texts)


def _folds(part: Part) -> bool:
    return isinstance(part.format, Text) and bool(part.format.fold or part.format.lower)


def _of_query(query: Query[BaseModel]) -> ir.Need:
    """The need of a query: a sharded partition is read in every shard."""
    values = [*partition_key(query).values()]
    key = leading_key(values[0], values[0]) if len(values) == 1 else ("", "")
    return ir.Need("Query", query.reader.table.name, query.key_query.key.index.label, key)


def _of_hydration(query: Query[BaseModel] | Search[BaseModel]) -> Iterator[ir.Need]:
    """The needs of reading the items of an index from the table: any that it may have."""
    for schema in query.reader.schemas if query.hydration is not None else ():
        key = schema.primary
        value = key.partition[0].render(symbols_of(key.partition_fields))
        texts = leading_key(value, value)
        yield ir.Need("BatchGetItem", schema.table.name, ir.PRIMARY, texts)


def _of_deletions(query: Query[BaseModel]) -> Iterator[ir.Need]:
    """The needs of the deletion of what a query finds, and of its unique items."""
    for schema in query.reader.schemas:
        action = "DeleteItem" if schema.uniques else "BatchWriteItem"
        whole = deleted_key(query, schema, partition_key(query))
        key = whole[schema.primary.partition[0].attribute.name]
        yield ir.Need(action, schema.table.name, ir.PRIMARY, leading_key(key, key))
        for unique in schema.uniques:
            texts = (unique.template.literal, "")
            yield ir.Need("DeleteItem", schema.table.name, ir.PRIMARY, texts)


def _request_needs(operation: Operation[object], tables: Tables) -> Iterator[ir.Need]:
    for one, other in zip(
        _accesses(operation, SYMBOLIC, tables), _accesses(operation, _ANOTHER, tables), strict=True
    ):
        for values in zip(one.keys, other.keys, strict=True):
            yield ir.Need(one.action, one.table, one.index, leading_key(*values))


def _accesses(operation: Operation[object], context: Context, tables: Tables) -> Iterator[Access]:
    for request in operation.requests(context):
        yield from accesses(request.operation, request.parameters, tables)
