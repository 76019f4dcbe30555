"""Finds roles that are given inside a field, where they would do nothing."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import pydantic
from pydantic import BaseModel

from singletable.codec.models import fields_of, is_record
from singletable.codec.wire import is_class
from singletable.schema.markers import Marker, metadata_in
from singletable.schema.members import types_in
from singletable.schema.schema import schema_by_model


def find_inner_role(annotation: object) -> str | None:
    """A role that a field gives to its elements, or to members of a model."""
    seen, waiting = set[int](), list[object]()
    for kind in types_in(annotation):
        waiting += _contents_of(kind, seen)
    while waiting:
        found = waiting.pop()
        for mark in metadata_in(found):
            if isinstance(mark, Marker):
                return mark.role
            if isinstance(mark, str) and mark == pydantic.VERSION:
                return "version"
        for kind in types_in(found):
            waiting += _contents_of(kind, seen)
    return None


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
