"""Finds roles that are given inside a field, where they would do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from singletable.codec.models import fields_of, is_record
from singletable.codec.names import unwrap_once
from singletable.codec.wire import is_class
from singletable.schema.markers import Marker
from singletable.schema.schema import schema_by_model


def find_inner_role(annotation: object) -> str | None:
    """A role that a field gives to its elements, to members of a model, or within an alias."""
    seen, waiting = set[object](), list[object]()
    for kind in _kinds_of(annotation):
        waiting += _contents_of(kind, seen)
    while waiting:
        found = waiting.pop()
        for mark in _marks_of(found):
            if isinstance(mark, Marker):
                return mark.role
        for kind in _kinds_of(found):
            waiting += _contents_of(kind, seen)
    return None


def _layers_of(annotation: object) -> Iterator[object]:
    """A place as annotated, and each type that may stand there."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from _layers_of(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for member in get_args(annotation):
            yield from _layers_of(member)


def _marks_of(annotation: object) -> Iterator[object]:
    """What `Annotated` says of a place."""
    for layer in _layers_of(annotation):
        if get_origin(layer) is Annotated:
            yield from get_args(layer)[1:]


def _kinds_of(annotation: object) -> Iterator[object]:
    for layer in _layers_of(annotation):
        if get_origin(layer) not in (Annotated, Union, UnionType):
            yield layer


def _contents_of(kind: object, seen: set[object]) -> list[object]:
    """The annotations inside a type: of elements, of members, or what a name stands for."""
    named = unwrap_once(kind)
    if named is kind and not (is_class(kind) and is_record(kind)):
        return [*get_args(kind)]
    if kind in seen:
        return []
    seen.add(kind)
    return [named] if named is not kind else _members_of(kind)


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
