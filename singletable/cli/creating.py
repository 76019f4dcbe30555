"""`singletable create`: makes the declared table on an endpoint, or sees that it is there."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace

from singletable.check.difference import Description
from singletable.check.drift import OPTIONS, Live, drift_of
from singletable.cli.drifting import DRIFTED, describe_live, is_unknown, not_asked
from singletable.cli.progress import show_progress
from singletable.cli.project import Project
from singletable.cli.tables import (
    deployment_options,
    options_of,
    real_name,
    refuse_expressions,
    units_option,
)
from singletable.cli.usage import NotAsked
from singletable.design.ir import Table
from singletable.emit.infra.create_table import BARE, TableOptions, create_table, time_to_live
from singletable.errors.transport import TransportError
from singletable.transport import Transport

_UNSAID = ("as declared, or off", "as declared, or off")
_WAIT_SECONDS = 600
_POLL_SECONDS = 1.0


def create_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("--table", metavar="NAME", help="the real table's name (default: the declared one)")
    add("--endpoint", metavar="URL", help="such as http://localhost:8000 (default: AWS)")
    add("--region", help="the AWS region")
    units_option(parser)
    deployment_options(parser, unsaid=_UNSAID)


def create(options: Namespace) -> int:
    """Creates the table and waits for it; returns 1 if another one has its name.

    `NotAsked` if nobody answers, or it takes too long.
    """
    declared = Project.of(options).table
    wanted = options_of(options, declared, BARE)
    refuse_expressions(None, wanted, "create")
    name = real_name(declared.name if options.table is None else options.table)
    said = frozenset(each for each in OPTIONS if declared.deployment or getattr(options, each))
    from singletable.cli.run import connect  # noqa: PLC0415 - it loads an SDK

    try:
        send = connect(options.endpoint, options.region)
        is_new = _create_unless_there(send, create_table(declared, name, wanted))
        with show_progress(f"waiting for {name}"):
            is_active = _await_active(send, name)
        if not is_active:
            raise NotAsked(f"{name} is not active yet; run this again")
        live = describe_live(send, name)
        differences = drift_of(declared, _without_unset(declared, live), wanted, said).differences
        if differences:
            print(f"{name} is there, and is another table:", *differences, sep="\n  ")
            return DRIFTED
        set_up = [*_set_up(send, declared, name, live, wanted)]
    except TransportError as fault:
        raise not_asked(name, options.endpoint, fault) from None
    state = "created" if is_new else "there, as declared"
    print(f"{name} is {state}", *(f"{each} is on now" for each in set_up), sep="\n")
    if wanted.replicas:
        print("singletable: create makes no replicas; UpdateTable does", file=sys.stderr)
    return 0


def _create_unless_there(send: Transport, parameters: Description) -> bool:
    """Whether there was none of this name."""
    try:
        send("CreateTable", parameters)
    except TransportError as fault:
        if fault.code != "ResourceInUseException":
            raise
        return False
    return True


def _await_active(send: Transport, name: str) -> bool:
    """Whether the table and its indexes are active before the patience ends."""
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        described: Description = send("DescribeTable", {"TableName": name})["Table"]
        if all(each == "ACTIVE" for each in _states(described)):
            return True
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_SECONDS)


def _states(described: Description) -> Iterator[str]:
    yield described["TableStatus"]
    for label in ("GlobalSecondaryIndexes", "VectorIndexes"):
        yield from (each.get("IndexStatus", "ACTIVE") for each in described.get(label) or ())


def _without_unset(declared: Table, live: Live) -> Live:
    """The live table without what is not set up yet, which is no difference: TTL and recovery."""
    unset = _lacks_expiry(live) and declared.ttl_attribute is not None
    return replace(live, expiry=None if unset else live.expiry, backups=None)


def _set_up(
    send: Transport, declared: Table, name: str, live: Live, wanted: TableOptions
) -> Iterator[str]:
    """Sets what CreateTable cannot, where it is not set yet; what it is called."""
    expiry = time_to_live(declared, name)
    if expiry is not None and _lacks_expiry(live):
        send("UpdateTimeToLive", expiry)
        yield "TTL"
    if wanted.recovery and _lacks_recovery(live):
        parameters = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
        try:
            send("UpdateContinuousBackups", {"TableName": name, **parameters})
        except TransportError as fault:
            if not is_unknown(fault):
                raise
            print("singletable: nobody here knows point-in-time recovery", file=sys.stderr)
        else:
            yield "point-in-time recovery"


def _lacks_expiry(live: Live) -> bool:
    status = None if live.expiry is None else live.expiry.get("TimeToLiveStatus")
    return status not in (None, "ENABLED", "ENABLING")


def _lacks_recovery(live: Live) -> bool:
    if live.backups is None:
        return True
    described: Description = live.backups.get("PointInTimeRecoveryDescription") or {}
    return described.get("PointInTimeRecoveryStatus") != "ENABLED"
