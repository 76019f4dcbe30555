"""Every metric, and what is counted for one request or message: queries, units, hits, failures.

Values of dimensions are few by nature: stages, methods, templates of routes, names of patterns.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, cast

from singletable.inspect import Failed, Observed, Sent
from singletable.transport import CANCELLED, TransportError

STAGE, ROUTE, METHOD, PATTERN = "Stage", "Route", "Method", "Pattern"
OF_THE_STAGE = ((STAGE,),)
OF_REQUESTS = ((STAGE,), (STAGE, ROUTE, METHOD))
OF_PATTERNS = ((STAGE, PATTERN),)
MOST_VALUES = 100
Values = float | list[float]


@dataclass(frozen=True)
class Metric:
    """`splits`: sets of dimensions, each of which makes metrics of its own in CloudWatch."""

    splits: tuple[tuple[str, ...], ...]
    name: str
    meaning: str
    unit: Literal["Count", "Milliseconds"] = "Count"


REQUESTS = Metric(OF_REQUESTS, "Requests", "Requests that were answered.")
LATENCY = Metric(
    OF_REQUESTS,
    "Latency",
    "From the request's arrival to the last byte of its answer.",
    "Milliseconds",
)
CLIENT_ERRORS = Metric(
    OF_REQUESTS, "ClientErrors", "Answers of 4xx; the average is their share of all."
)
SERVER_ERRORS = Metric(
    OF_REQUESTS, "ServerErrors", "Answers of 5xx, or none; the average is their share of all."
)
LIMITED = Metric(OF_THE_STAGE, "Limited", "Answers of 429: refused by a limit.")
POLICY_FAILURES = Metric(
    OF_THE_STAGE,
    "PolicyFailures",
    "Questions at which the access policy failed, so that nothing was allowed.",
)
QUERIES = Metric(
    OF_PATTERNS,
    "DynamoRequests",
    "Requests to DynamoDB that were answered; a page may take several.",
)
QUERY_LATENCY = Metric(
    OF_PATTERNS,
    "DynamoLatency",
    "Each answered request to DynamoDB, with its retries and pauses: a value for each.",
    "Milliseconds",
)
READ_UNITS = Metric(
    OF_PATTERNS, "ReadUnits", "Read capacity consumed, of table and indexes together."
)
WRITE_UNITS = Metric(
    OF_PATTERNS, "WriteUnits", "Write capacity consumed, of table and indexes together."
)
RETRIES = Metric(OF_PATTERNS, "Retries", "Attempts that the SDK made again before an answer came.")
THROTTLES = Metric(
    OF_PATTERNS, "Throttles", "Attempts that DynamoDB throttled through all retries of the SDK."
)
CONFLICTS = Metric(
    OF_PATTERNS, "Conflicts", "Attempts that met another transaction at the same item."
)
REFUSALS = Metric(
    OF_PATTERNS, "ConditionFailures", "Writes whose condition did not hold: versions, uniqueness."
)
FAULTS = Metric(
    OF_PATTERNS, "DynamoFailures", "Attempts that failed for any other reason, such as time-outs."
)
CACHE_HITS = Metric(OF_PATTERNS, "CacheHits", "Questions answered from the shared cache.")
CACHE_MISSES = Metric(
    OF_PATTERNS, "CacheMisses", "Questions that may be shared, asked of the table."
)
METRICS = tuple(each for each in list(globals().values()) if isinstance(each, Metric))
"""Nothing else is sent."""

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
    {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}
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
        return {**self.counts, QUERY_LATENCY: self.latencies[:MOST_VALUES]}


class Tally:
    """Safe under threads: those of a request share one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.patterns: dict[str, OfPattern] = {}
        self.policy_failures = 0

    def count(self, observed: Observed) -> None:
        for sent in observed.sent:
            self.count_sent(sent)
        for failed in observed.failed:
            self.count_failed(failed)

    def count_sent(self, sent: Sent) -> None:
        units = units_of(sent)
        retries = sent.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        with self._lock:
            of = self._of(sent.pattern)
            of.add(QUERIES, 1)
            of.add(READ_UNITS, units.read)
            of.add(WRITE_UNITS, units.write)
            if retries:
                of.add(RETRIES, retries)
            of.latencies.append(round(sent.seconds * 1000, 2))

    def count_failed(self, failed: Failed) -> None:
        with self._lock:
            self._of(failed.pattern).add(metric_of_failure(failed.error), 1)

    def count_served(self, served: Served) -> None:
        metric = CACHE_HITS if served.is_hit else CACHE_MISSES
        with self._lock:
            self._of(served.pattern).add(metric, 1)

    def count_policy_failure(self) -> None:
        with self._lock:
            self.policy_failures += 1

    def _of(self, pattern: str | None) -> OfPattern:
        return self.patterns.setdefault(pattern or UNNAMED, OfPattern())


def metric_of_failure(error: TransportError) -> Metric:
    """The metric that a failed attempt counts in; of a transaction, what its actions met."""
    codes = {reason.code for reason in error.reasons} - {"None"}
    if error.code != CANCELLED:
        codes = {error.code}
    if codes & _CONDITIONS:
        return REFUSALS
    if codes & _THROTTLED:
        return THROTTLES
    return CONFLICTS if codes & _CONFLICTS else FAULTS


_current: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def open_tally() -> Generator[Tally]:
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
        tally.count(observed)


def note_served(served: Served) -> None:
    """For a cache's `observe`."""
    if (tally := _current.get()) is not None:
        tally.count_served(served)


def note_policy_failure() -> None:
    if (tally := _current.get()) is not None:
        tally.count_policy_failure()


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
        if "ReadCapacityUnits" in each or "WriteCapacityUnits" in each:
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
