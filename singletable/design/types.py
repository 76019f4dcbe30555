"""Annotations as a reader writes them. Knows typing; no entity and no DynamoDB."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

_ONE_OR_NONE = frozenset({"Get", "First"})
_PAGED = "Query"


def show_type(annotation: object) -> str:
    """`dict[str, PostId] | None`; `Annotated` is looked through, new types keep their name."""
    if annotation in (None, NoneType):
        return "None"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return show_type(arguments[0])
    if origin in (Union, UnionType):
        return " | ".join(map(show_type, arguments))
    if origin is Literal:
        return " | ".join(map(repr, arguments))
    if origin is not None:
        return f"{_name(origin)}[{', '.join(map(show_type, arguments))}]"
    return "..." if annotation is ... else _name(annotation)


def result_type(returns: object) -> str:
    """What the repository answers for an operation of this type: `Page[Post]`, `Post | None`."""
    kind, arguments = _name(get_origin(returns) or returns), get_args(returns)
    answer = show_type(arguments[0]) if arguments else "None"
    if kind == _PAGED:
        return f"Page[{answer}]"
    return f"{answer} | None" if kind in _ONE_OR_NONE else answer


def _name(annotation: object) -> str:
    return getattr(annotation, "__name__", None) or str(annotation)
