"""Annotations as the programmer wrote them: names for messages, wrappers taken off."""

from __future__ import annotations

import typing
from typing import Annotated, Any, Final, NewType, get_origin

from pydantic import JsonValue
from typing_extensions import TypeAliasType

from singletable.annotations import STANDS_FOR
from singletable.codec.wire import is_class

# `type X = ...` makes the standard one, which the backport is not before Python 3.14
_ALIAS_TYPES: Final[tuple[Any, ...]] = (
    TypeAliasType,
    getattr(typing, "TypeAliasType", TypeAliasType),
)


def unwrap(annotation: Any) -> Any:
    """Takes off Annotated, NewType, aliases and Pydantic's stand-ins; JsonValue stays."""
    seen = annotation
    for _ in range(32):
        inner = _inside(seen)
        if inner is seen:
            return seen
        seen = inner
    raise ValueError("is an alias of itself")


def _inside(annotation: Any) -> Any:
    if annotation is JsonValue:
        return annotation
    if get_origin(annotation) is Annotated:
        return annotation.__origin__
    if isinstance(annotation, NewType):
        return annotation.__supertype__
    if isinstance(annotation, _ALIAS_TYPES):
        return annotation.__value__
    if is_class(annotation):
        return STANDS_FOR.get(annotation) or _rebuilt_text_or_int(annotation)
    return annotation


def _rebuilt_text_or_int(kind: type[Any]) -> type[Any]:
    """A str or int subclass that tells Pydantic how to rebuild it from the bare value."""
    if hasattr(kind, "__get_pydantic_core_schema__"):
        for base in (str, int):
            if issubclass(kind, base):
                return base
    return kind


def name_of(annotation: Any) -> str:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__name__
    if isinstance(annotation, NewType):
        return annotation.__name__
    return repr(annotation).replace("typing.", "")
