"""`singletable table`: the declared table as AWS, CloudFormation or Terraform take it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace

from singletable.cli.project import Project
from singletable.cli.splice import is_spliced, splice, splice_options
from singletable.cli.usage import UsageError
from singletable.design import TABLE_NAMES, can_be_asked, is_table_name
from singletable.design.ir import JsonObject, Table
from singletable.emit.data_text import RawExpression, Switch, Text, intrinsic
from singletable.emit.infra.cloudformation import cloudformation_table
from singletable.emit.infra.create_table import (
    BARE,
    STREAM_VIEWS,
    TableOptions,
    create_table,
    declared_options,
    time_to_live,
)
from singletable.emit.infra.terraform import terraform_table

CREATE, CLOUDFORMATION, TERRAFORM = FORMATS = ("create-table", "cloudformation", "terraform")
_MADE = (f"as declared, or {STREAM_VIEWS[0]}", "as declared, or on")
_DEPLOYED = ("stream", "recovery", "protection", "units")
_SWITCHES = {"on": True, "off": False}


def table_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add(
        "--format",
        choices=FORMATS,
        default=CREATE,
        help=f"default: {CREATE}, which has of the options below only those that are given",
    )
    add("--name", help="the real table's name, or an expression (default: the declared one)")
    add("--resource", metavar="ID", help="its logical id (default: Table, in Terraform table)")
    add("--ttl", action="store_true", help=f"with {CREATE}: UpdateTimeToLive's parameters instead")
    units_option(parser)
    deployment_options(parser)
    splice_options(parser, "table")


def units_option(parser: ArgumentParser) -> None:
    """Adds --units; None where it is left out."""
    parser.add_argument(
        "--units", type=_units, metavar="R,W", help="provisioned, or off; default: as declared"
    )


def deployment_options(parser: ArgumentParser, unsaid: tuple[str, str] = _MADE) -> None:
    """Adds the options that a declaration need not decide; None where one is left out."""
    add, (stream, switch) = parser.add_argument, unsaid
    add("--stream", choices=(*STREAM_VIEWS, "off"), help=f"default: {stream}")
    add("--recovery", metavar="on|off", help=f"point-in-time recovery; default: {switch}")
    add("--protection", metavar="on|off", help=f"of the table against deletion; default: {switch}")


def table(options: Namespace) -> int:
    """Prints, writes or checks the table in one of its formats."""
    declared = Project.of(options).table
    if options.format == CREATE:
        print(json.dumps(_parameters(declared, options), indent=2))
        return 0
    text = _resource(declared, options)
    if is_spliced(options):
        return splice(options, "table", text)
    print(text, end="")
    return 0


def options_of(
    options: Namespace, declared: Table, unsaid: TableOptions | None = None
) -> TableOptions:
    """The options as they were given; else as the table declares them, or `unsaid`."""
    known = declared_options(declared, unsaid or TableOptions())
    units = getattr(options, "units", None)
    return replace(
        known,
        stream={None: known.stream, "off": None}.get(options.stream, options.stream),
        recovery=_switch("recovery", options, known.recovery),
        protection=_switch("protection", options, known.protection),
        units=known.units if units is None else units or None,
    )


def refuse_expressions(name: Text | None, wanted: TableOptions, what: str) -> None:
    """Raises `UsageError` if one of these is an expression."""
    named = (name.text,) if isinstance(name, RawExpression) else ()
    for text in (*named, *wanted.expressions):
        raise UsageError(f"{text} is an expression of CloudFormation; {what} takes values")


def _parameters(declared: Table, options: Namespace) -> JsonObject:
    for name in ("resource", "write", "check"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name} goes with --format {CLOUDFORMATION} or {TERRAFORM}")
    if options.ttl and any(getattr(options, name) is not None for name in _DEPLOYED):
        raise UsageError("--ttl goes with --name alone")
    wanted = options_of(options, declared, BARE)
    _check_vectors(declared, wanted, options)
    refuse_expressions(_name_of(options), wanted, CREATE)
    if options.recovery not in (None, "off"):
        raise UsageError("CreateTable cannot set --recovery: UpdateContinuousBackups does")
    if not options.ttl:
        _tell_what_is_left(wanted)
        return create_table(declared, options.name, wanted)
    parameters = time_to_live(declared, options.name)
    if parameters is None:
        raise UsageError(f"no entity of {declared.name} expires, so there is no TTL to set")
    return parameters


def _tell_what_is_left(wanted: TableOptions) -> None:
    """Names what is declared, and no parameter of CreateTable."""
    left = ["recovery, by UpdateContinuousBackups"] if wanted.recovery else []
    left += ["replicas, by UpdateTable"] if wanted.replicas else []
    if left:
        print(f"singletable: CreateTable does not set {'; '.join(left)}", file=sys.stderr)


def _resource(declared: Table, options: Namespace) -> str:
    if options.ttl:
        raise UsageError(f"--ttl goes with --format {CREATE}; the others hold it")
    wanted, name = options_of(options, declared), _name_of(options)
    _check_vectors(declared, wanted, options)
    if options.format == TERRAFORM:
        refuse_expressions(name, wanted, TERRAFORM)
        return terraform_table(declared, wanted, name=name, resource=options.resource or "table")
    return cloudformation_table(declared, wanted, name=name, resource=options.resource or "Table")


def _check_vectors(declared: Table, wanted: TableOptions, options: Namespace) -> None:
    """Refuses for a table with vector indexes what can have none."""
    names = ", ".join(index.name for index in declared.indexes if index.vector is not None)
    if names and wanted.units:
        raise UsageError(f"vector indexes, {names}, need a table on demand: no --units")
    if names and options.format == TERRAFORM:
        raise UsageError(
            f"Terraform's aws_dynamodb_table has no vector indexes, as {names}: take --format"
            f" {CLOUDFORMATION}, or make the table as --format {CREATE} says"
        )


def _name_of(options: Namespace) -> Text | None:
    """The name that was given; `UsageError` if it is neither a table's nor an expression."""
    name = text_of(options.name)
    in_terraform = options.format == TERRAFORM and "${" in (options.name or "")
    if isinstance(name, str) and not is_table_name(name) and not in_terraform:
        raise UsageError(f"--name {name!r} is no table name: {TABLE_NAMES}; nor an expression")
    return name


def real_name(name: str) -> str:
    """The name or ARN of a table that may be there; `UsageError` for what can be none's."""
    if not can_be_asked(name):
        raise UsageError(f"--table {name!r} is no table name: {TABLE_NAMES}; nor an ARN of one")
    return name


def text_of(text: str | None) -> Text | None:
    """A CloudFormation expression if it looks like one."""
    return text if text is None else intrinsic(text) or text


def _switch(name: str, options: Namespace, unsaid: Switch) -> Switch:
    text: str | None = getattr(options, name)
    if text is None:
        return unsaid
    value = _SWITCHES.get(text, intrinsic(text))
    if value is None:
        raise UsageError(f"--{name} is on, off, or an expression such as !If [Kept, true, false]")
    return value


def _units(text: str) -> tuple[int, ...]:
    """Two numbers; none for a table on demand."""
    if text == "off":
        return ()
    parts = text.split(",")
    if len(parts) != 2 or not all(part.isdecimal() and int(part) for part in parts):
        raise ArgumentTypeError(f"{text!r} is not two numbers such as 5,5")
    return int(parts[0]), int(parts[1])
