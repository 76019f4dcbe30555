"""Every metric, what is counted for one request or message, and the CloudWatch EMF lines of it.

Values of dimensions are few by nature: stages, methods, templates of routes, names of patterns.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, cast

from app.core.context import current_context
from app.core.settings import Settings
from singletable.inspect import Failed, Observed, Sent
from singletable.transport import CANCELLED, TransportError

STAGE, ROUTE, METHOD, PATTERN = "Stage", "Route", "Method", "Pattern"
OF_THE_STAGE = ((STAGE,),)
OF_REQUESTS = ((STAGE,), (STAGE, ROUTE, METHOD))
OF_PATTERNS = ((STAGE, PATTERN),)


@dataclass(frozen=True)
class Metric:
    """`splits`: sets of dimensions, each of which makes metrics of its own in CloudWatch."""

    splits: tuple[tuple[str, ...], ...]
    name: str
    meaning: str
    unit: Literal["Count", "Milliseconds"] = "Count"


REQUESTS = Metric(OF_REQUESTS, "Requests", "Requests that were answered.")
_ARRIVAL = "From the request's arrival to the last byte of its answer."
LATENCY = Metric(OF_REQUESTS, "Latency", _ARRIVAL, "Milliseconds")
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
MOST_VALUES = 100
Values = float | list[float]


@dataclass
class OfPattern:
    """Sums of one access pattern, and the milliseconds of its first requests."""

    counts: dict[Metric, float] = field(default_factory=dict[Metric, float])
    latencies: list[float] = field(default_factory=list[float])

    def measured(self) -> dict[Metric, Values]:
        latencies = {QUERY_LATENCY: self.latencies} if self.latencies else {}
        return {**self.counts, **latencies}


@dataclass
class Tally:
    """Safe under threads: those of a request share one."""

    patterns: dict[str, OfPattern] = field(default_factory=dict[str, OfPattern])
    policy_failures: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def count_sent(self, sent: Sent) -> None:
        counts: dict[Metric, float] = {QUERIES: 1, **units_of(sent)}
        if retries := sent.response.get("ResponseMetadata", {}).get("RetryAttempts", 0):
            counts[RETRIES] = retries
        self._add(sent.pattern, counts, round(sent.seconds * 1000, 2))

    def count_failed(self, failed: Failed) -> None:
        self._add(failed.pattern, {metric_of_failure(failed.error): 1})

    def count_served(self, pattern: str, is_hit: bool) -> None:
        self._add(pattern, {CACHE_HITS if is_hit else CACHE_MISSES: 1})

    def count_policy_failure(self) -> None:
        with self._lock:
            self.policy_failures += 1

    def _add(self, pattern: str | None, counts: Mapping[Metric, float], *latencies: float) -> None:
        """Of more latencies than a line may have, the first are kept."""
        with self._lock:
            of = self.patterns.setdefault(pattern or UNNAMED, OfPattern())
            for metric, number in counts.items():
                of.counts[metric] = of.counts.get(metric, 0) + number
            of.latencies = [*of.latencies, *latencies][:MOST_VALUES]


# What the codes of failed attempts count as; of several codes, what stands first.
_FAILURES = {
    REFUSALS: {"ConditionalCheckFailed", "ConditionalCheckFailedException"},
    THROTTLES: {
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
    },
    CONFLICTS: {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    },
}


def metric_of_failure(error: TransportError) -> Metric:
    """The metric that a failed attempt counts in; of a transaction, what its actions met."""
    is_cancelled = error.code == CANCELLED
    codes = {each.code for each in error.reasons} if is_cancelled else {error.code}
    return next((metric for metric, known in _FAILURES.items() if codes & known), FAULTS)


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
        for sent in observed.sent:
            tally.count_sent(sent)
        for failed in observed.failed:
            tally.count_failed(failed)


def note_served(pattern: str, is_hit: bool) -> None:
    """For a cache's `observe`."""
    if (tally := _current.get()) is not None:
        tally.count_served(pattern, is_hit)


def note_policy_failure() -> None:
    if (tally := _current.get()) is not None:
        tally.count_policy_failure()


_READS = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"})


def units_of(sent: Sent) -> dict[Metric, float]:
    """Of table and indexes together: the whole says it, whose parts are not added again.

    A transaction or a batch says it for each table. Where reads and writes are not told apart,
    the request's kind does.
    """
    found: Any = sent.response.get("ConsumedCapacity") or []
    is_read = sent.request.operation in _READS
    read = write = 0.0
    for each in cast("list[dict[str, float]]", found if isinstance(found, list) else [found]):
        units = each.get("CapacityUnits", 0.0)
        if "ReadCapacityUnits" in each or "WriteCapacityUnits" in each:
            units = 0.0
        read += each.get("ReadCapacityUnits", units if is_read else 0.0)
        write += each.get("WriteCapacityUnits", 0.0 if is_read else units)
    return {READ_UNITS: read, WRITE_UNITS: write}


KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True)
class Answered:
    """`route` is the template, None if there is none; `status` 0 if no answer was begun."""

    method: str
    route: str | None
    status: int
    milliseconds: float


def to_stdout(text: str) -> None:
    """In one piece: log lines go the same way."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Meter:
    """`write` is given each line; `clock` says the time in seconds since 1970."""

    namespace: str
    stage: str
    write: Callable[[str], None] = to_stdout
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, settings: Settings) -> Meter | None:
        """None where metrics are off."""
        if settings.metrics == "off":
            return None
        return cls(settings.metrics_namespace, settings.app_env)

    def report(self, answered: Answered, tally: Tally) -> None:
        """Writes the lines of one request."""
        method = answered.method if answered.method in KNOWN_METHODS else "(other)"
        measured: dict[Metric, Values] = {
            REQUESTS: 1,
            LATENCY: round(answered.milliseconds, 2),
            CLIENT_ERRORS: int(400 <= answered.status < 500),
            SERVER_ERRORS: int(answered.status == 0 or answered.status >= 500),
            LIMITED: int(answered.status == 429),
            POLICY_FAILURES: tally.policy_failures,
        }
        self._write_line(measured, {ROUTE: answered.route or UNNAMED, METHOD: method})
        self.report_work(tally)

    def report_work(self, tally: Tally) -> None:
        """The same for work that no request asked for: its patterns alone."""
        for name, of in sorted(tally.patterns.items()):
            self._write_line(of.measured(), {PATTERN: name})

    def _write_line(self, measured: Mapping[Metric, Values], split: Mapping[str, str]) -> None:
        """The ids can be searched for in the logs, and are no dimensions."""
        context = current_context()
        line = {
            "_aws": {
                "Timestamp": int(self.clock() * 1000),
                "CloudWatchMetrics": list(self._directives(measured)),
            },
            "requestId": context.request_id or None,
            "traceId": context.trace.trace_id if context.trace else None,
            STAGE: self.stage,
            **split,
            **{metric.name: values for metric, values in measured.items()},
        }
        self.write(json.dumps(line))

    def _directives(self, measured: Iterable[Metric]) -> Iterator[dict[str, object]]:
        """One for all metrics that are split alike."""
        alike: dict[tuple[tuple[str, ...], ...], list[Metric]] = {}
        for metric in measured:
            alike.setdefault(metric.splits, []).append(metric)
        for splits, those in alike.items():
            yield {
                "Namespace": self.namespace,
                "Dimensions": [list(names) for names in splits],
                "Metrics": [{"Name": each.name, "Unit": each.unit} for each in those],
            }
