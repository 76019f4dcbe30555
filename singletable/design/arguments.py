"""Example arguments of a pattern: what would be asked, for documentation and golden requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from singletable.annotations import accepts_symbol
from singletable.design.examples import (
    entity_example,
    examples_of,
    field_example,
    plain_example,
)
from singletable.design.types import show_type
from singletable.design.uses import Use, argument_pairs, uses_of
from singletable.entity import schema_of
from singletable.errors.design import MissingExample
from singletable.formats import infer_format
from singletable.patterns import Parameter, Pattern
from singletable.patterns.plan import schemas_of
from singletable.schema import Schema
from singletable.tracing import symbol_text


def example_arguments(pattern: Pattern) -> dict[str, Any]:
    """An argument for every parameter, the same in every run."""
    arguments = dict[str, Any]()
    for parameter in pattern.parameters:
        if parameter.entity is not None:
            arguments[parameter.name] = _entity(pattern, parameter, arguments)
        else:
            arguments[parameter.name] = _value(pattern, parameter)
    return arguments


def _entity(pattern: Pattern, parameter: Parameter, known: dict[str, Any]) -> Any:
    """The second of a type differs; it has the first's key if an update takes both."""
    model: Any = parameter.entity
    schema = schema_of(model)
    earlier = [name for name, value in known.items() if type(value) is model]
    if not earlier:
        return entity_example(schema)
    pairs = list(argument_pairs([pattern.operation]))
    for name in earlier:
        if any({name, parameter.name} <= pair for pair in pairs):
            return entity_example(schema, 1, like=known[name])
    return entity_example(schema, 1)


def _value(pattern: Pattern, parameter: Parameter) -> Any:
    """The argument's own example counts, unless it is that of the field that it stands for."""
    own = _own_examples(parameter)
    for schema, field in _fields(pattern, parameter):
        if own and own != list(examples_of(schema, field)):
            return own[0]
        if accepts_symbol(schema.attribute(field).annotation, parameter.annotation):
            return _example_within_bounds(pattern, parameter, schema, field)
    return own[0] if own else _example_of_type(pattern, parameter)


def _own_examples(parameter: Parameter) -> list[Any]:
    said = get_args(parameter.annotation) if get_origin(parameter.annotation) is Annotated else ()
    given = (each.examples for each in said if isinstance(each, FieldInfo))
    return next((list(examples) for examples in given if examples), list[Any]())


def _fields(pattern: Pattern, parameter: Parameter) -> Iterator[tuple[Schema[BaseModel], str]]:
    """The fields that the argument stands for; then fields of its name."""
    yield from ((use.schema, use.field) for use in _uses(pattern, parameter))
    for schema in schemas_of(pattern.operation):
        if parameter.name in schema.attributes:
            yield schema, parameter.name


def _uses(pattern: Pattern, parameter: Parameter) -> list[Use]:
    text = f"{{{parameter.name}}}"
    return [use for use in uses_of(pattern.operation) if symbol_text(use.symbol) == text]


def _example_within_bounds(
    pattern: Pattern, parameter: Parameter, schema: Schema[BaseModel], field: str
) -> Any:
    """The field's example; of two bounds, the greater one for the upper end."""
    ends = {use.end for use in _uses(pattern, parameter)}
    both = {use.end for use in uses_of(pattern.operation) if use.end and use.field == field}
    if not both or len(both) == 1 or None in ends:
        return field_example(schema, field)
    one, other = field_example(schema, field), field_example(schema, field, 1)
    return max(one, other) if "high" in ends else min(one, other)


def _example_of_type(pattern: Pattern, parameter: Parameter) -> Any:
    try:
        return infer_format(parameter.annotation).example(parameter.name)
    except ValueError:
        value = plain_example(parameter.annotation, parameter.name)
    if value is None:
        raise MissingExample(
            where=pattern.name,
            declared=f"no example for {parameter.name}: {show_type(parameter.annotation)}",
            allowed="arguments that stand for a field with examples",
        )
    return value
