"""Finds the format of a field: the declared one, or the one that its type implies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Literal, NewType, Union, get_args, get_origin
from uuid import UUID

from singletable.annotations import alias_value, stands_for
from singletable.formats.base import Format
from singletable.formats.choice import flag, one_of
from singletable.formats.moment import day, instant
from singletable.formats.shaped_text import uuid_text
from singletable.formats.text import text


def infer_format(
    annotation: object, metadata: tuple[object, ...] = (), instants: Format | None = None
) -> Format:
    """The declared format, or the one its type implies; `ValueError` says why there is none.

    `instants`: the format of moments that declare none.
    """
    declared = [item for item in metadata if isinstance(item, Format)]
    if declared:
        return declared[-1]
    annotation = alias_value(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        return infer_format(inner, tuple(extra), instants)
    if origin in (Union, UnionType):
        return _infer_optional(annotation, instants)
    if origin is Literal:
        return one_of(get_args(annotation))
    if isinstance(annotation, NewType):
        return infer_format(annotation.__supertype__, (), instants)
    return _of_class(annotation, instants)


def _infer_optional(annotation: object, instants: Format | None) -> Format:
    members = [member for member in get_args(annotation) if member is not NoneType]
    if len(members) != 1:
        raise ValueError("is a union; a key needs one kind of value")
    return infer_format(members[0], (), instants)


_BY_CLASS: tuple[tuple[type, Callable[[], Format]], ...] = (
    (bool, flag),
    (str, text),
    (datetime, instant),
    (date, day),
    (UUID, uuid_text),
)


def _of_class(annotation: object, instants: Format | None) -> Format:
    annotation = stands_for(annotation)
    if not isinstance(annotation, type):
        raise ValueError(f"is {annotation!r}, which has no key text")
    if issubclass(annotation, Enum):
        return one_of(tuple(annotation))
    if instants is not None and issubclass(annotation, datetime):
        return instants
    for base, make in _BY_CLASS:
        if issubclass(annotation, base):
            return make()
    advice = next(advice for bases, advice in _ADVICE if issubclass(annotation, bases))
    raise ValueError(f"is {annotation.__name__}, which {advice}")


_ADVICE: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (int, "needs a format such as integer(0, 9999)"),
    (
        (float, Decimal),
        "needs a format of your own: declare a whole number of the smallest unit with"
        " integer(low, high), or make the field itself a key attribute with number(name)",
    ),
    (bytes, "needs a format of your own, or must itself be a key attribute of type B"),
    (object, "needs a format of your own"),
)
"""What a class without key text needs, or what to use instead."""
