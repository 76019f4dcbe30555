"""Compiles access patterns to the intermediate representation, each with an example."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from singletable.design import ir
from singletable.design.arguments import example_arguments
from singletable.design.compile_entities import place_of
from singletable.design.compile_operations import (
    compile_operation,
    compile_requests,
    context_at,
)
from singletable.design.examples import MOMENT
from singletable.design.needs import needs_of
from singletable.design.types import result_type, show_type
from singletable.entity import Entity, schema_of
from singletable.errors.declaration import InvalidPattern
from singletable.errors.design import MissingExample
from singletable.errors.request import RequestError
from singletable.operations import Operation
from singletable.patterns import Parameter, Pattern


def compile_pattern(
    pattern: Pattern,
    tables: Mapping[str, ir.Table],
    *,
    callers: Sequence[str] | None = None,
    examples: bool = True,
) -> ir.Pattern:
    """A pattern; its example on demand: `MissingExample` where no argument can be thought of."""
    return ir.Pattern(
        name=pattern.name,
        group=pattern.group,
        question=pattern.question,
        description=pattern.description,
        place=place_of(inspect.unwrap(pattern.function)),
        parameters=tuple(map(compile_parameter, pattern.parameters)),
        operation=compile_operation(pattern.operation),
        returns=result_type(pattern.returns),
        needs=needs_of(pattern.operation, tables),
        callers=None if callers is None else tuple(callers),
        example=_example(pattern) if examples else None,
    )


def compile_group(pattern: Pattern) -> ir.Group:
    """The group that the pattern is in: its module."""
    module = sys.modules.get(pattern.function.__module__)
    return ir.Group(pattern.group, inspect.getdoc(module) or "" if module else "")


def compile_parameter(parameter: Parameter) -> ir.Parameter:
    """A parameter, with the entity's name where a whole entity is passed."""
    model = parameter.entity
    is_entity = model is not None and issubclass(model, Entity)
    entity = schema_of(model).name if model is not None and is_entity else None
    return ir.Parameter(parameter.name, show_type(parameter.annotation), entity)


def _example(pattern: Pattern) -> ir.Example:
    arguments = example_arguments(pattern)
    try:
        requests = example_requests(pattern.function(**arguments))
        again = example_requests(pattern.function(**arguments))
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
    return ir.Example(shown, requests)


def example_requests(operation: Operation[object]) -> tuple[ir.Request, ...]:
    """The requests that it opens with, at the moment of all examples."""
    return compile_requests(operation, context_at(MOMENT))
