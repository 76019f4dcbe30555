"""Unwraps annotations, and names them as the programmer wrote them."""

from __future__ import annotations

import typing
from typing import Annotated, Any, Final, NewType, get_args, get_origin

from pydantic import JsonValue
from typing_extensions import TypeAliasType

from singletable.annotations import stands_for
from singletable.codec.wire import is_class

# `type X = ...` makes the standard one, which the backport is not before Python 3.14
_ALIAS_TYPES: Final[tuple[Any, ...]] = (
    TypeAliasType,
    getattr(typing, "TypeAliasType", TypeAliasType),
)


def unwrap(annotation: object) -> object:
    """Takes off Annotated, NewType, aliases and Pydantic's stand-ins; JsonValue stays.

    Of a class below text or int that tells Pydantic how to be built, text or int is left.
    """
    bare = unwrap_to_class(annotation)
    return text_or_int(bare) if is_class(bare) else bare


def unwrap_to_class(annotation: object) -> object:
    """Takes off the same, but leaves classes below text and int as they are."""
    seen = annotation
    for _ in range(32):
        inner = unwrap_once(seen)
        if inner is seen:
            return seen
        seen = inner
    raise ValueError("is an alias of itself")


def unwrap_once(annotation: Any) -> object:
    """Takes off the outermost of these; itself where there is none."""
    if isinstance(annotation, type):
        return stands_for(annotation)
    if annotation is JsonValue:
        return annotation
    if get_origin(annotation) is Annotated:
        return get_args(annotation)[0]
    if isinstance(annotation, NewType):
        return annotation.__supertype__
    if isinstance(annotation, _ALIAS_TYPES):
        return annotation.__value__
    return annotation


def text_or_int(kind: type[object]) -> type[object]:
    """str or int for a subclass that tells Pydantic how to rebuild it from the bare value."""
    if hasattr(kind, "__get_pydantic_core_schema__"):
        for base in (str, int):
            if issubclass(kind, base):
                return base
    return kind


def name_of(annotation: object) -> str:
    """The annotation as in source text."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__name__
    if isinstance(annotation, NewType):
        return annotation.__name__
    return repr(annotation).replace("typing.", "")
