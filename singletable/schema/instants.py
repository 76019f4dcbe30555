"""Makes Pydantic cut an entity's moments to what is kept of them, also where nothing says so.

A table may declare the format of moments that have none. It becomes part of the annotation, so that
they are cut as where a field declares it. What stands inside models of the user's own is left:
their coders take the format, and refuse a moment that it does not keep whole. And what a factory
makes, such as the present moment, is validated like a given value.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.fields import FieldInfo

from singletable.annotations import alias_value
from singletable.codec.generics import GENERIC
from singletable.codec.names import unwrap_to_class
from singletable.formats import Epoch, Format, Instant
from singletable.schema.markers import TTL, metadata_in, metadata_of
from singletable.table import TableDefinition


def use_instants(model: type[BaseModel], table: TableDefinition) -> None:
    """Builds the model anew where moments are cut, and Pydantic would not know it."""
    if not model.__pydantic_complete__:
        return
    fields = model.__pydantic_fields__
    changed = {
        name: known
        for name, info in fields.items()
        if (known := _checking_factory(_with_format(info, table.instants))) is not info
    }
    if changed:
        fields |= changed
        model.model_rebuild(force=True)


def _checking_factory(info: FieldInfo) -> FieldInfo:
    """The field, so that what its factory makes is cut; itself where nothing is."""
    if info.default_factory is None or info.validate_default is not None:
        return info
    if not any(mark is TTL or _cuts(mark) for mark in metadata_of(info)):
        return info
    found = copy(info)
    found.validate_default = True
    return found


def _cuts(mark: object) -> bool:
    return isinstance(mark, Instant | Epoch) and mark.precision != "microseconds"


def _with_format(info: FieldInfo, format_: Instant | Epoch | None) -> FieldInfo:
    """The field with the format; itself where it stays as it is."""
    if any(isinstance(mark, Format) for mark in info.metadata):
        return info
    if isinstance(format_, Epoch) and TTL in metadata_of(info):
        return info  # it is stored as epoch seconds, whatever the format of others
    annotation = _annotated(info.annotation, format_)
    if annotation is info.annotation:
        return info
    found = copy(info)
    if get_origin(annotation) is Annotated:
        annotation, *added = get_args(annotation)
        found.metadata = [*info.metadata, *added]
    found.annotation = annotation
    return found


def _annotated(annotation: Any, format_: Format | None) -> Any:
    """The annotation with the format at each moment that has none; itself where there is none."""
    if any(isinstance(mark, Format) for mark in _own_marks(annotation)):
        return annotation
    if unwrap_to_class(annotation) is datetime:
        return annotation if format_ is None else Annotated[annotation, format_]
    value = alias_value(annotation)
    inner = _inside(value, format_)
    return annotation if inner is value else inner


def _inside(annotation: Any, format_: Format | None) -> Any:
    """The same of a type with arguments, such as `list[datetime]` or `datetime | None`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = _annotated(arguments[0], format_)
        return annotation if inner is arguments[0] else Annotated[inner, *arguments[1:]]
    if origin not in GENERIC or not arguments:
        return annotation
    inside = tuple(each if each is ... else _annotated(each, format_) for each in arguments)
    is_same = all(new is old for new, old in zip(inside, arguments, strict=True))
    made = annotation if is_same else cast(Any, Union if origin is UnionType else origin)[inside]
    has_cut_keys = origin in (dict, Mapping) and any(map(_cuts, _own_marks(inside[0])))
    return Annotated[made, WrapValidator(_keep_entries)] if has_cut_keys else made


def _keep_entries(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    """Refuses a map of which two keys are cut to one."""
    made: Mapping[object, object] = handler(value)
    if isinstance(value, Mapping) and len(made) < len(cast("Mapping[object, object]", value)):
        raise ValueError("two of its keys are one moment, cut to what is kept of them")
    return made


def _own_marks(annotation: object) -> tuple[object, ...]:
    """What `Annotated` says of a type itself, and not of the members of a union."""
    if get_origin(annotation) in (Union, UnionType):
        return ()
    return tuple(metadata_in(annotation))
