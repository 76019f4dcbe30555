"""The generated parts of docs/observability.md: every metric, every outgoing call's time-outs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.adapters import jwks, opa, redis, redis_counters
from app.aws import secrets
from app.core.metrics import METRICS, Metric
from app.core.settings.fields import Settings
from singletable.emit.docs.markdown import code, table

METRICS_PLACE, TIMES_PLACE = "metrics", "time-outs"


PAUSES = (1, 2, 4, 8)  # seconds at most before the second attempt, the third …, if throttled


def observability_tables() -> dict[str, str]:
    """Each part by the name of its place."""
    return {METRICS_PLACE: _metrics(), TIMES_PLACE: _times()}


def longest(attempts: int, connect: float, answer: float) -> float:
    """Seconds that one call may take, pauses included."""
    return attempts * (connect + answer) + sum(PAUSES[: attempts - 1])


def _metrics() -> str:
    rows = [(code(each.name), each.unit, _splits(each), each.meaning) for each in METRICS]
    return table(("Metric", "Unit", "Split by", "What it counts"), rows)


def _splits(metric: Metric) -> str:
    return "; ".join(", ".join(map(code, names)) for names in metric.splits)


def _times() -> str:
    return table(
        ("Call", "Connect", "Answer", "Attempts", "Longest", "When it is silent"), list(_calls())
    )


def _calls() -> Iterator[Sequence[str]]:
    fields = Settings.model_fields
    connect: float = fields["aws_connect_timeout_seconds"].default
    answer: float = fields["aws_read_timeout_seconds"].default
    attempts: int = fields["aws_max_attempts"].default
    for service in ("DynamoDB", "Cognito", "S3"):
        yield _row(service, connect, answer, attempts, "503")
    yield _row(
        "Secrets Manager, Parameter Store",
        secrets.CONNECT_SECONDS,
        secrets.ANSWER_SECONDS,
        secrets.ATTEMPTS,
        "no start; later the last known value",
    )
    yield _row(
        "Redis, counting attempts",
        redis_counters.CONNECT_SECONDS,
        redis_counters.ANSWER_SECONDS,
        1,
        "503; a free connection is waited for"
        f" {redis_counters.FREE_CONNECTION_SECONDS:g} s at most",
    )
    yield _row(
        "Redis, sharing pages",
        redis.CONNECT_SECONDS,
        redis.ANSWER_SECONDS,
        1,
        "the table is asked; a free connection is waited for"
        f" {redis.FREE_CONNECTION_SECONDS:g} s at most",
    )
    yield _row(
        "signing keys (JWKS)",
        jwks.TIMEOUT_SECONDS,
        jwks.TIMEOUT_SECONDS,
        1,
        "the last known keys, for a day; without any, 503",
    )
    seconds = opa.DEFAULT_LIMITS.seconds
    yield "policy, in process", "", f"{seconds:g} s", "1", f"{seconds:g} s", "denied"


def _row(call: str, connect: float, answer: float, attempts: int, silent: str) -> Sequence[str]:
    seconds = longest(attempts, connect, answer)
    times = (f"{connect:g} s", f"{answer:g} s", str(attempts), f"{seconds:g} s")
    return (call, *times, silent)
