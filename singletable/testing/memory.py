"""DynamoDB within the process, as a transport: one store behind one lock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from threading import RLock
from weakref import WeakSet

from singletable.testing.errors import TransportError
from singletable.testing.item_operations import (
    batch_get_item,
    batch_write_item,
    delete_item,
    get_item,
    put_item,
    update_item,
)
from singletable.testing.parameters import Parameters, check_names
from singletable.testing.reads import query, scan
from singletable.testing.searches import search_vectors
from singletable.testing.table_operations import (
    create_table,
    delete_table,
    describe_table,
    describe_time_to_live,
    list_tables,
    update_time_to_live,
)
from singletable.testing.tables import Store
from singletable.testing.transactions import transact_get_items, transact_write_items
from singletable.transport import Transport, note_possible_writes
from singletable.transport.attempts import WRITES

_Operation = Callable[[Store, Parameters], dict[str, object]]

_NAMES = ("ExpressionAttributeNames",)
_VALUES = (*_NAMES, "ExpressionAttributeValues")
_WRITE = (
    "TableName",
    "ConditionExpression",
    *_VALUES,
    "ReturnConsumedCapacity",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
)
_READ = (
    "TableName",
    "IndexName",
    "FilterExpression",
    "ProjectionExpression",
    *_VALUES,
    "Limit",
    "ExclusiveStartKey",
    "ConsistentRead",
    "Select",
    "ReturnConsumedCapacity",
)
_OPERATIONS: dict[str, tuple[_Operation, tuple[str, ...]]] = {
    "GetItem": (
        get_item,
        (
            "TableName",
            "Key",
            "ConsistentRead",
            "ProjectionExpression",
            *_NAMES,
            "ReturnConsumedCapacity",
        ),
    ),
    "PutItem": (put_item, (*_WRITE, "Item")),
    "UpdateItem": (update_item, (*_WRITE, "Key", "UpdateExpression")),
    "DeleteItem": (delete_item, (*_WRITE, "Key")),
    "Query": (query, (*_READ, "KeyConditionExpression", "ScanIndexForward")),
    "Scan": (scan, (*_READ, "Segment", "TotalSegments")),
    "SearchVectors": (
        search_vectors,
        (
            "TableName",
            "IndexName",
            "SearchVector",
            "TopK",
            "SearchConditionExpression",
            "ProjectionExpression",
            *_VALUES,
            "ReturnConsumedCapacity",
        ),
    ),
    "BatchGetItem": (batch_get_item, ("RequestItems", "ReturnConsumedCapacity")),
    "BatchWriteItem": (batch_write_item, ("RequestItems", "ReturnConsumedCapacity")),
    "TransactGetItems": (transact_get_items, ("TransactItems", "ReturnConsumedCapacity")),
    "TransactWriteItems": (
        transact_write_items,
        ("TransactItems", "ReturnConsumedCapacity", "ClientRequestToken"),
    ),
    "CreateTable": (
        create_table,
        (
            "TableName",
            "AttributeDefinitions",
            "KeySchema",
            "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
            "VectorIndexes",
            "BillingMode",
            "ProvisionedThroughput",
            "OnDemandThroughput",
            "WarmThroughput",
            "StreamSpecification",
            "SSESpecification",
            "Tags",
            "TableClass",
            "DeletionProtectionEnabled",
        ),
    ),
    "DescribeTable": (describe_table, ("TableName",)),
    "DeleteTable": (delete_table, ("TableName",)),
    "ListTables": (list_tables, ("ExclusiveStartTableName", "Limit")),
    "UpdateTimeToLive": (update_time_to_live, ("TableName", "TimeToLiveSpecification")),
    "DescribeTimeToLive": (describe_time_to_live, ("TableName",)),
}
_KNOWN = {name: frozenset(parameters) for name, (_, parameters) in _OPERATIONS.items()}
OPERATIONS = frozenset(_KNOWN)


def memory_transport(*, clock: Callable[[], float] = time.time) -> Transport:
    """Returns a DynamoDB without tables, which lives as long as this transport.

        transport = memory_transport()
        transport("CreateTable", create_table(blog, "blog"))
        repository = Repository(transport, {blog: "blog"})

    Legacy parameters (`Expected`, `AttributesToGet` …) and other operations are refused. Safe for
    threads, which take turns, and for forks: a child has a store of its own. Expired items stay,
    as they may on DynamoDB. `clock` gives seconds since the epoch, for the ten minutes in which a
    transaction's token is remembered and for the creation times of tables.
    """
    store = Store(clock)
    lock = _Lock()
    _LOCKS.add(lock)

    def send(operation: str, parameters: Parameters) -> dict[str, object]:
        if operation not in _OPERATIONS:
            raise TransportError(
                "UnknownOperationException",
                f"{operation} is none of {', '.join(sorted(_OPERATIONS))}",
            )
        check_names(parameters, _KNOWN[operation])
        with lock.held:
            response = _OPERATIONS[operation][0](store, parameters)
        if operation in WRITES:
            note_possible_writes()
        return response

    return send


class _Lock:
    """A store's lock, which is taken around every fork: the child's store is whole, and free."""

    def __init__(self) -> None:
        self.held = RLock()


_LOCKS: WeakSet[_Lock] = WeakSet()
_TAKEN: list[_Lock] = []
_FORKING = RLock()


def _take_all() -> None:
    _FORKING.acquire()
    _TAKEN[:] = _LOCKS
    for lock in _TAKEN:
        lock.held.acquire()


def _release_all() -> None:
    while _TAKEN:
        _TAKEN.pop().held.release()
    _FORKING.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take_all, after_in_parent=_release_all, after_in_child=_release_all)
