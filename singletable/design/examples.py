"""Example values of any storable type, of an entity's fields, and example entities.

The same in every run. Knows schemas; no pattern.
"""

from __future__ import annotations

from collections import abc, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin
from uuid import UUID

from pydantic import AnyUrl, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from singletable.annotations import core_type
from singletable.codec.vectors import VectorMark
from singletable.errors.declaration import DeclarationError
from singletable.errors.design import MissingExample
from singletable.errors.request import InvalidItem
from singletable.schema import Attribute, Schema
from singletable.schema.attribute import describe
from singletable.schema.registry import registry_of
from singletable.schema.view import CompiledView

MOMENT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
"""The moment at which every example is asked."""

_BY_TYPE: tuple[tuple[type, object], ...] = (
    (bool, False),
    (int, 7),
    (float, 0.5),
    (Decimal, Decimal("1.5")),
    (bytes, b"bytes"),
    (datetime, MOMENT),
    (date, MOMENT.date()),
    (time, MOMENT.time()),
    (timedelta, timedelta(hours=1)),
    (UUID, UUID("018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d")),
    (AnyUrl, "https://example.com/"),
    (IPv4Address, "192.0.2.1"),
    (IPv6Address, "2001:db8::1"),
    (IPv4Network, "192.0.2.0/24"),
    (IPv6Network, "2001:db8::/32"),
    (Path, "a/b"),
)
_CONTAINERS = (list, dict, set, frozenset, tuple, deque)
_CONCRETE: Mapping[object, type] = {abc.Sequence: list, abc.Mapping: dict}
_EXPIRY = timedelta(days=1)


def field_example(schema: Schema[BaseModel], field: str, variant: int = 0) -> Any:
    """A value of the field for an argument: never None, empty or zero where that can be helped."""
    candidates = _candidates(schema, field, variant)
    return _first_valid(schema, field, (each for each in candidates if each is not None))


def entity_example(
    schema: Schema[BaseModel], variant: int = 0, *, like: BaseModel | None = None
) -> BaseModel:
    """An example entity. Variant 1 differs where fields have a second example.

    `like`: the entity whose primary key and engine-kept fields it shares.
    """
    kept = {*schema.primary.fields, *schema.roles.values()} if like is not None else set[str]()
    values = dict[str, object]()
    for field, attribute in schema.attributes.items():
        if field in kept:
            values[field] = getattr(like, field)
        elif examples_of(schema, field) or not has_default(schema, attribute) or _vector(attribute):
            values[field] = field_example(schema, field, variant)
    if variant and like is None:
        values |= _another_identity(schema, values)
    example = _build_entity(schema, values)
    if variant and example == like:
        return _change_one(schema, values, kept) or example
    return example


def view_example(view: CompiledView[BaseModel]) -> BaseModel:
    """The view of the example of its entity."""
    example = entity_example(view.schema)
    return view.model.model_validate({name: getattr(example, name) for name in view.fields})


def _change_one(
    schema: Schema[BaseModel], values: Mapping[str, object], kept: set[str]
) -> BaseModel | None:
    """The example with another value in one field, which no index holds if there is such a field.

    None where every field is kept.
    """
    indexed = {field for key in schema.keys.values() for field in key.fields}
    for field in sorted(schema.attributes.keys() - kept, key=lambda each: (each in indexed, each)):
        value = values.get(field) or field_example(schema, field)
        for candidate in (f"another {value}", *_others(value)):
            try:
                changed = schema.attribute(field).validate(candidate)
                return _build_entity(schema, {**values, field: changed})
            except (InvalidItem, MissingExample):
                continue
    return None


def _build_entity(schema: Schema[BaseModel], values: Mapping[str, object]) -> BaseModel:
    try:
        entity: BaseModel = schema.model.model_validate(values)
    except ValidationError as error:
        raise MissingExample(
            where=schema.name,
            declared=f"its example does not fit: {describe(error)}",
            allowed="`Field(examples=[...])` that agree with each other",
        ) from None
    return entity


def _candidates(schema: Schema[BaseModel], field: str, variant: int) -> Iterator[object]:
    given = examples_of(schema, field)
    if given:
        yield given[min(variant, len(given) - 1)]
        return
    if field == schema.roles.get("ttl"):
        yield MOMENT + _EXPIRY
    kin = _kin(schema, field)
    if kin is not None:
        yield field_example(*kin, variant)
    attribute = schema.attribute(field)
    if has_default(schema, attribute):
        yield _info(schema, field).get_default(call_default_factory=True) or None
    if attribute.format is not None:
        yield attribute.format.example(field)
    vector = _vector(attribute)
    if vector is not None:
        yield vector.example(variant)
    yield plain_example(attribute.annotation, field)


def _vector(attribute: Attribute) -> VectorMark | None:
    """What is known of a vector, without which the item would be in no index."""
    mark = attribute.coder.transform
    return mark if isinstance(mark, VectorMark) else None


def _first_valid(schema: Schema[BaseModel], field: str, candidates: Iterator[object]) -> object:
    attribute, problem = schema.attribute(field), "there is no value that its type implies"
    for candidate in candidates:
        try:
            return attribute.validate(candidate)
        except InvalidItem as error:
            problem = error.problems
    raise _no_example(schema, field, problem)


def _no_example(schema: Schema[BaseModel], field: str, problem: str) -> DeclarationError:
    return MissingExample(
        where=f"{schema.name}.{field}",
        declared=f"no example that fits: {problem}",
        allowed="`Field(examples=[...])`",
    )


def examples_of(schema: Schema[BaseModel], field: str) -> Sequence[object]:
    """The examples that the field declares."""
    return _info(schema, field).examples or ()


def has_default(schema: Schema[BaseModel], attribute: Attribute) -> bool:
    """Whether the field has a default that is the same in every run."""
    factory = _info(schema, attribute.field).default_factory
    empty = (get_origin(factory) or factory) in (None, *_CONTAINERS)
    return not attribute.required and empty


def _info(schema: Schema[BaseModel], field: str) -> FieldInfo:
    info: FieldInfo = schema.model.model_fields[field]
    return info


def _kin(schema: Schema[BaseModel], field: str) -> tuple[Schema[BaseModel], str] | None:
    """The primary key field of another entity that this field refers to, by its new type: of
    several entities with this key the first one's, which refers to none."""
    kind = core_type(schema.attribute(field).annotation)
    if kind is bare_type(kind):
        return None
    for other in registry_of(schema.table).entities.values():
        for name in other.primary.fields:
            same = core_type(other.attribute(name).annotation) is kind
            if same and len(other.primary.fields) == 1:
                return None if (other, name) == (schema, field) else (other, name)
    return None


def _another_identity(schema: Schema[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    """A changed primary key, if the second examples have not changed it already."""
    first = {field: field_example(schema, field) for field in schema.primary.fields}
    if any(values[field] != first[field] for field in first):
        return {}
    for field, value in reversed(first.items()):
        for candidate in _others(value):
            try:
                return {field: schema.attribute(field).validate(candidate)}
            except InvalidItem:
                continue
    raise _no_example(schema, schema.primary.fields[-1], "two items need two keys")


def _others(value: object) -> Iterator[object]:
    if isinstance(value, Enum):
        yield from (each for each in type(value) if each is not value)
    elif isinstance(value, str):
        yield from (value[:-1] + last for last in "B2b" if last != value[-1:])
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | Decimal | float):
        yield value + 1
    elif isinstance(value, datetime | date):
        yield value + timedelta(days=1)


def plain_example(annotation: object, name: str) -> object:
    """A value of the type; text is the field's name. None for what it does not know."""
    kind = bare_type(annotation)
    origin: object = get_origin(kind) or kind
    origin = _CONCRETE.get(origin, origin)
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (Union, UnionType):
        return plain_example(get_args(kind)[0], name)
    if not isinstance(origin, type):
        return None
    if origin in _CONTAINERS:
        return _of_container(origin, get_args(kind), name)
    return _of_class(origin, name)


def _of_container(kind: type, arguments: tuple[object, ...], name: str) -> object:
    """A container with one element: empty sets are stored as no attribute."""
    elements = [plain_example(each, name) for each in arguments if each is not ...]
    if None in elements or not elements:
        return cast(object, kind())
    return cast(object, kind([tuple(elements)] if kind is dict else elements))


def _of_class(kind: type, name: str) -> object:
    if issubclass(kind, Enum):
        return next(iter(kind))
    if issubclass(kind, BaseModel):
        return _of_model(kind)
    if issubclass(kind, str):
        return name.replace("_", "-")
    return next((value for base, value in _BY_TYPE if issubclass(kind, base)), None)


def _of_model(model: type[BaseModel]) -> dict[str, object]:
    """Input for a model inside an entity: its required fields."""
    return {
        info.validation_alias if isinstance(info.validation_alias, str) else name: (
            info.examples[0] if info.examples else plain_example(info.annotation, name)
        )
        for name, info in model.model_fields.items()
        if info.is_required()
    }


def bare_type(annotation: object) -> object:
    """The type without `Annotated`, `| None` and new types' names."""
    kind = core_type(annotation)
    supertype = getattr(kind, "__supertype__", None)
    return kind if supertype is None else bare_type(supertype)
