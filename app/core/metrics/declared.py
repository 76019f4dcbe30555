"""Every metric: its name, unit, meaning and dimensions. Nothing else is sent.

Values of dimensions are few by nature: stages, methods, templates of routes, names of patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["Count", "Milliseconds"]


STAGE, ROUTE, METHOD, PATTERN = "Stage", "Route", "Method", "Pattern"


EVERYTHING = (STAGE,)


BY_ROUTE = (STAGE, ROUTE, METHOD)


BY_PATTERN = (STAGE, PATTERN)


@dataclass(frozen=True)
class Metric:
    """`splits`: sets of dimensions, each of which makes metrics of its own in CloudWatch."""

    name: str
    unit: Unit
    meaning: str
    splits: tuple[tuple[str, ...], ...]


def _of_requests(name: str, unit: Unit, meaning: str) -> Metric:
    return Metric(name, unit, meaning, (EVERYTHING, BY_ROUTE))


def _of_the_stage(name: str, meaning: str) -> Metric:
    return Metric(name, "Count", meaning, (EVERYTHING,))


def _of_patterns(name: str, unit: Unit, meaning: str) -> Metric:
    return Metric(name, unit, meaning, (BY_PATTERN,))


REQUESTS = _of_requests("Requests", "Count", "Requests that were answered.")


LATENCY = _of_requests(
    "Latency", "Milliseconds", "From the request's arrival to the last byte of its answer."
)


CLIENT_ERRORS = _of_requests(
    "ClientErrors", "Count", "Answers of 4xx; the average is their share of all."
)


SERVER_ERRORS = _of_requests(
    "ServerErrors", "Count", "Answers of 5xx, or none; the average is their share of all."
)


LIMITED = _of_the_stage("Limited", "Answers of 429: refused by a limit.")


POLICY_FAILURES = _of_the_stage(
    "PolicyFailures", "Questions at which the access policy failed, so that nothing was allowed."
)


QUERIES = _of_patterns(
    "DynamoRequests", "Count", "Requests to DynamoDB that were answered; a page may take several."
)


QUERY_LATENCY = _of_patterns(
    "DynamoLatency",
    "Milliseconds",
    "Each answered request to DynamoDB, with its retries and pauses: a value for each.",
)


READ_UNITS = _of_patterns(
    "ReadUnits", "Count", "Read capacity consumed, of table and indexes together."
)


WRITE_UNITS = _of_patterns(
    "WriteUnits", "Count", "Write capacity consumed, of table and indexes together."
)


RETRIES = _of_patterns(
    "Retries", "Count", "Attempts that the SDK made again before an answer came."
)


THROTTLES = _of_patterns(
    "Throttles", "Count", "Attempts that DynamoDB throttled through all retries of the SDK."
)


CONFLICTS = _of_patterns(
    "Conflicts", "Count", "Attempts that met another transaction at the same item."
)


REFUSALS = _of_patterns(
    "ConditionFailures", "Count", "Writes whose condition did not hold: versions, uniqueness."
)


FAULTS = _of_patterns(
    "DynamoFailures", "Count", "Attempts that failed for any other reason, such as time-outs."
)


CACHE_HITS = _of_patterns("CacheHits", "Count", "Questions answered from the shared cache.")


CACHE_MISSES = _of_patterns(
    "CacheMisses", "Count", "Questions that may be shared, asked of the table."
)


METRICS = (
    REQUESTS,
    LATENCY,
    CLIENT_ERRORS,
    SERVER_ERRORS,
    LIMITED,
    POLICY_FAILURES,
    QUERIES,
    QUERY_LATENCY,
    READ_UNITS,
    WRITE_UNITS,
    RETRIES,
    THROTTLES,
    CONFLICTS,
    REFUSALS,
    FAULTS,
    CACHE_HITS,
    CACHE_MISSES,
)


MOST_VALUES = 100


Values = float | list[float]
