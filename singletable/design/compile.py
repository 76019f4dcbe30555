"""Compiles designs and their access patterns to the intermediate representation."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter

from singletable.annotations import show_type, type_name
from singletable.design import ir
from singletable.design.arguments import example_arguments
from singletable.design.compile_entities import (
    compile_acceptance,
    compile_entity,
    compile_table,
    entities_of,
    place_of,
)
from singletable.design.compile_operations import (
    compile_operation,
    compile_requests,
    context_at,
)
from singletable.design.examples import MOMENT
from singletable.design.needs import needs_of
from singletable.entity import Entity, schema_of
from singletable.errors.declaration import InvalidPattern
from singletable.errors.design import MissingExample, UnknownPattern
from singletable.errors.request import RequestError
from singletable.operations import Operation
from singletable.patterns import Parameter, Pattern, declarations_of
from singletable.patterns.pattern import refuse_namesake
from singletable.patterns.plan import tables_of
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.volumes import figures_of

Callers = Mapping[str, Sequence[str]]

_RESULTS = {
    "Get": "{} | None",
    "First": "{} | None",
    "Query": "Page[{}]",
    "Scan": "Page[{}]",
    "Search": "Matches[{}]",
    "BatchGet": "tuple[{} | None, ...]",
    "Count": "int",
    "Clear": "int",
}
"""The result of an operation of a type, around its entity; the entity itself of all others."""


def compile_design(
    tables: Sequence[TableDefinition], callers: Callers | None = None, *, examples: bool = True
) -> ir.Design:
    """Compiles what these tables' entities and patterns declare, those of a module together.

    `callers` maps a pattern's name to captions of who asks it; None if that is not known.
    Without `examples` nothing is refused for lack of one. `UnknownPattern` for callers of what
    is not declared.
    """
    patterns = patterns_of(tables)
    _check_callers(patterns, callers or {})
    asked = [table for each in patterns.values() for table in tables_of(each.operation)]
    compiled = {table.name: compile_table(table) for table in dict.fromkeys((*tables, *asked))}
    groups = {pattern.group: compile_group(pattern) for pattern in patterns.values()}
    order = list(groups)
    schemas = [schema for table in tables for schema in entities_of(table)]
    return ir.Design(
        tables=tuple(compiled[table.name] for table in tables),
        entities=tuple(compile_entity(schema, examples=examples) for schema in schemas),
        groups=tuple(groups.values()),
        patterns=tuple(
            compile_pattern(
                pattern,
                compiled,
                callers=None if callers is None else callers.get(name, ()),
                examples=examples,
            )
            for name, pattern in sorted(
                patterns.items(), key=lambda named: order.index(named[1].group)
            )
        ),
        volumes=_volumes(schemas, patterns),
        accepted=tuple(compile_acceptance(each) for table in tables for each in table.accepted),
    )


def _volumes(schemas: Sequence[AnySchema], patterns: Mapping[str, Pattern]) -> ir.JsonObject:
    """The figures that `@volume` says, as a file of volumes has them."""
    entities, keys = dict[str, Any](), dict[str, Any]()
    for schema in schemas:
        figures = figures_of(schema.model)
        keys |= {f"{schema.name}.{label}": of for label, of in figures.pop("keys", {}).items()}
        entities |= {schema.name: figures} if figures else {}
    asked = {name: figures_of(pattern.function) for name, pattern in patterns.items()}
    said = {name: figures for name, figures in asked.items() if figures}
    kinds = {"entities": entities, "keys": keys, "patterns": said}
    return {kind: figures for kind, figures in kinds.items() if figures}


def patterns_of(tables: Sequence[TableDefinition]) -> dict[str, Pattern]:
    """The patterns of these tables by name, in the order of their declaration.

    `InvalidPattern` where two tables have another pattern of the same name.
    """
    found = dict[str, Pattern]()
    for table in tables:
        for name, pattern in declarations_of(table).patterns.items():
            refuse_namesake(pattern, found.setdefault(name, pattern))
    return found


def _check_callers(patterns: Mapping[str, Pattern], callers: Callers) -> None:
    unknown = sorted(set(callers) - set(patterns))
    if unknown:
        raise UnknownPattern(
            where="callers", declared=", ".join(unknown), allowed=", ".join(patterns)
        )


def compile_pattern(
    pattern: Pattern,
    tables: Mapping[str, ir.Table],
    *,
    callers: Sequence[str] | None = None,
    examples: bool = True,
) -> ir.Pattern:
    """Compiles a pattern, with an example on demand: `MissingExample` where none can be built."""
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
    """Compiles the group of the pattern: its module."""
    module = sys.modules.get(pattern.function.__module__)
    return ir.Group(pattern.group, inspect.getdoc(module) or "" if module else "")


def compile_parameter(parameter: Parameter) -> ir.Parameter:
    """Compiles a parameter, with the entity's name where a whole entity is passed."""
    model = parameter.entity or parameter.element_entity
    is_entity = model is not None and issubclass(model, Entity)
    entity = schema_of(model).name if model is not None and is_entity else None
    is_several = entity is not None and parameter.entity is None
    return ir.Parameter(parameter.name, show_type(parameter.annotation), entity, is_several)


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
    """The first requests of an operation, at the moment of all examples."""
    return compile_requests(operation, context_at(MOMENT))


def result_type(returns: object) -> str:
    """The result of an operation of this type: `Page[Post]`, `Post | None`."""
    kind, arguments = type_name(get_origin(returns) or returns), get_args(returns)
    answer = show_type(arguments[0]) if arguments else "None"
    return _RESULTS.get(kind, "{}").format(answer)
