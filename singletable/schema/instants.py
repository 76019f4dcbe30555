"""Gives an entity's moments the format that its table declares for those without their own.

The format becomes part of the annotation, so that Pydantic cuts moments as it does where a field
declares it. What stands inside models of the user's own is left: their coders take the format, and
refuse a moment that it does not keep whole.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from singletable.annotations import alias_value
from singletable.codec.generics import GENERIC
from singletable.codec.names import unwrap_to_class
from singletable.formats import Epoch, Format, Instant
from singletable.schema.markers import TTL, metadata_in, metadata_of
from singletable.table import TableDefinition


def use_instants(model: type[BaseModel], table: TableDefinition) -> None:
    """Builds the model anew where a field has moments without a format of their own."""
    if table.instants is None or not model.__pydantic_complete__:
        return
    fields = model.__pydantic_fields__
    changed = {name: _with_format(info, table.instants) for name, info in fields.items()}
    fields |= {name: info for name, info in changed.items() if info is not None}
    if any(changed.values()):
        model.model_rebuild(force=True)


def _with_format(info: FieldInfo, format_: Instant | Epoch) -> FieldInfo | None:
    """The field with the format; None where it stays as it is."""
    marks = metadata_of(info)
    if TTL in marks and isinstance(format_, Epoch):
        return None  # it is stored as epoch seconds, whatever the format of others
    if any(isinstance(mark, Format) for mark in info.metadata):
        return None
    annotation = _annotated(info.annotation, format_)
    if annotation is info.annotation:
        return None
    found = copy(info)
    if get_origin(annotation) is Annotated:
        annotation, *added = get_args(annotation)
        found.metadata = [*info.metadata, *added]
    found.annotation = annotation
    return found


def _annotated(annotation: Any, format_: Format) -> Any:
    """The annotation with the format at each moment that has none; itself where there is none."""
    if any(isinstance(mark, Format) for mark in _own_marks(annotation)):
        return annotation
    if unwrap_to_class(annotation) is datetime:
        return Annotated[annotation, format_]
    value = alias_value(annotation)
    inner = _inside(value, format_)
    return annotation if inner is value else inner


def _inside(annotation: Any, format_: Format) -> Any:
    """The same of a type with arguments, such as `list[datetime]` or `datetime | None`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = _annotated(arguments[0], format_)
        return annotation if inner is arguments[0] else Annotated[inner, *arguments[1:]]
    if origin not in GENERIC or not arguments:
        return annotation
    inside = tuple(each if each is ... else _annotated(each, format_) for each in arguments)
    if all(new is old for new, old in zip(inside, arguments, strict=True)):
        return annotation
    return cast(Any, Union if origin is UnionType else origin)[inside]


def _own_marks(annotation: object) -> tuple[object, ...]:
    """What `Annotated` says of a type itself, and not of the members of a union."""
    if get_origin(annotation) in (Union, UnionType):
        return ()
    return tuple(metadata_in(annotation))
