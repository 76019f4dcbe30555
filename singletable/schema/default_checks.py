"""Checks that what an absent attribute is read as is a value that its model takes and keeps.

Pydantic does not validate defaults. An item that is read with one could not be written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from singletable.annotations import admits_none
from singletable.codec.field_checks import CONFIGURED_TEXT
from singletable.codec.models import fields_of, is_record
from singletable.codec.wire import is_class
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import RequestError
from singletable.schema.attribute import Attribute, validates_default
from singletable.schema.members import config_of, info_of, member_of, types_in

Refuse = Callable[[str, str], InvalidEntity]


def check_defaults(
    model: type[BaseModel],
    roles: Mapping[str, str],
    attributes: Mapping[str, Attribute],
    refuse: Refuse,
) -> None:
    """Checks the constant defaults of fields, and of those inside them.

    Stamps may have any: the engine replaces them. What factories make is not known.
    """
    stamps = {roles.get("created"), roles.get("updated")}
    for field, info in model.model_fields.items():
        attribute = attributes[field]
        found = [*_find_inside(attribute, info.annotation, model.model_config)]
        if field not in stamps:
            found += _find_own(model, info, partial(attributes.__getitem__, field))
        for label, problem in found:
            raise refuse(f"the default of {label} {problem}", "a default that its validators keep")


def find_problem(attribute: Attribute, value: object) -> str:
    """What its validators do to a value: refuse it, or change it; empty if neither."""
    try:
        if attribute.is_same(value, attribute.validate(value)):
            return ""
    except RequestError as error:
        return "" if error.__cause__ is not None else f"is refused: {error}"
    return "is changed by its validators"


def has_validators(model: type[BaseModel]) -> bool:
    return bool(model.__pydantic_decorators__.field_validators)


def _find_own(
    kind: type[Any], info: FieldInfo, find_attribute: Callable[[], Attribute]
) -> Iterator[tuple[str, str]]:
    """The problem of a field's default, with the field's name, if it has one."""
    if not _is_constant(info) or validates_default(kind, info) or _is_plain(kind, info):
        return
    attribute = find_attribute()
    problem = find_problem(attribute, info.default)
    if problem:
        yield attribute.field, problem


def _find_inside(
    holder: Attribute,
    annotation: object,
    config: ConfigDict | None,
    seen: frozenset[object] = frozenset(),
) -> Iterator[tuple[str, str]]:
    """The problems of defaults of models, dataclasses and named tuples inside a type."""
    for kind in types_in(annotation):
        if is_class(kind) and is_record(kind):
            if kind not in seen and holder.coder.transform is None:
                yield from _find_in_record(holder, kind, config, seen | {kind})
            continue
        for argument in get_args(kind):
            yield from _find_inside(holder, argument, config, seen)


def _find_in_record(
    holder: Attribute, kind: type[Any], config: ConfigDict | None, seen: frozenset[object]
) -> Iterator[tuple[str, str]]:
    own = config_of(kind, config)
    for field in fields_of(kind)[0]:
        member = partial(_member, holder, kind, field.name, config)
        yield from _find_own(kind, info_of(kind, field.name), member)
        yield from _find_inside(holder, field.annotation, own, seen)


def _member(holder: Attribute, kind: type[Any], name: str, config: ConfigDict | None) -> Attribute:
    return member_of(holder, kind, name, config).attribute


def _is_constant(info: FieldInfo) -> bool:
    return not info.is_required() and info.default_factory is None


def _is_plain(kind: type[Any], info: FieldInfo) -> bool:
    """Whether the type of a default says that it is sound: most are such as `""` for `str`."""
    if info.metadata or (issubclass(kind, BaseModel) and has_validators(kind)):
        return False
    if info.default is None:
        return admits_none(info.annotation)
    config: Mapping[str, object] = config_of(kind, None) or {}
    if type(info.default) is str and CONFIGURED_TEXT & config.keys():
        return False
    plain = (bool, int, str)
    return any(info.annotation is each and type(info.default) is each for each in plain)
