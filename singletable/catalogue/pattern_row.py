"""An access pattern as a row: what is asked, how it is answered, and an example of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from singletable.catalogue.arguments import example_arguments
from singletable.catalogue.kinds import query_of
from singletable.catalogue.plain_examples import MOMENT
from singletable.catalogue.readable import request_data
from singletable.catalogue.reading import Reading, reading_of
from singletable.catalogue.types import result_type, show_type
from singletable.catalogue.writing import Writing, writings_of
from singletable.errors.declaration import InvalidPattern
from singletable.errors.design import MissingExample
from singletable.errors.request import RequestError
from singletable.operations import Context, Operation
from singletable.operations.reads.cursor import CursorSeal
from singletable.patterns import Pattern
from singletable.patterns.plan import schemas_of

Data = dict[str, Any]


@dataclass(frozen=True)
class ParameterRow:
    name: str
    type: str


@dataclass(frozen=True)
class Example:
    """JSON data: the arguments, and the requests that they lead to at a fixed moment."""

    arguments: Data
    requests: tuple[Data, ...]


@dataclass(frozen=True)
class PatternRow:
    """`reading` for reads, `writings` for writes; `where` is the function's file and line."""

    name: str
    group: str
    question: str
    description: str
    where: str
    parameters: tuple[ParameterRow, ...]
    operation: str
    entities: tuple[str, ...]
    index: str
    reading: Reading | None
    writings: tuple[Writing, ...]
    returns: str
    callers: tuple[str, ...]
    example: Example


def pattern_row(pattern: Pattern, table: str, callers: tuple[str, ...] = ()) -> PatternRow:
    """The row of a pattern; `MissingExample` where the engine cannot think of an argument."""
    operation = pattern.operation
    return PatternRow(
        name=pattern.name,
        group=pattern.group,
        question=pattern.question,
        description=pattern.description,
        where=pattern.where,
        parameters=tuple(
            ParameterRow(each.name, show_type(each.annotation)) for each in pattern.parameters
        ),
        operation=type(operation).__name__,
        entities=tuple(schema.name for schema in schemas_of(operation)),
        index=index_of(operation),
        reading=reading_of(operation),
        writings=writings_of(operation),
        returns=result_type(pattern.returns),
        callers=callers,
        example=_example(pattern, table),
    )


def index_of(operation: Operation[Any]) -> str:
    """The label of the index that an operation reads; writes are to the primary one."""
    query = query_of(operation)
    return query.key.index.label if query is not None else "primary"


def _example(pattern: Pattern, table: str) -> Example:
    arguments = example_arguments(pattern)
    try:
        requests = example_requests(pattern.function(**arguments), table)
        again = example_requests(pattern.function(**arguments), table)
    except RequestError as error:
        raise MissingExample(
            where=pattern.where,
            declared=f"its example is refused: {error}",
            allowed="`Field(examples=[...])` of arguments or fields, that can be asked for",
        ) from error
    if again != requests:
        raise InvalidPattern(
            where=pattern.where,
            declared="the same arguments ask another thing each time: its body makes a value",
            allowed="values that are passed to it; what default factories make is made outside",
        )
    shown = {
        parameter.name: TypeAdapter[Any](parameter.annotation).dump_python(
            arguments[parameter.name], mode="json"
        )
        for parameter in pattern.parameters
    }
    return Example(shown, requests)


def example_requests(operation: Operation[Any], table: str) -> tuple[Data, ...]:
    """The requests that it opens with, at the moment of all examples."""
    context = Context(table, MOMENT, CursorSeal(bytes(32)))
    return tuple(request_data(request) for request in operation.requests(context))
