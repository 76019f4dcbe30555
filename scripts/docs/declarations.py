"""Pages and parts that list what is declared: settings, metrics, time-outs, kinds of events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from access_patterns import blog
from app.adapters import jwt, opa, redis
from app.aws import settings
from app.core.metrics import METRICS, Metric
from app.core.settings import ROWS, Settings
from app.core.settings_base import SettingRow
from app.services.audit import NOT_AUDITED, is_audited
from app.services.events import KINDS, Event
from singletable import inspect
from singletable.emit.docs.markdown import block, code, page, table

_SETTINGS = """<!-- Made by scripts/app_docs.py from app/core/settings: edit those declarations. -->
# Settings

Every setting is an environment variable. An app that lacks one, or whose settings contradict each
other, does not start; it lists everything that is wrong, without showing secret values.

A secret marked "or reference" may instead say where in AWS its value is kept, and is read at start:
`aws-secretsmanager:<name or ARN>` or `aws-ssm:<name>`, with `#<key>` behind it if the value there
is a JSON object of which one text is meant. The app needs the right to read it: one of
`secretsmanager:GetSecretValue` and `ssm:GetParameter`, and `kms:Decrypt` for a key of your own.

| Variable | Meaning | Default | Required | Secret |
| --- | --- | --- | --- | --- |
"""


def settings_page() -> str:
    """docs/settings.md: every environment variable."""
    return _SETTINGS + "".join(map(_setting, ROWS.values()))


def _setting(row: SettingRow) -> str:
    names = " or ".join(f"`{name}`" for name in row.names)
    secret = ("yes, or reference" if row.may_be_reference else "yes") if row.secret else ""
    return f"| {names} | {row.meaning} | {row.default} | {row.required} | {secret} |\n"


METRICS_PLACE, TIMES_PLACE = "metrics", "time-outs"


PAUSES = (1, 2, 4, 8)  # seconds at most before the second attempt, the third …, if throttled


def observability_tables() -> dict[str, str]:
    """The parts of docs/observability.md by the names of their places."""
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
        settings.CONNECT_SECONDS,
        settings.ANSWER_SECONDS,
        settings.ATTEMPTS,
        "no start; later the last known value",
    )
    yield _row(
        "Redis, counting requests",
        redis.COUNTING.connect,
        redis.COUNTING.answer,
        1,
        "each process counts for itself; a free connection is waited for"
        f" {redis.COUNTING.free_connection:g} s at most",
    )
    yield _row(
        "Redis, sharing pages",
        redis.SHARING.connect,
        redis.SHARING.answer,
        1,
        "the table is asked; a free connection is waited for"
        f" {redis.SHARING.free_connection:g} s at most",
    )
    yield _row(
        "signing keys (JWKS)",
        jwt.TIMEOUT_SECONDS,
        jwt.TIMEOUT_SECONDS,
        1,
        "the last known keys, for a day; without any, 503",
    )
    seconds = opa.DEFAULT_LIMITS.seconds
    yield "policy, in process", "", f"{seconds:g} s", "1", f"{seconds:g} s", "denied"


def _row(call: str, connect: float, answer: float, attempts: int, silent: str) -> Sequence[str]:
    seconds = longest(attempts, connect, answer)
    times = (f"{connect:g} s", f"{answer:g} s", str(attempts), f"{seconds:g} s")
    return (call, *times, silent)


def event_tables() -> dict[str, str]:
    """The parts of docs/events.md by the names of their places."""
    return {"kinds": _kinds(), "schemas": page(_schemas()), "audited": _audited()}


def _kinds() -> str:
    rows = [(code(name), _version_of(each), _meaning(each)) for name, each in KINDS.items()]
    return table(("`type`", "`dataversion`", "Happens when"), rows)


def _schemas() -> Iterator[str]:
    for name, kind in KINDS.items():
        yield f"### {name}, version {_version_of(kind)}"
        schema = json.dumps(kind.model_json_schema(by_alias=True), indent=2, ensure_ascii=False)
        yield block(schema, "json")


def _version_of(kind: type[Event]) -> str:
    return str(kind.model_fields["dataversion"].default)


def _meaning(kind: type[Event]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _audited() -> str:
    writes = [
        name for name, each in inspect.patterns(blog).items() if inspect.writes(each.operation)
    ]
    audited = ", ".join(code(name) for name in writes if is_audited(name))
    rows = [(code(name), reason) for name, reason in NOT_AUDITED.items()]
    return page([f"Noted: {audited}.", table(("Not noted", "Because"), rows)])
