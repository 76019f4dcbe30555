"""Compares a deployed table with what `singletable table` would create. Sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from singletable.check.capacity import billing_of, deployment_differences, lacks_warm_units
from singletable.check.difference import Description, table_differences
from singletable.design.ir import Table
from singletable.emit.infra.create_table import TableOptions

_NAMES = {
    "stream": "a stream",
    "recovery": "point-in-time recovery",
    "protection": "deletion protection",
}


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

    `billing` is told, as a table without a declared deployment may change it every day. So is what
    is `undeclared`: a stream, recovery or protection of which nobody said how it is to be.
    """

    differences: tuple[str, ...]
    not_asked: tuple[str, ...]
    billing: str
    undeclared: tuple[str, ...] = ()


OPTIONS = frozenset({"stream", "recovery", "protection"})
"""What a declaration need not decide."""


def drift_of(
    table: Table, live: Live, options: TableOptions, said: frozenset[str] = OPTIONS
) -> Drift:
    """Compares what is declared, and those `options` that somebody `said`, as values."""
    differences = [
        *table_differences(table, live.table, live.expiry),
        *_stream(live.table, options, said),
        *_switch("recovery", _recovery(live.backups), options.recovery, said),
        *_switch("protection", _protection(live.table), options.protection, said),
        *deployment_differences(table, live.table, options),
    ]
    unknown = {
        "TTL": live.expiry,
        "point-in-time recovery": _recovery(live.backups),
        "deletion protection": _protection(live.table),
    }
    not_asked = [name for name, found in unknown.items() if found is None]
    if lacks_warm_units(table, live.table, options):
        not_asked.append("warm units")
    billing, undeclared = billing_of(live.table), _undeclared(live, said)
    return Drift(tuple(differences), tuple(not_asked), billing, undeclared)


def _undeclared(live: Live, said: frozenset[str]) -> tuple[str, ...]:
    """What there is without a word; what is off is as it is where nobody says anything."""
    found = {
        "stream": _stream_view(live.table) is not None,
        "recovery": _recovery(live.backups),
        "protection": _protection(live.table),
    }
    return tuple(_NAMES[name] for name, is_on in found.items() if is_on and name not in said)


def _stream(live: Description, options: TableOptions, said: frozenset[str]) -> Iterator[str]:
    found = _stream_view(live)
    if "stream" in said and found != options.stream:
        yield f"the stream holds {found or 'nothing'}, declared is {options.stream or 'none'}"


def _stream_view(live: Description) -> str | None:
    stream: Description = live.get("StreamSpecification") or {}
    return stream.get("StreamViewType") if stream.get("StreamEnabled") else None


def _switch(name: str, found: bool | None, wanted: object, said: frozenset[str]) -> Iterator[str]:
    if name in said and found is not None and found is not wanted:
        yield f"{_NAMES[name]} is {_word(found)}, declared is {_word(wanted)}"


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
