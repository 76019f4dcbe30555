"""Compares a deployed table with what `singletable table` would create. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from singletable.check.difference import Description, table_differences
from singletable.design.ir import Table
from singletable.emit.infra.create_table import TableOptions


@dataclass(frozen=True)
class Live:
    """A live table, as DescribeTable, DescribeTimeToLive, DescribeContinuousBackups show it.

    The last two are None where the service does not know the question.
    """

    table: Description
    expiry: Description | None
    backups: Description | None


@dataclass(frozen=True)
class Drift:
    """The result: `differences` are sentences; `not_asked` names what could not be found out.

    `billing` is only told: a table may change it every day and remains the declared one.
    """

    differences: tuple[str, ...]
    not_asked: tuple[str, ...]
    billing: str


def drift_of(table: Table, live: Live, options: TableOptions) -> Drift:
    """Compares all that is declared or optional; `options` are values without expressions."""
    differences = [
        *table_differences(table, live.table, live.expiry),
        *_stream(live.table, options),
        *_switch("point-in-time recovery", _recovery(live.backups), wanted=options.recovery),
        *_switch("deletion protection", _protection(live.table), wanted=options.protection),
    ]
    unknown = {
        "TTL": live.expiry,
        "point-in-time recovery": _recovery(live.backups),
        "deletion protection": _protection(live.table),
    }
    not_asked = tuple(name for name, found in unknown.items() if found is None)
    return Drift(tuple(differences), not_asked, _billing(live.table))


def _stream(live: Description, options: TableOptions) -> Iterator[str]:
    stream: Description = live.get("StreamSpecification") or {}
    found = stream.get("StreamViewType") if stream.get("StreamEnabled") else None
    if found != options.stream:
        yield f"the stream holds {found or 'nothing'}, declared is {options.stream or 'none'}"


def _switch(what: str, found: bool | None, *, wanted: object) -> Iterator[str]:
    if found is not None and found is not wanted:
        yield f"{what} is {_word(found)}, declared is {_word(wanted)}"


def _word(value: object) -> str:
    return "on" if value else "off"


def _recovery(backups: Description | None) -> bool | None:
    if backups is None:
        return None
    described: Description = backups.get("PointInTimeRecoveryDescription") or {}
    return described.get("PointInTimeRecoveryStatus") == "ENABLED"


def _protection(live: Description) -> bool | None:
    found: bool | None = live.get("DeletionProtectionEnabled")
    return found


def _billing(live: Description) -> str:
    """The billing mode; a table that was never on demand does not state it."""
    summary: Description = live.get("BillingModeSummary") or {}
    return str(summary.get("BillingMode", "PROVISIONED"))
