"""Example arguments of an access pattern, for documentation and golden requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Literal, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from singletable.annotations import accepts_symbol, element_type, show_type
from singletable.codec.wire import is_mapping
from singletable.design.examples import (
    entity_example,
    examples_of,
    field_example,
    plain_example,
    view_example,
)
from singletable.entity import Entity, schema_of
from singletable.errors.design import MissingExample
from singletable.expressions.comparison import Between, Compare, In
from singletable.formats import infer_format
from singletable.operations.reads.key_conditions import Range
from singletable.operations.writes.batch import is_batch
from singletable.operations.writes.update import is_update
from singletable.patterns import Parameter, Pattern
from singletable.patterns.plan import schemas_of
from singletable.schema import CompiledKey, Schema
from singletable.schema.attribute import describe
from singletable.schema.view import view_of
from singletable.tracing import Symbol, symbol_text


def example_arguments(pattern: Pattern) -> dict[str, object]:
    """Builds an argument for every parameter, the same in every run."""
    known = dict[str, object]()
    for parameter in sorted(pattern.parameters, key=lambda each: each.element is not None):
        known[parameter.name] = _argument(pattern, parameter, known)
    return {parameter.name: known[parameter.name] for parameter in pattern.parameters}


def _argument(pattern: Pattern, parameter: Parameter, known: Mapping[str, object]) -> object:
    """An example; `known` are those of the parameters before it, of sequences all others, too."""
    model = parameter.entity
    if model is not None:
        if _is_of_items(model):
            return _entity(pattern, parameter.name, model, known)
        return _model(pattern, parameter, model)
    model = parameter.element_entity
    if model is not None and _is_of_items(model):
        taken = _number_of(model, known)
        return [entity_example(schema_of(model), at) for at in range(taken, 2)]
    if parameter.element is not None and is_batch(pattern.operation):
        return _keys(pattern, parameter, known)
    return _value(pattern, parameter)


def _model(pattern: Pattern, parameter: Parameter, model: type[BaseModel]) -> BaseModel:
    """An example of a model that is a value."""
    try:
        return model.model_validate(_value(pattern, parameter))
    except ValidationError as error:
        raise MissingExample(
            where=pattern.name,
            declared=f"the example of {parameter.name} does not fit: {describe(error)}",
            allowed=f"`Field(examples=[...])` in {model.__name__}",
        ) from None


def _is_of_items(model: type[BaseModel]) -> bool:
    """Whether this is an entity, or a view: no model that is a value."""
    return issubclass(model, Entity) or view_of(model) is not None


def _keys(pattern: Pattern, parameter: Parameter, known: Mapping[str, object]) -> list[object]:
    """One value for the items of a batch; none where others have the keys that examples make."""
    others = {use.field for use in uses_of(pattern.operation) if use.symbol.argument in known}
    for use in _uses(pattern, parameter):
        is_known = _number_of(use.schema.model, known) or use.field in others
        return [] if is_known else [field_example(use.schema, use.field)]
    return []


def _number_of(model: type[BaseModel], known: Mapping[str, object]) -> int:
    """How many items of an entity these arguments are about: its examples have two keys."""
    number = 0
    for value in known.values():
        elements = cast(list[object], value) if isinstance(value, list) else [value]
        number += sum(isinstance(each, model) for each in elements)
    return number


def _entity(
    pattern: Pattern, name: str, model: type[BaseModel], known: Mapping[str, object]
) -> BaseModel:
    """An example entity; a second one differs, but has the same key if an update takes both."""
    view = view_of(model)
    if view is not None:
        return view_example(view)
    schema = schema_of(model)
    states = {each: value for each, value in known.items() if isinstance(value, model)}
    if not states:
        return entity_example(schema)
    pairs = list(argument_pairs([pattern.operation]))
    for earlier, state in states.items():
        if any({earlier, name} <= pair for pair in pairs):
            return entity_example(schema, 1, like=state)
    return entity_example(schema, 1)


def _value(pattern: Pattern, parameter: Parameter) -> object:
    """An example value: the argument's own, unless it is that of the field that it stands for."""
    own, element = _own_examples(parameter), element_type(parameter.annotation)
    for schema, field in _fields(pattern, parameter):
        kind = schema.attribute(field).annotation
        if element is not None and accepts_symbol(kind, element):
            return own[0] if own else [field_example(schema, field, at) for at in range(2)]
        if own and own != list(examples_of(schema, field)):
            return own[0]
        if accepts_symbol(kind, parameter.annotation):
            return _example_within_bounds(pattern, parameter, schema, field)
    return own[0] if own else _example_of_type(pattern, parameter)


def _own_examples(parameter: Parameter) -> list[object]:
    said = get_args(parameter.annotation) if get_origin(parameter.annotation) is Annotated else ()
    given = (each.examples for each in said if isinstance(each, FieldInfo))
    return next((list(examples) for examples in given if examples), list[object]())


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
) -> object:
    """The field's example; of two bounds, the greater one for the upper end."""
    ends = {use.end for use in _uses(pattern, parameter)}
    both = {use.end for use in uses_of(pattern.operation) if use.end and use.field == field}
    if not both or len(both) == 1 or None in ends:
        return field_example(schema, field)
    one, other = field_example(schema, field), field_example(schema, field, 1)
    return max(one, other) if "high" in ends else min(one, other)


def _example_of_type(pattern: Pattern, parameter: Parameter) -> object:
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


End = Literal["low", "high"]


@dataclass(frozen=True)
class Use:
    """A symbol in a field's place; `end` where it bounds a range."""

    schema: Schema[BaseModel]
    field: str
    symbol: Symbol
    end: End | None = None


def uses_of(operation: object) -> Iterator[Use]:
    """Finds every place where a symbol stands for a field's whole value."""
    return _walk(operation, None)


def argument_pairs(operation: object) -> Iterator[frozenset[str]]:
    """The arguments that one update takes for two states of one item."""
    for value in _values(operation):
        if is_update(value):
            states = [*_values(value.before), *_values(value.after)]
            yield frozenset(each.argument for each in states if isinstance(each, Symbol))
        else:
            yield from argument_pairs(value)


def _walk(value: object, schema: Schema[BaseModel] | None) -> Iterator[Use]:
    schema = _schema_of(value) or schema
    if schema is not None:
        yield from _here(value, schema)
    for part in _values(value):
        yield from _walk(part, schema)


def _schema_of(value: object) -> Schema[BaseModel] | None:
    """The entity that a write, or a read by its reader, is about."""
    reader = getattr(value, "reader", value) if is_dataclass(value) else None
    return getattr(reader, "schema", None)


def _here(value: object, schema: Schema[BaseModel]) -> Iterator[Use]:
    if isinstance(value, Range):
        yield from _use(schema, value.field, value.low, "low")
        yield from _use(schema, value.field, value.high, "high")
    elif isinstance(value, (Compare, Between, In)):
        if len(value.steps) == 1:
            for part in _operands(value):
                yield from _use(schema, str(value.steps[0]), part)
    elif isinstance(value, BaseModel):
        yield from _here(vars(value), schema)
    elif is_mapping(value):
        for field, part in value.items():
            yield from _use(schema, field, part)


def _operands(condition: Compare | Between | In) -> tuple[object, ...]:
    if isinstance(condition, In):
        return condition.values
    return (condition.low, condition.high) if isinstance(condition, Between) else (condition.value,)


def _use(
    schema: Schema[BaseModel], field: str, value: object, end: End | None = None
) -> Iterator[Use]:
    if isinstance(value, Symbol) and field in schema.attributes:
        yield Use(schema, field, value, end)


def _values(value: object) -> list[object]:
    """The values directly inside a value; schemas and compiled keys are not entered."""
    if isinstance(value, (Schema, CompiledKey, Symbol, type)):
        return []
    if isinstance(value, BaseModel):
        return list(vars(value).values())
    if is_mapping(value):
        return list(value.values())
    if isinstance(value, (tuple, list)):
        return list(cast(list[object], value))
    return [getattr(value, each.name) for each in fields(value)] if is_dataclass(value) else []
