"""What happens for a request is counted by pattern; capacity is neither lost nor added twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest

from app.core import metrics
from app.core.metrics import (
    OfPattern,
    Tally,
    metric_of_failure,
    note_observed,
    note_policy_failure,
    note_served,
    open_tally,
    units_of,
)
from singletable.inspect import Failed, Observed, Request, Sent
from singletable.transport import CANCELLED, CancellationReason, TransportError


def sent(operation: str, consumed: Any = None, pattern: str | None = "p", **more: Any) -> Sent:
    response = {**({"ConsumedCapacity": consumed} if consumed else {}), **more}
    return Sent(pattern, Request(operation, {}), response, 0.002)


def observed(attempt: Sent | Failed) -> Observed:
    """An operation of one attempt."""
    return Observed(attempt.pattern, "Get", (attempt,), 0.0, 0.002)


INDEXES = {"Table": {"CapacityUnits": 1.0}, "GlobalSecondaryIndexes": {"A": {"CapacityUnits": 2.0}}}


@pytest.mark.parametrize(
    ("answer", "units"),
    [
        (sent("GetItem", {"CapacityUnits": 0.5}), (0.5, 0)),
        (sent("Query", {"CapacityUnits": 3.0, **INDEXES}), (3, 0)),
        (sent("PutItem", {"CapacityUnits": 3.0, **INDEXES}), (0, 3)),
        (
            sent(
                "TransactWriteItems",
                [{"CapacityUnits": 6.0, "WriteCapacityUnits": 6.0, **INDEXES}],
            ),
            (0, 6),
        ),
        (
            sent(
                "TransactWriteItems",
                [
                    {"CapacityUnits": 4.0, "ReadCapacityUnits": 4.0},
                    {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0},
                ],
            ),
            (4, 2),
        ),
        (sent("TransactGetItems", [{"CapacityUnits": 2.0}]), (2, 0)),
        (sent("DeleteItem"), (0, 0)),
    ],
)
def test_the_whole_is_counted_and_its_parts_are_not(
    answer: Sent, units: tuple[float, float]
) -> None:
    """For each table; a repeated transaction reads what it wrote before."""
    read, write = units
    assert units_of(answer) == {metrics.READ_UNITS: read, metrics.WRITE_UNITS: write}


def cancelled(*codes: str) -> TransportError:
    return TransportError(
        CANCELLED, "m", reasons=tuple(CancellationReason(code, "") for code in codes)
    )


@pytest.mark.parametrize(
    ("error", "metric"),
    [
        (TransportError("ConditionalCheckFailedException", "m"), metrics.REFUSALS),
        (cancelled("None", "ConditionalCheckFailed", "TransactionConflict"), metrics.REFUSALS),
        (TransportError("ProvisionedThroughputExceededException", "m"), metrics.THROTTLES),
        (TransportError("ThrottlingException", "m"), metrics.THROTTLES),
        (cancelled("ThrottlingError", "None"), metrics.THROTTLES),
        (cancelled("TransactionConflict", "None"), metrics.CONFLICTS),
        (TransportError("TransactionInProgressException", "m"), metrics.CONFLICTS),
        (cancelled("ValidationError"), metrics.FAULTS),
        (TransportError("Unreachable", "m"), metrics.FAULTS),
    ],
)
def test_a_failure_counts_as_what_it_is(error: TransportError, metric: metrics.Metric) -> None:
    """Of a transaction, what its actions met; a condition before anything that may pass."""
    assert metric_of_failure(error) is metric


def named(of: OfPattern) -> dict[str, Any]:
    return {metric.name: value for metric, value in of.measured().items()}


def test_sums_are_kept_by_pattern() -> None:
    """Requests, capacity, retries of the SDK and latencies of each; unnamed ones together."""
    tally = Tally()
    for _ in range(3):
        tally.count_sent(
            sent("Query", {"CapacityUnits": 0.5}, ResponseMetadata={"RetryAttempts": 1})
        )
    tally.count_sent(sent("GetItem", {"CapacityUnits": 1.0}, pattern=None))
    tally.count_served("p", is_hit=True)
    tally.count_served("p", is_hit=False)
    tally.count_failed(Failed("q", Request("PutItem", {}), TransportError("Unreachable", "m")))
    assert {name: named(of) for name, of in tally.patterns.items()} == {
        "p": {
            "DynamoRequests": 3,
            "ReadUnits": 1.5,
            "WriteUnits": 0,
            "Retries": 3,
            "DynamoLatency": [2.0, 2.0, 2.0],
            "CacheHits": 1,
            "CacheMisses": 1,
        },
        "(none)": {
            "DynamoRequests": 1,
            "ReadUnits": 1,
            "WriteUnits": 0,
            "DynamoLatency": [2.0],
        },
        "q": {"DynamoFailures": 1},
    }


def test_a_line_has_no_more_latencies_than_it_may() -> None:
    """A hundred; the sums are of all."""
    tally = Tally()
    for _ in range(150):
        tally.count_sent(sent("GetItem"))
    measured = tally.patterns["p"].measured()
    assert measured[metrics.QUERIES] == 150
    assert measured[metrics.QUERY_LATENCY] == [2.0] * 100


def test_threads_of_a_request_count_together() -> None:
    """As the server runs them: in copies of the request's context."""
    answered = observed(sent("GetItem", {"CapacityUnits": 1.0}))
    with open_tally() as tally, ThreadPoolExecutor(8) as threads:
        for _ in range(200):
            threads.submit(copy_context().run, note_observed, answered)
    assert tally.patterns["p"].counts[metrics.READ_UNITS] == 200


def test_tallies_do_not_mix_and_outside_nothing_is_counted() -> None:
    """Each has what was noted within it."""
    with open_tally() as outer:
        note_policy_failure()
        with open_tally() as inner:
            note_served("p", is_hit=True)
        failed = Failed("q", Request("GetItem", {}), TransportError("Unreachable", "m"))
        note_observed(observed(failed))
    note_observed(observed(sent("GetItem")))
    note_policy_failure()
    assert (set(outer.patterns), outer.policy_failures) == ({"q"}, 1)
    assert (set(inner.patterns), inner.policy_failures) == ({"p"}, 0)
