"""What observers are told: an operation that has ended, with its attempts and what it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any, TypeAlias

from singletable.codec.wire import is_list, is_mapping
from singletable.errors.base import SingleTableError
from singletable.errors.transport import TransportError
from singletable.operations import Request
from singletable.operations.protocol import Response
from singletable.records import record

_INDEXES = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
_SEARCHED = "VectorSearchRequestBytes"


@record
class Sent:
    """One request that was answered. `seconds` includes its retries, `at` is its end."""

    pattern: str | None
    request: Request
    response: Response
    seconds: float
    at: float = field(default_factory=time.time, compare=False)


@record
class Failed:
    """One attempt at a request that was refused, cancelled or lost."""

    pattern: str | None
    request: Request
    error: TransportError
    at: float = field(default_factory=time.time, compare=False)


@record
class Capacity:
    """Units that a table (index None), or an index of it, took: of reads or of writes."""

    table: str
    index: str | None
    units: float


@record
class Observed:
    """One operation that has ended, well or in an `error`: for logs, metrics and traces.

    `operation` is its kind, such as "Query" or "Create"; `attempts` are in the order of their ends;
    `started` is a moment in epoch seconds. Requests and responses hold keys and values.
    """

    pattern: str | None
    operation: str
    attempts: tuple[Sent | Failed, ...]
    started: float
    seconds: float
    error: BaseException | None = None

    @property
    def outcome(self) -> str:
        """ "ok", the error's slug, or the name of an exception's class."""
        if self.error is None:
            return "ok"
        if isinstance(self.error, SingleTableError):
            return self.error.slug
        return "abandoned" if isinstance(self.error, GeneratorExit) else type(self.error).__name__

    @cached_property
    def sent(self) -> tuple[Sent, ...]:
        return tuple(each for each in self.attempts if isinstance(each, Sent))

    @cached_property
    def failed(self) -> tuple[Failed, ...]:
        return tuple(each for each in self.attempts if isinstance(each, Failed))

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """What was sent, each once."""
        return tuple({id(each.request): each.request for each in self.attempts}.values())

    @property
    def retries(self) -> int:
        """How often requests were sent again, by the repository or, as far as it tells, below."""
        below = (each.response.get("ResponseMetadata", {}) for each in self.sent)
        again = sum(int(each.get("RetryAttempts", 0)) for each in below)
        return len(self.attempts) - len(self.requests) + again

    @property
    def items(self) -> int:
        """How many items were read, or written and checked."""
        return sum(_count_items(each) for each in self.sent)

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The real names of the tables that were asked."""
        return tuple(dict.fromkeys(name for each in self.requests for name in _tables_of(each)))

    @cached_property
    def capacity(self) -> tuple[Capacity, ...]:
        """What it took per table and index; nothing without the option `count_capacity`."""
        units: dict[tuple[str, str | None], float] = {}
        for table, index, taken in (part for each in self.sent for part in _taken(each.response)):
            units[table, index] = units.get((table, index), 0.0) + taken
        return tuple(Capacity(table, index, taken) for (table, index), taken in units.items())

    @property
    def vector_bytes(self) -> float:
        """The bytes of vectors that searches compared and writes indexed; told as `capacity` is."""
        told = (part for each in self.sent for part in _told(each.response))
        return sum(map(_vector_bytes, told))


Observer: TypeAlias = Callable[[Observed], object]
"""Is called in the thread or task of an operation when it has ended, before its result is given."""

Observers: TypeAlias = Observer | Sequence[Observer]


def _told(response: Response) -> Iterator[Mapping[Any, Any]]:
    told: object = response.get("ConsumedCapacity") or []
    for each in told if is_list(told) else [told]:
        if is_mapping(each):
            yield each


def _taken(response: Response) -> Iterator[tuple[str, str | None, float]]:
    """Units by table and index; a search of vectors takes none, and names no table."""
    for each in _told(response):
        if _SEARCHED not in each:
            yield from _parts_of(str(each.get("TableName", "")), each)


def _vector_bytes(told: Mapping[Any, Any]) -> float:
    written: Mapping[str, Mapping[str, Any]] = told.get("VectorIndexes") or {}
    indexed = sum(float(each.get("VectorWriteRequestBytes", 0.0)) for each in written.values())
    return indexed + float(told.get(_SEARCHED, 0.0))


def _parts_of(table: str, told: Mapping[Any, Any]) -> Iterator[tuple[str, str | None, float]]:
    """The table's own part and those of its indexes; the whole where they are not told apart."""
    indexes: dict[str, Mapping[str, Any]] = {}
    for kind in _INDEXES:
        indexes |= told.get(kind) or {}
    own: Mapping[str, Any] = told.get("Table", {} if indexes else told)
    if own:
        yield table, None, float(own.get("CapacityUnits", 0.0))
    for name, part in indexes.items():
        yield table, name, float(part.get("CapacityUnits", 0.0))


def _count_items(sent: Sent) -> int:
    operation, parameters, response = sent.request.operation, sent.request.parameters, sent.response
    if operation in ("Query", "Scan", "SearchVectors"):
        found = response.get("SearchResults", response.get("Items", ()))
        return int(response.get("Count", len(found)))
    if operation == "GetItem":
        return int("Item" in response)
    if operation == "BatchGetItem":
        return sum(map(len, response.get("Responses", {}).values()))
    if operation == "TransactGetItems":
        return sum("Item" in each for each in response.get("Responses", ()))
    if operation == "BatchWriteItem":
        left = response.get("UnprocessedItems", {})
        return sum(map(len, parameters["RequestItems"].values())) - sum(map(len, left.values()))
    return len(parameters.get("TransactItems", (None,)))


def _tables_of(request: Request) -> Iterator[str]:
    parameters = request.parameters
    if "TableName" in parameters:
        yield parameters["TableName"]
    yield from parameters.get("RequestItems", ())
    for action in parameters.get("TransactItems", ()):
        yield from (part["TableName"] for part in action.values())
