"""`singletable patterns` lists access patterns; `explain` shows or sends the requests of one."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from singletable.cli.arguments import arguments_of
from singletable.cli.project import Project
from singletable.cli.tables import real_name
from singletable.cli.usage import UsageError
from singletable.design import MOMENT, Call, PatternCaller
from singletable.design.ir import Action, Operation, Read
from singletable.emit.data_text import json_text, shown_json
from singletable.emit.docs.words import (
    condition_words,
    cost_words,
    item_words,
    limit_words,
    order_words,
    requests_words,
    view_words,
)
from singletable.errors import RequestError

_ONLY_WITH_RUN = ("endpoint", "region", "yes")


def explain(options: Namespace) -> int:
    """Prints the requests of a pattern for these arguments; with --run sends them."""
    if not options.run:
        for name in _ONLY_WITH_RUN:
            if getattr(options, name):
                raise UsageError(f"--{name} goes with --run")
    caller = Project.of(options).pattern(options.pattern)
    call = _call(caller, options)
    plan = call.plan
    tables = _table_names(options.table or [], plan.tables)
    if options.run:
        if plan.writes and not options.yes:
            names = ", ".join(tables.values())
            raise UsageError(f"{options.pattern} writes to {names}; say --yes if it is to")
        from singletable.cli.run import run  # noqa: PLC0415 - nothing but this needs boto3

        return run(call, tables, options)
    requests = call.requests(tables, MOMENT if options.example else None)
    if options.json:
        print(json_text([asdict(request) for request in requests]))
        return 0
    print(f"{caller.pattern.name}: {caller.pattern.question}", *_facts(plan), "", sep="\n")
    for request in requests:
        print(request.operation, shown_json(request.parameters), sep="\n")
    return 0


def _table_names(given: Sequence[str], declared: Sequence[str]) -> dict[str, str]:
    """The real name of each table by its declared one, from NAME or DECLARED=NAME."""
    names = {table: table for table in declared}
    for text in given:
        table, has_sign, name = text.partition("=")
        if not has_sign and len(declared) == 1:
            table, name = declared[0], text
        if table not in names or not name:
            raise UsageError(
                f"--table {text}: the pattern asks {', '.join(declared)}; name each of several"
                f" as --table {declared[0]}=NAME"
            )
        names[table] = real_name(name)
    return names


def _call(caller: PatternCaller, options: Namespace) -> Call:
    """Calls the pattern; what the engine refuses before sending becomes a `UsageError`."""
    arguments = arguments_of(
        caller,
        options.arguments,
        examples=options.example,
        example_entities=not options.run,
    )
    try:
        call = caller.call(arguments)
    except RequestError as error:
        raise UsageError(f"{options.pattern}: {error}. {error.remedy}") from None
    limited = call if options.limit is None else call.limit(options.limit)
    if limited is None:
        raise UsageError("--limit is for queries of several items")
    return limited


def _facts(plan: Operation) -> Iterator[str]:
    for read in plan.reads:
        by = f", by {', '.join(read.keys)}" if read.keys else ""
        yield f"{plan.kind} on {read.index}{by}"
        yield from (f"  {fact}" for fact in _read_facts(read))
    for action in plan.writes:
        yield f"{action.verb} {item_words(action)}"
        yield from (f"  {fact}" for fact in _write_facts(action))


def _read_facts(read: Read) -> Iterator[str]:
    yield from condition_words(read.conditions)
    order = order_words(read)
    if order:
        by = ", then ".join(read.ordered_by)
        yield f"{order}, by {by}" if by else order
    if read.filter is not None:
        yield f"filter: {read.filter.text}"
    requests = requests_words(read)
    if requests:
        yield f"requests: {requests}"
    yield from limit_words(read)
    if read.view is not None:
        yield view_words(read.view)
    if read.because is not None:
        yield f"because: {read.because}"
    yield from cost_words(read)


def _write_facts(action: Action) -> Iterator[str]:
    yield from condition_words(action.key)
    if action.update is not None:
        yield action.update.text
    if action.condition is not None:
        yield f"only if {action.condition.text}"


def patterns(options: Namespace) -> int:
    """Prints a line for each pattern, or all its data as JSON."""
    project = Project.of(options)
    if options.json:
        design = project.design(with_callers=True, examples=True)
        print(json_text([asdict(pattern) for pattern in design.patterns]))
        return 0
    print(
        _align(
            [
                (each.name, each.operation.kind, each.operation.index, each.question)
                for each in project.design().patterns
            ]
        )
    )
    return 0


def _align(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
