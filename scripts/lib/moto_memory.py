"""Keeps moto's time and memory proportional to what a request touches.

To roll a transaction back, moto copies the whole table once for each of its actions. And it keeps
every object that it ever made in a list of the object's class, for its dashboard. With some
thousand items a transaction takes seconds, and the process gigabytes. Here a transaction copies
only the items that it names, and the lists stay empty. A stream keeps its latest records, and
whoever reads it the latest iterators: moto keeps all of both.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from itertools import islice
from types import SimpleNamespace
from typing import Any

from moto.core.common_models import BaseModel
from moto.dynamodb import models
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend, Table
from moto.dynamodb.models.table import StreamShard
from moto.dynamodbstreams.models import DynamoDBStreamsBackend

Action = Mapping[str, Mapping[str, Any]]  # {"Put": {"TableName": …, "Item": …}}
Place = tuple[MutableMapping[Any, Any], Any]  # a mapping of items, and the key of one of them
Transact = Callable[[DynamoDBBackend, list[Action]], None]
GetRecords = Callable[[DynamoDBStreamsBackend, str, int], dict[str, Any]]
ReadShard = Callable[[StreamShard, int, int], list[dict[str, Any]]]

MOST_RECORDS = 10_000
MOST_ITERATORS = 1_000


def bound_memory() -> None:
    """Patches moto in this process; a second call changes nothing."""
    if isinstance(models.copy, SimpleNamespace):
        return
    models.copy = SimpleNamespace(deepcopy=_copy_unless_table)
    DynamoDBBackend.transact_write_items = _undoing(DynamoDBBackend.transact_write_items)
    BaseModel.__new__ = staticmethod(_new)
    StreamShard.get = _from_the_oldest(StreamShard.get)
    DynamoDBStreamsBackend.get_records = _forgetting(DynamoDBStreamsBackend.get_records)


def _new(model: type[BaseModel], *_: object, **__: object) -> BaseModel:
    return object.__new__(model)


def _copy_unless_table(thing: Any) -> Any:
    """What moto puts back after a failure is then the table that is there."""
    return thing if isinstance(thing, Table) else copy.deepcopy(thing)


def _undoing(transact: Transact) -> Transact:
    def transact_write_items(backend: DynamoDBBackend, transact_items: list[Action]) -> None:
        tables = [backend.tables[name] for name in _table_names(backend, transact_items)]
        with _stream_undone(tables), _items_undone(list(_places(backend, transact_items))):
            transact(backend, transact_items)

    return transact_write_items


@contextmanager
def _items_undone(places: list[Place]) -> Iterator[None]:
    """Puts back what was there, should the transaction fail; an update changes an item in place."""
    before = [copy.deepcopy(items.get(key)) for items, key in places]
    try:
        yield
    except Exception:
        for (items, key), item in zip(places, before, strict=True):
            if item is None:
                items.pop(key, None)
            else:
                items[key] = item
        raise


@contextmanager
def _stream_undone(tables: list[Table]) -> Iterator[None]:
    """Takes back what was told of a transaction that failed."""
    shards = [table.stream_shard for table in tables if table.stream_shard]
    for shard in shards:
        _trim(shard)
    lengths = [len(shard.items) for shard in shards]
    try:
        yield
    except Exception:
        for shard, length in zip(shards, lengths, strict=True):
            del shard.items[length:]
        raise


def _trim(shard: StreamShard) -> None:
    surplus = max(0, len(shard.items) - MOST_RECORDS)
    del shard.items[:surplus]
    shard.starting_sequence_number += surplus


def _from_the_oldest(read: ReadShard) -> ReadShard:
    """Whoever comes too late for a record goes on with the oldest there is."""

    def get(shard: StreamShard, start: int, quantity: int) -> list[dict[str, Any]]:
        return read(shard, max(start, shard.starting_sequence_number), quantity)

    return get


def _forgetting(get_records: GetRecords) -> GetRecords:
    """Each answer brings another iterator; DynamoDB's end after a quarter of an hour."""

    def get(backend: DynamoDBStreamsBackend, iterator: str, limit: int) -> dict[str, Any]:
        answer = get_records(backend, iterator, limit)
        known = backend.shard_iterators
        for old in list(islice(known, max(0, len(known) - MOST_ITERATORS))):
            del known[old]
        return answer

    return get


def _table_names(backend: DynamoDBBackend, actions: list[Action]) -> set[str]:
    named = {of.get("TableName", "") for action in actions for of in action.values()}
    return named & backend.tables.keys()


def _places(backend: DynamoDBBackend, actions: list[Action]) -> Iterator[Place]:
    """Of the items that the actions name; moto itself refuses those without a table or a key."""
    for of in (of for action in actions for of in action.values()):
        table, attributes = backend.tables.get(of.get("TableName")), of.get("Key") or of.get("Item")
        with suppress(MockValidationException):
            if table and attributes:
                partition, key = backend.get_keys_value(table, attributes)
                yield (table.items[partition], key) if key else (table.items, partition)
