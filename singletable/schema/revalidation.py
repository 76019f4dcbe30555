"""Validates entities before they are written: what is stored is what the entity holds.

An entity was validated when it was constructed. Here it is validated once more as it will be when
it is read, and has to come out as it is: a validator that changes its own result would store one
value and read another. Only what no validator has seen, such as what a copy was given, may change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from singletable.errors.request import InvalidItem
from singletable.schema.attribute import NOT_SETTLED, Attribute, describe, is_equal, show_error
from singletable.tracing import Symbol, symbol_of

if TYPE_CHECKING:
    from singletable.schema.schema import AnySchema

M = TypeVar("M", bound=BaseModel)

UNCHECKED = "__singletable_unchecked__"
"""The slot of an entity that says which of its values were put in without validation."""


class Unchecked(NamedTuple):
    """The fields that no validator has seen, and the valid entity whose copy this is, if any."""

    fields: frozenset[str]
    origin: BaseModel | None


def mark_unchecked(entity: BaseModel, fields: Collection[str], origin: BaseModel | None) -> None:
    """Notes which fields of a copy, or of a constructed object, were not validated."""
    known = None if origin is None else find_unchecked(origin)
    if known is not None:
        object.__setattr__(entity, UNCHECKED, Unchecked(known.fields.union(fields), known.origin))
    elif fields:
        object.__setattr__(entity, UNCHECKED, Unchecked(frozenset(fields), origin))


def find_unchecked(entity: BaseModel) -> Unchecked | None:
    """What no validator has seen of an entity; None where it was validated whole."""
    try:
        found: Unchecked = object.__getattribute__(entity, UNCHECKED)
    except AttributeError:
        return None
    return found


def revalidate(schema: AnySchema, entity: M) -> M:
    """Validates an entity as it is read once it is stored; `InvalidItem` if it would be another."""
    values = _values(schema, entity)
    if Symbol in map(type, values.values()):
        return _with_whole_symbols(schema, entity, values)
    unchecked = find_unchecked(entity)
    fields = unchecked.fields if unchecked else frozenset[str]()
    checked = _validate(schema, entity, values, fields)
    changed = _find_changes(schema, values, vars(checked))
    if not changed and not fields & schema.rebuilt:
        return checked
    own = [name for name in changed if name not in fields]
    if own and not (unchecked and schema.whole_model_checks and _is_settled(schema, unchecked)):
        problems = "; ".join(f"{name}: {NOT_SETTLED}" for name in own)
        raise InvalidItem(entity=schema.name, problems=problems)
    return revalidate(schema, checked)


def _with_whole_symbols(schema: AnySchema, entity: M, values: Mapping[str, Any]) -> M:
    """The entity, with one symbol for each argument that is a model inside it."""
    names = [name for name in schema.rebuilt if isinstance(values[name], BaseModel)]
    found = {name: symbol_of(values[name]) for name in names}
    symbols = {name: each for name, each in found.items() if each is not None}
    return entity.model_copy(update=symbols)


def _values(schema: AnySchema, entity: BaseModel) -> Mapping[str, Any]:
    """The values of the fields; cached properties are none, and unknown names are refused."""
    held = vars(entity)
    if held.keys() == schema.attributes.keys():
        return held
    kind = type(entity)
    unknown = [
        name
        for name in held
        if name not in schema.attributes
        and not isinstance(getattr_static(kind, name, None), cached_property)
    ]
    if unknown:
        problems = f"{', '.join(unknown)}: there is no such field"
        raise InvalidItem(entity=schema.name, problems=problems)
    return schema.values(entity)


def _validate(
    schema: AnySchema, entity: M, values: Mapping[str, Any], unchecked: Collection[str]
) -> M:
    """Validates the values from their stored form where Pydantic would pass objects unseen."""
    plain = dict(values)
    for name in schema.rebuilt:
        if name not in unchecked:
            attribute = schema.attributes[name]
            plain[name] = attribute.load(attribute.encode(values[name]))
    try:
        own = type(entity) is schema.model
        checked: Any = (schema.validate if own else type(entity).model_validate)(plain)
    except ValidationError as error:
        raise InvalidItem(entity=schema.name, problems=describe(error)) from None
    except Exception as error:
        problems = blame(schema.attributes, plain, error)
        raise InvalidItem(entity=schema.name, problems=problems) from error
    if type(checked) is not type(entity):
        shown = type(checked).__name__
        raise InvalidItem(entity=schema.name, problems=f"its validators return a {shown}")
    object.__setattr__(checked, "__pydantic_fields_set__", set(entity.model_fields_set))
    return checked


def validator_of(model: type[BaseModel]) -> Callable[[object], object]:
    """Pydantic's own, where the class leaves `model_validate` as it is."""
    usual = vars(BaseModel)["model_validate"].__func__
    is_usual = getattr(model.model_validate, "__func__", None) is usual
    return model.__pydantic_validator__.validate_python if is_usual else model.model_validate


def _find_changes(
    schema: AnySchema, values: Mapping[str, Any], checked: Mapping[str, Any]
) -> list[str]:
    if not schema.rebuilt and is_equal(values, checked):
        return []
    return [
        name
        for name, attribute in schema.attributes.items()
        if not attribute.is_same(values[name], checked[name])
    ]


def _is_settled(schema: AnySchema, unchecked: Unchecked) -> bool:
    """Whether the entity that was copied is one that validators leave as it is."""
    try:
        return unchecked.origin is None or bool(revalidate(schema, unchecked.origin))
    except InvalidItem:
        return False


def blame(attributes: Mapping[str, Attribute], values: Mapping[str, Any], error: Exception) -> str:
    """Says whose validator raised an error that Pydantic passes on: the fields that alone do so."""
    fields = [
        name for name in values if name in attributes and _raises(attributes[name], values, error)
    ]
    return f"{', '.join(fields) or 'the item'}: its validator raises {show_error(error)}"


def _raises(attribute: Attribute, values: Mapping[str, Any], error: Exception) -> bool:
    try:
        attribute.check(values[attribute.field])
    except Exception as raised:  # noqa: BLE001 (whatever a validator raises)
        return show_error(raised) == show_error(error)
    return False
