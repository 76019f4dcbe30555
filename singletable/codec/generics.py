"""Compiles annotations with arguments: list[X], X | Y, Literal[...]. Knows no attribute value."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from singletable.codec.choices import choices
from singletable.codec.containers import SET_TAGS, fixed_tuple, mapping, sequence, set_of
from singletable.codec.names import name_of
from singletable.codec.scalars import NONE
from singletable.codec.unions import merge_records, optional, union
from singletable.codec.wire import Inner

Compile: TypeAlias = Callable[[object, str], Inner]
"""Compiles a part: annotation, where. A builder raises ValueError saying what is wrong."""


def _list(compile_part: Compile, annotation: object, where: str) -> Inner:
    element = compile_part(_arguments(annotation, Any)[0], f"{where}[]")
    kind = get_origin(annotation) or annotation
    return sequence(name_of(annotation), deque if kind is deque else list, element)


def _sequence(compile_part: Compile, annotation: object, where: str) -> Inner:
    """Of a Sequence only lists are stored: a tuple would come back as a list."""
    return sequence("list", list, compile_part(_arguments(annotation, Any)[0], f"{where}[]"))


def _tuple(compile_part: Compile, annotation: object, where: str) -> Inner:
    arguments = get_args(annotation)
    if annotation is tuple:
        arguments = (Any, ...)
    name = name_of(annotation)
    if arguments[1:] == (...,):
        return sequence(name, tuple, compile_part(arguments[0], f"{where}[]"))
    parts = [compile_part(each, f"{where}[{at}]") for at, each in enumerate(arguments)]
    return fixed_tuple(name, parts)


def _dict(compile_part: Compile, annotation: object, where: str) -> Inner:
    key_type, value_type = _arguments(annotation, str, Any)
    key = compile_part(key_type, f"{where} key")
    if key.tags not in (frozenset({"S"}), frozenset({"N"})):
        raise ValueError(f"has keys of type {key.name}, and a map's keys are text or numbers")
    return mapping(name_of(annotation), key, compile_part(value_type, f"{where}[]"))


def _set(compile_part: Compile, annotation: object, where: str) -> Inner:
    element = compile_part(_arguments(annotation, Any)[0], f"{where}[]")
    if len(element.tags) != 1 or not element.tags <= SET_TAGS.keys():
        raise ValueError(f"has elements of type {element.name}, not all text, numbers or bytes")
    if (get_origin(annotation) or annotation) is frozenset:
        return set_of(name_of(annotation), frozenset, element)
    return set_of(name_of(annotation), set, element)


def _union(compile_part: Compile, annotation: object, where: str) -> Inner:
    members = merge_records([compile_part(each, where) for each in get_args(annotation)])
    name = name_of(annotation)
    if len(members) == 1:
        return members[0]
    others = [member for member in members if member is not NONE]
    if len(others) == 1:
        return optional(name, others[0])
    return union(name, members)


def _literal(compile_part: Compile, annotation: object, where: str) -> Inner:
    return choices(name_of(annotation), get_args(annotation))


def _arguments(annotation: object, *default: object) -> tuple[object, ...]:
    return get_args(annotation) or default


GENERIC: Final[Mapping[object, Callable[[Compile, object, str], Inner]]] = {
    list: _list,
    deque: _list,
    Sequence: _sequence,
    tuple: _tuple,
    dict: _dict,
    Mapping: _dict,
    set: _set,
    frozenset: _set,
    Union: _union,
    UnionType: _union,
    Literal: _literal,
}
