"""Capacity units that an answer of DynamoDB says it took. Knows requests by their names alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from singletable.inspect import Sent

_READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"})


@dataclass(frozen=True)
class Units:
    read: float = 0.0
    write: float = 0.0


def units_of(sent: Sent) -> Units:
    """Of table and indexes together: the whole says it, whose parts are not added again.

    A transaction or a batch says it for each table. Where reads and writes are not told apart,
    the request's kind does.
    """
    read = write = 0.0
    for each in _wholes(sent.response.get("ConsumedCapacity")):
        told = "ReadCapacityUnits" in each or "WriteCapacityUnits" in each
        if told:
            read += each.get("ReadCapacityUnits", 0.0)
            write += each.get("WriteCapacityUnits", 0.0)
        elif sent.request.operation in _READS:
            read += each.get("CapacityUnits", 0.0)
        else:
            write += each.get("CapacityUnits", 0.0)
    return Units(read, write)


def _wholes(found: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, list):
        yield from cast("list[Mapping[str, Any]]", found)
    elif isinstance(found, Mapping):
        yield cast("Mapping[str, Any]", found)
