"""`singletable explain`: the requests of one pattern, shown or sent."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from singletable.catalogue.kinds import query_of, writes_of
from singletable.catalogue.pattern_row import index_of
from singletable.catalogue.plain_examples import MOMENT
from singletable.catalogue.readable import json_text, request_data
from singletable.catalogue.reading import Reading, reading_of
from singletable.catalogue.writing import Writing, writings_of
from singletable.cli.arguments import arguments_of
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.errors import RequestError
from singletable.operations import Context, Operation
from singletable.operations.protocol import utc_now
from singletable.patterns import Pattern

_ONLY_WITH_RUN = ("endpoint", "region", "yes")


def explain(options: Namespace) -> int:
    """Prints what a pattern asks for these arguments; with --run also asks it."""
    if not options.run:
        for name in _ONLY_WITH_RUN:
            if getattr(options, name):
                raise UsageError(f"--{name} goes with --run")
    project = Project.of(options)
    pattern = project.pattern(options.pattern)
    operation = _operation(pattern, options)
    table = options.table or project.table.name
    if options.run:
        return _run(operation, table, options)
    now = MOMENT if options.example else utc_now()
    data = [request_data(request) for request in operation.requests(Context(table, now))]
    if options.json:
        print(json_text(data))
        return 0
    print(f"{pattern.name}: {pattern.question}", *_told(operation), "", sep="\n")
    for request in data:
        print(request["operation"], json_text(request["parameters"]), sep="\n")
    return 0


def _run(operation: Operation[Any], table: str, options: Namespace) -> int:
    if writes_of(operation) and not options.yes:
        raise UsageError(f"{options.pattern} writes to {table}; say --yes if it is to")
    from singletable.cli.run import run  # noqa: PLC0415 - nothing but this needs boto3

    return run(operation, table, options)


def _operation(pattern: Pattern, options: Namespace) -> Operation[Any]:
    """The operation; what the engine refuses before sending is a wrong argument."""
    arguments = arguments_of(
        pattern,
        options.arguments,
        examples=options.example,
        example_entities=not options.run,
    )
    try:
        operation = pattern.function(**arguments)
        operation.requests(Context("table"))
    except RequestError as error:
        raise UsageError(f"{pattern.name}: {error}. {error.remedy}") from None
    return operation if options.limit is None else _limited(operation, options.limit)


def _limited(operation: Operation[Any], limit: int) -> Operation[Any]:
    query = query_of(operation)
    if query is None or query is not operation:
        raise UsageError("--limit is for queries of several items")
    return query.page(limit)


def _told(operation: Operation[Any]) -> Iterator[str]:
    reading = reading_of(operation)
    if reading is not None:
        yield f"{type(operation).__name__} on {index_of(operation)}, by {reading.key}"
        yield from (f"  {fact}" for fact in _read(reading))
    for writing in writings_of(operation):
        yield f"{writing.verb} {writing.item}"
        yield from (f"  {fact}" for fact in _written(writing))


def _read(reading: Reading) -> Iterator[str]:
    yield from reading.key_condition
    if reading.order:
        yield f"{reading.order}, by {', then '.join(reading.ordered_by)}"
    if reading.filter:
        yield f"filter: {reading.filter}"
    yield from reading.limits


def _written(writing: Writing) -> Iterator[str]:
    yield from writing.key
    if writing.changes:
        yield writing.changes
    if writing.condition:
        yield f"only if {writing.condition}"
