"""Observers of a repository: log lines, and OpenTelemetry's spans and durations.

Both tell of patterns, tables, indexes and numbers, never of keys, values or messages. OpenTelemetry
is loaded when its observer is made: `pip install singletable[otel]`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from singletable.codec.wire import is_mapping
from singletable.errors.request import WriteRefused
from singletable.repository.observed import Failed, Observed, Observer, Sent
from singletable.transport.attempts import WRITES

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

__all__ = ["log_operations", "open_telemetry"]

Facts: TypeAlias = dict[str, str | bool | int | float | Sequence[str]]

_SYSTEM = "aws.dynamodb"
_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_PARAMETERS: Mapping[str, tuple[str, type[str | bool | int]]] = {
    "IndexName": ("aws.dynamodb.index_name", str),
    "ConsistentRead": ("aws.dynamodb.consistent_read", bool),
    "Limit": ("aws.dynamodb.limit", int),
    "ProjectionExpression": ("aws.dynamodb.projection", str),
    "ScanIndexForward": ("aws.dynamodb.scan_forward", bool),
    "Segment": ("aws.dynamodb.segment", int),
    "Select": ("aws.dynamodb.select", str),
    "TotalSegments": ("aws.dynamodb.total_segments", int),
}
"""What a request says of itself without saying what it is about."""


def log_operations(logger: logging.Logger | None = None, level: int = logging.INFO) -> Observer:
    """Makes an observer that logs a line of each operation, its facts in the record's `operation`.

    Errors are warnings, but for refused writes, which are answers.
    """
    log = logger or logging.getLogger("singletable.operations")

    def observe(observed: Observed) -> None:
        is_answer = observed.error is None or isinstance(observed.error, WriteRefused)
        at = level if is_answer else max(level, logging.WARNING)
        if log.isEnabledFor(at):
            facts = _facts(observed)
            text = "%(pattern)s %(operation)s %(outcome)s in %(milliseconds)s ms"
            log.log(at, text, facts, extra={"operation": facts})

    return observe


def _facts(observed: Observed) -> dict[str, object]:
    facts: dict[str, object] = {
        "pattern": observed.pattern,
        "operation": observed.operation,
        "outcome": observed.outcome,
        "milliseconds": round(observed.seconds * 1000, 2),
        "requests": [each.operation for each in observed.requests],
        "retries": observed.retries,
        "tables": list(observed.tables),
        "items": observed.items,
    }
    if observed.failed:
        facts["failures"] = [each.error.code for each in observed.failed]
    if observed.capacity:
        facts["capacity"] = {
            f"{each.table}/{each.index}" if each.index else each.table: each.units
            for each in observed.capacity
        }
    return facts


def open_telemetry(
    tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> Observer:
    """Makes an observer that ends a client span, and records a duration, for each operation.

    A span has the name of its pattern, and an event for each attempt; without providers it goes to
    the global ones. It is begun when the operation has ended, with the time at which that began.
    """
    from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra

    tracer = trace.get_tracer("singletable", tracer_provider=tracer_provider)
    durations = metrics.get_meter("singletable", meter_provider=meter_provider).create_histogram(
        "db.client.operation.duration",
        unit="s",
        description="Duration of database client operations.",
        explicit_bucket_boundaries_advisory=_BUCKETS,
    )

    def observe(observed: Observed) -> None:
        common = _common(observed)
        durations.record(observed.seconds, common)
        target = " ".join(str(common[name]) for name in _TARGET if name in common)
        span = tracer.start_span(
            observed.pattern or target or observed.operation,
            kind=trace.SpanKind.CLIENT,
            attributes={**common, **_details(observed)},
            start_time=_nanoseconds(observed.started),
        )
        _add_events(span, observed)
        if observed.error is not None:
            span.set_status(trace.Status(trace.StatusCode.ERROR, observed.outcome))
        span.end(_nanoseconds(observed.started + observed.seconds))

    return observe


_TARGET = ("db.operation.name", "db.collection.name")


def _common(observed: Observed) -> Facts:
    """The attributes of few values, by which durations are kept, too."""
    facts: Facts = {"db.system.name": _SYSTEM}
    names = {each.operation for each in observed.requests}
    if len(names) == 1:
        facts["db.operation.name"] = names.pop()
    if len(observed.tables) == 1:
        facts["db.collection.name"] = observed.tables[0]
    if observed.pattern is not None:
        facts["db.query.summary"] = observed.pattern
    if observed.error is not None:
        facts["error.type"] = observed.outcome
    return facts


def _details(observed: Observed) -> Facts:
    facts: Facts = {
        "singletable.operation": observed.operation,
        "singletable.requests": len(observed.requests),
        "singletable.retries": observed.retries,
        "aws.dynamodb.table_names": observed.tables,
    }
    if not any(each.operation in WRITES for each in observed.requests):
        facts["db.response.returned_rows"] = observed.items
    if observed.pattern is not None:
        facts["singletable.pattern"] = observed.pattern
    if observed.failed and observed.error is not None:
        facts["db.response.status_code"] = observed.failed[-1].error.code
    if observed.capacity:
        facts["aws.dynamodb.consumed_capacity"] = tuple(_capacity_texts(observed))
    for name in ("Count", "ScannedCount"):
        counts = [each.response[name] for each in observed.sent if name in each.response]
        if counts:
            facts[f"aws.dynamodb.{'count' if name == 'Count' else 'scanned_count'}"] = sum(counts)
    if observed.requests:
        facts |= _asked(observed.requests[0].parameters)
    return facts


def _asked(parameters: Mapping[str, Any]) -> Facts:
    """The facts of a request; its size where it is a batch or a transaction."""
    facts: Facts = {}
    for name, (attribute, kind) in _PARAMETERS.items():
        value: object = parameters.get(name)
        if isinstance(value, kind):
            facts[attribute] = value
    actions, batches = parameters.get("TransactItems"), parameters.get("RequestItems")
    if actions is not None:
        facts["db.operation.batch.size"] = len(actions)
    if batches is not None:
        parts = (each["Keys"] if is_mapping(each) else each for each in batches.values())
        facts["db.operation.batch.size"] = sum(map(len, parts))
    return facts


def _capacity_texts(observed: Observed) -> Iterator[str]:
    """As the service tells it, in JSON: an object for each table."""
    for table in dict.fromkeys(each.table for each in observed.capacity):
        parts = [each for each in observed.capacity if each.table == table]
        told: dict[str, object] = {
            "TableName": table,
            "CapacityUnits": sum(each.units for each in parts),
        }
        indexes = {each.index: {"CapacityUnits": each.units} for each in parts if each.index}
        if indexes:
            told["Indexes"] = indexes
        yield json.dumps(told)


def _add_events(span: Span, observed: Observed) -> None:
    for each in observed.attempts:
        facts: Facts = {"db.operation.name": each.request.operation}
        if isinstance(each, Failed):
            facts["db.response.status_code"] = each.error.code
        else:
            facts["singletable.seconds"] = each.seconds
        name = "answer" if isinstance(each, Sent) else "failed attempt"
        span.add_event(name, facts, _nanoseconds(each.at))


def _nanoseconds(moment: float) -> int:
    return int(moment * 1e9)
