"""Finds roles that are given inside a field, where they would do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pydantic
from pydantic import BaseModel

from singletable.codec.models import fields_of, is_record
from singletable.codec.names import unwrap_once
from singletable.codec.wire import is_class
from singletable.schema.markers import Marker
from singletable.schema.schema import schema_by_model


def find_inner_role(annotation: object) -> str | None:
    """A role that a field gives to its elements, or to members of a model."""
    seen, waiting = set[int](), list[object]()
    for kind in _kinds_of(annotation):
        waiting += _contents_of(kind, seen)
    while waiting:
        found = waiting.pop()
        for mark in _marks_of(found):
            if isinstance(mark, Marker):
                return mark.role
            if isinstance(mark, str) and mark == pydantic.VERSION:
                return "version"
        for kind in _kinds_of(found):
            waiting += _contents_of(kind, seen)
    return None


def _layers_of(annotation: object) -> Iterator[object]:
    """A place as annotated, what its names stand for, and each type that may stand there."""
    yield annotation
    if get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _layers_of(member)
    elif (named := unwrap_once(annotation)) is not annotation:
        yield from _layers_of(named)


def _marks_of(annotation: object) -> Iterator[object]:
    """What `Annotated` says of a place."""
    for layer in _layers_of(annotation):
        if get_origin(layer) is Annotated:
            yield from get_args(layer)[1:]


def _kinds_of(annotation: object) -> Iterator[object]:
    for layer in _layers_of(annotation):
        if get_origin(layer) not in (Union, UnionType) and unwrap_once(layer) is layer:
            yield layer


def _contents_of(kind: object, seen: set[int]) -> list[object]:
    """The annotations inside a type: of elements, or of members."""
    if id(kind) in seen:
        return []
    seen.add(id(kind))
    return _members_of(kind) if is_class(kind) and is_record(kind) else [*get_args(kind)]


def _members_of(kind: Any) -> list[object]:
    """The annotated members of a record; an entity inside gives roles to items of its own."""
    if not issubclass(kind, BaseModel):
        try:
            return [field.annotation for field in fields_of(kind)[0]]
        except Exception:  # noqa: BLE001 - whatever it is, its coder says why it is not supported
            return []
    if schema_by_model(kind) is not None:
        return []
    return [Annotated[info.annotation, None, *info.metadata] for info in kind.model_fields.values()]
