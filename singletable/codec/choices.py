"""Coders of Enum and Literal: a closed list of values, looked up in tables both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Final

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.numbers import INT, parse_int
from singletable.codec.scalars import BOOL, NONE, STR
from singletable.codec.source import Source
from singletable.codec.wire import (
    MISSING,
    AttributeValue,
    Forms,
    Inner,
    Payload,
    encoding,
    loading,
    usual,
)

_RAW: Final[Mapping[type, Inner]] = {str: STR, int: INT, bool: BOOL, type(None): NONE}


def choices(name: str, members: Iterable[object]) -> Inner:
    """The coder of a closed list; ValueError says why members cannot be stored or told apart.

    An enum member is stored as its value, and the bare value is taken for the member too
    (Pydantic's `use_enum_values` keeps it so).
    """
    wires: dict[tuple[type, object], AttributeValue] = {}
    values: dict[tuple[str, object], object] = {}
    for member in members:
        raw = member.value if isinstance(member, Enum) else member
        tag, payload = _encode_member(raw)
        if (tag, raw) in values:
            raise ValueError(f"two of its members are stored as {raw!r}")
        values[tag, raw] = member
        wires[type(member), member] = wires[type(raw), raw] = {tag: payload}
    types = frozenset(kind for kind, _ in wires)

    def accepts(value: object) -> bool:
        return type(value) in types and (type(value), value) in wires

    def encode(value: object, level: int) -> AttributeValue:
        if not accepts(value):
            raise EncodeError(value, f"is no {name}")
        return dict(wires[type(value), value])

    def decode(tag: str, payload: Payload, level: int) -> object:
        raw = parse_int(payload) if tag == "N" else None if tag == "NULL" else payload
        if (tag, raw) not in values:
            raise DecodeError(short_repr(payload), name)
        return values[tag, raw]

    tags = frozenset(tag for tag, _ in values)
    inner = Inner(name, tags, accepts, encode, decode, None if "NULL" in tags else MISSING)
    return _with_source(inner, {raw: member for (_, raw), member in values.items()})


def _with_source(inner: Inner, by_text: Mapping[object, object]) -> Inner:
    """The coder of members, as source text too if they are stored as texts."""
    if inner.tags != frozenset({"S"}):
        return inner
    kinds = {type(member) for member in by_text.values()}
    is_plain = len(kinds) == 1 and all(map(_is_stored_as, by_text.values(), by_text))

    def reading(source: Source, wire: str, level: int) -> str:
        payload = source.name("p")
        members = source.bind(by_text, "members")
        test = f"{usual(wire, 'S', 'str', payload)} and {payload} in {members}"
        return f"({members}[{payload}] if {test} else {loading(inner, source, wire, level)})"

    def writing(source: Source, value: str, level: int) -> str:
        [kind] = kinds
        raw = f"{value}._value_" if issubclass(kind, Enum) else value
        test = f"type({value}) is {source.bind(kind, 'Kind')} and {raw} in "
        made = f"{{'S': {raw}}} if {test}{source.bind(by_text, 'members')}"
        return f"({made} else {encoding(inner, source, value, level)})"

    return replace(inner, reading=reading, writing=writing if is_plain else None)


def _is_stored_as(member: object, text: object) -> bool:
    """Whether a member is stored as what generated code takes: an enum may say another `value`."""
    return (member._value_ if isinstance(member, Enum) else member) == text


def stored_forms(members: Iterable[object]) -> Forms:
    """Tag and payload of each member of a `Literal`; none where it has one that is not stored."""
    forms = [_encode_member(each.value if isinstance(each, Enum) else each) for each in members]
    return frozenset(forms if all(tag != "NULL" for tag, _ in forms) else ())


def _encode_member(raw: object) -> tuple[str, object]:
    kind = _RAW.get(type(raw))
    if kind is None:
        raise ValueError(f"its member {short_repr(raw)} is neither str, int nor bool")
    try:
        [(tag, payload)] = kind.encode(raw, 1).items()
    except EncodeError as error:
        raise ValueError(f"its member {short_repr(raw)} {error.reason}") from None
    return tag, payload
