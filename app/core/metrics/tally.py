"""Counts what happens for one request or message: queries, units, cache hits, failures."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, cast

from app.core.metrics import declared
from app.core.metrics.declared import MOST_VALUES, Metric, Values
from singletable.inspect import Failed, Observed, Sent
from singletable.transport import CANCELLED, TransportError

UNNAMED = "(none)"


_THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
    }
)


_CONFLICTS = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


_CONDITIONS = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException"})


@dataclass
class OfPattern:
    """Sums of one access pattern, and the milliseconds of each of its requests."""

    counts: dict[Metric, float] = field(default_factory=dict[Metric, float])
    latencies: list[float] = field(default_factory=list[float])

    def add(self, metric: Metric, number: float) -> None:
        self.counts[metric] = self.counts.get(metric, 0) + number

    def measured(self) -> dict[Metric, Values]:
        """What there is; of more latencies than a line may have, the first."""
        if not self.latencies:
            return {**self.counts}
        return {**self.counts, declared.QUERY_LATENCY: self.latencies[:MOST_VALUES]}


class Tally:
    """Safe under threads: those of a request share one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.patterns: dict[str, OfPattern] = {}
        self.policy_failures = 0

    def observed(self, observed: Observed) -> None:
        for sent in observed.sent:
            self.sent(sent)
        for failed in observed.failed:
            self.failed(failed)

    def sent(self, sent: Sent) -> None:
        units = units_of(sent)
        retries = sent.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        with self._lock:
            of = self._of(sent.pattern)
            of.add(declared.QUERIES, 1)
            of.add(declared.READ_UNITS, units.read)
            of.add(declared.WRITE_UNITS, units.write)
            if retries:
                of.add(declared.RETRIES, retries)
            of.latencies.append(round(sent.seconds * 1000, 2))

    def failed(self, failed: Failed) -> None:
        with self._lock:
            self._of(failed.pattern).add(kind_of(failed.error), 1)

    def served(self, served: Served) -> None:
        metric = declared.CACHE_HITS if served.is_hit else declared.CACHE_MISSES
        with self._lock:
            self._of(served.pattern).add(metric, 1)

    def policy_failed(self) -> None:
        with self._lock:
            self.policy_failures += 1

    def _of(self, pattern: str | None) -> OfPattern:
        return self.patterns.setdefault(pattern or UNNAMED, OfPattern())


def kind_of(error: TransportError) -> Metric:
    """The metric that a failed attempt counts in; of a transaction, what its actions met."""
    codes = {reason.code for reason in error.reasons} - {"None"}
    if error.code != CANCELLED:
        codes = {error.code}
    if codes & _CONDITIONS:
        return declared.REFUSALS
    if codes & _THROTTLED:
        return declared.THROTTLES
    return declared.CONFLICTS if codes & _CONFLICTS else declared.FAULTS


_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def tallied() -> Generator[Tally]:
    """Counts what happens within, also in threads that are begun there."""
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)


def note_observed(observed: Observed) -> None:
    """For a repository's `observe`."""
    if (tally := _current.get()) is not None:
        tally.observed(observed)


def note_served(served: Served) -> None:
    """For a cache's `observe`."""
    if (tally := _current.get()) is not None:
        tally.served(served)


def note_policy_failure() -> None:
    if (tally := _current.get()) is not None:
        tally.policy_failed()


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


@dataclass(frozen=True)
class Served:
    """How a question that may be shared was answered: for metrics."""

    pattern: str
    is_hit: bool
