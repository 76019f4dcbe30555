"""`singletable drift`: describes a live table and compares it with the declaration."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from singletable.check.difference import Description
from singletable.check.drift import OPTIONS, Drift, Live, drift_of
from singletable.cli.project import Project
from singletable.cli.tables import deployment_options, options_of, real_name, refuse_expressions
from singletable.cli.usage import NotAsked
from singletable.emit.data_text import json_text
from singletable.errors.transport import TransportError
from singletable.transport import Transport

DRIFTED = 1
_UNSAID = "as declared, or not compared"
_UNKNOWN = frozenset({"UnknownOperationException", "UnknownOperation", "InvalidAction"})


def drift_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("--table", metavar="NAME", help="the real table's name (default: the declared one)")
    add("--endpoint", metavar="URL", help="such as http://localhost:8000")
    add("--region", help="the AWS region")
    add("--json", action="store_true", help="data alone")
    deployment_options(parser, unsaid=(_UNSAID, _UNSAID))


def drift(options: Namespace) -> int:
    """Prints each difference; returns 1 if there is one. `NotAsked` if nobody describes it."""
    declared = Project.of(options).table
    wanted = options_of(options, declared)
    refuse_expressions(None, wanted, "drift")
    name = real_name(declared.name if options.table is None else options.table)
    from singletable.cli.run import connect  # noqa: PLC0415 - it loads an SDK

    try:
        live = describe_live(connect(options.endpoint, options.region), name)
    except TransportError as fault:
        raise not_asked(name, options.endpoint, fault) from None
    said = frozenset(each for each in OPTIONS if declared.deployment or getattr(options, each))
    return _print_drift(name, drift_of(declared, live, wanted, said), as_json=options.json)


def describe_live(send: Transport, name: str) -> Live:
    """The table as it is there, TTL and backups as far as the service knows them."""
    return Live(
        send("DescribeTable", {"TableName": name})["Table"],
        _ask_if_supported(send, "DescribeTimeToLive", name, "TimeToLiveDescription"),
        _ask_if_supported(send, "DescribeContinuousBackups", name, "ContinuousBackupsDescription"),
    )


def _ask_if_supported(send: Transport, operation: str, name: str, label: str) -> Description | None:
    """The description; None from a service that does not know the operation."""
    try:
        description: Description = send(operation, {"TableName": name})[label]
    except TransportError as fault:
        if not is_unknown(fault):
            raise
        return None
    return description


def is_unknown(fault: TransportError) -> bool:
    """Whether the service does not know the operation, as an emulator may."""
    return fault.code in _UNKNOWN


def _print_drift(name: str, found: Drift, *, as_json: bool) -> int:
    if as_json:
        print(json_text({"table": name, **asdict(found)}))
    else:
        print(*found.differences or (f"{name} is as declared",), sep="\n")
        if found.not_asked:
            print(f"cannot be asked here: {', '.join(found.not_asked)}")
        if found.undeclared:
            print(f"there is, and nobody declared: {', '.join(found.undeclared)}")
        print(f"billing: {found.billing}")
    return DRIFTED if found.differences else 0


def not_asked(name: str, endpoint: str | None, fault: TransportError) -> NotAsked:
    """The error of a table that could not be asked."""
    where = f" at {endpoint}" if endpoint else ""
    return NotAsked(f"{name}{where} could not be asked: {fault}")
