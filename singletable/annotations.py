"""Unwraps type annotations (`Annotated`, `| None`, Pydantic's own types); shows them as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

_STANDS_FOR: Final[Mapping[tuple[str, str], type]] = {
    ("pydantic.types", "AwareDatetime"): datetime,
    ("pydantic.types", "PastDatetime"): datetime,
    ("pydantic.types", "FutureDatetime"): datetime,
    ("pydantic.types", "PastDate"): date,
    ("pydantic.types", "FutureDate"): date,
    ("pydantic.networks", "EmailStr"): str,
}
"""By names: to load these modules takes longer than most designs need of them."""


def stands_for(annotation: object) -> object:
    """The class of the values of one of Pydantic's own types; others stand for themselves."""
    if not isinstance(annotation, type):
        return annotation
    return _STANDS_FOR.get((annotation.__module__, annotation.__qualname__), annotation)


def accepts_symbol(expected: object, given: object) -> bool:
    """Returns whether a symbol of the given type may stand for a value of the expected one.

    The rule is that of assignment to a type checker, with `Annotated` and `| None` left out.
    """
    wanted, offered = (_without_marks(core_type(each)) for each in (expected, given))
    if Any in (wanted, offered) or wanted == offered:
        return True
    if isinstance(wanted, type) and isinstance(offered, type):
        return issubclass(offered, wanted)
    if get_origin(offered) is Literal:
        return all(_is_value_of(wanted, value) for value in get_args(offered))
    supertype = getattr(offered, "__supertype__", None)
    return supertype is not None and accepts_symbol(wanted, supertype)


def _without_marks(kind: Any) -> Any:
    """The type without `Annotated` inside: `list[str]` of a list of slugs."""
    if isinstance(kind, type):
        return kind
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _without_marks(arguments[0])
    if origin is Literal or not arguments:
        return kind
    inside = tuple(each if each is ... else _without_marks(each) for each in arguments)
    if inside == arguments:
        return kind
    return (Union if origin is UnionType else origin)[inside]


def _is_value_of(wanted: object, value: object) -> bool:
    if get_origin(wanted) is Literal:
        return any(type(one) is type(value) and one == value for one in get_args(wanted))
    return isinstance(wanted, type) and isinstance(value, wanted)


def alias_value(annotation: object) -> object:
    """What an alias (`type X = ...`) stands for, or the annotation itself."""
    if isinstance(annotation, type) or get_origin(annotation) is not None:
        return annotation
    value = getattr(annotation, "__value__", annotation)
    return value if value is annotation else alias_value(value)


def core_type(annotation: object) -> object:
    """The annotation without aliases, without `Annotated` and without `| None`."""
    if isinstance(annotation, type):
        return stands_for(annotation)
    annotation = alias_value(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return core_type(get_args(annotation)[0])
    if origin in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        if len(members) == 1:
            return core_type(members[0])
    return stands_for(annotation)


def admits_none(annotation: object) -> bool:
    """Returns whether None is a value of the type."""
    if isinstance(annotation, type):
        return annotation is NoneType
    annotation = alias_value(annotation)
    if get_origin(annotation) is Annotated:
        return admits_none(get_args(annotation)[0])
    return annotation in (None, NoneType) or NoneType in get_args(annotation)


def element_type(annotation: object) -> object | None:
    """The type of the elements of a `Sequence`, `list` or `tuple[X, ...]`; None for others."""
    kind = core_type(annotation)
    arguments = get_args(kind)
    if get_origin(kind) is tuple and arguments[1:] != (...,):
        return None
    return arguments[0] if get_origin(kind) in (Sequence, list, tuple) and arguments else None


def show_type(annotation: object) -> str:
    """The text of a type: `dict[str, PostId] | None`; new types keep their name."""
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
        return f"{type_name(origin)}[{', '.join(map(show_type, arguments))}]"
    return "..." if annotation is ... else type_name(annotation)


def type_name(annotation: object) -> str:
    """The name of a class or new type; of anything else its text."""
    return getattr(annotation, "__name__", None) or str(annotation)
