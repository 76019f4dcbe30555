"""Attribute values: tags, payloads, their form; and the interface of the coders inside the codec.

Knows no Python annotation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum
from typing import Any, Final, TypeAlias, TypeGuard

from singletable.codec.errors import DecodeError, EncodeError, index_step, short_repr
from singletable.codec.source import Source
from singletable.records import record

AttributeValue: TypeAlias = Mapping[str, Any]
"""One tag and its payload, as boto3 takes and gives it: `{"S": "news"}`."""

Payload: TypeAlias = Any
"""What stands beside a tag. Its type follows from the tag, which only `load` has looked at."""

Keep: TypeAlias = Callable[[AttributeValue, AttributeValue, AttributeValue], AttributeValue]
"""The stored value, what the model stores of it, and the new value, which keeps unknown names."""

Forms: TypeAlias = frozenset[tuple[str, object]]
"""Tags and payloads that one field can be stored as."""

DEEPEST: Final = 32
"""Levels of one attribute, itself the first: the 32nd may hold a scalar, no list or map."""


Emit: TypeAlias = Callable[[Source, str, int], str]
"""Writes what a coder does with the value of an expression, which stands at this level; gives the
expression of what it makes. What is written may raise anything: the coder then has the last word.
"""


class Missing(Enum):
    """The value of an attribute that is absent and must not be."""

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return self.value


MISSING: Final = Missing.MISSING

_SETS: Final = frozenset({"SS", "NS", "BS"})
_CONTAINERS: Final = frozenset({"L", "M"})


@record
class Inner:
    """A compiled coder below the top level.

    `encode(value, level)` raises only `EncodeError`; `decode(tag, payload, level)` is called with
    a tag among `tags` and a well-formed payload (see `load`) and raises only `DecodeError`.
    `accepts` looks at the surface: it chooses the member of a union. `fixed`: of a record, stored
    name → what its `Literal` fields may be stored as; records in a union are told apart by these.
    `keep`: keeps names in a stored value that its records do not know; None: it has no record.
    `transform`: the functions that make the stored value, where it is made by some.
    `reading`, `writing`: the coder as source text, for the usual forms; None: it is called.
    """

    name: str
    tags: frozenset[str]
    accepts: Callable[[object], bool]
    encode: Callable[[object, int], AttributeValue]
    decode: Callable[[str, Payload, int], object]
    absent: object = MISSING
    fixed: Mapping[str, Forms] = field(default_factory=dict[str, Forms])
    keep: Keep | None = None
    transform: object = None
    reading: Emit | None = None
    writing: Emit | None = None


def load(inner: Inner, attribute: object, level: int) -> object:
    """Decodes an attribute value of unknown origin; raises only `DecodeError`."""
    if not is_mapping(attribute) or len(attribute) != 1:
        raise DecodeError(short_repr(attribute), f"an attribute value for {inner.name}")
    [(tag, payload)] = attribute.items()
    if tag not in inner.tags:
        raise DecodeError(
            f"{short_repr(tag)} {short_repr(payload)}", f"{inner.name} ({tag_list(inner)})"
        )
    if not _WELL_FORMED[tag](payload):
        raise DecodeError(f"malformed {tag} {short_repr(payload)}", inner.name)
    return inner.decode(tag, payload, level)


def emit_read(inner: Inner, source: Source, wire: str, level: int) -> str:
    """Writes the decoding of an attribute value; gives the expression of what it loads as."""
    if inner.reading is None or level >= DEEPEST or source.is_full:
        return loading(inner, source, wire, level)
    return inner.reading(source, wire, level)


def emit_write(inner: Inner, source: Source, value: str, level: int) -> str:
    """Writes the encoding of a variable's value; gives the expression of the attribute value."""
    if inner.writing is None or level >= DEEPEST or source.is_full:
        return encoding(inner, source, value, level)
    return inner.writing(source, value, level)


def loading(inner: Inner, source: Source, wire: str, level: int) -> str:
    """The call that decodes an attribute value of any form."""
    return f"{source.bind(load, 'load')}({source.bind(inner, 'coder')}, {wire}, {level})"


def encoding(inner: Inner, source: Source, value: str, level: int) -> str:
    """The call that encodes any value."""
    return f"{source.bind(inner.encode, 'encode')}({value}, {level})"


def usual(wire: str, tag: str, kind: str, payload: str) -> str:
    """The test for an attribute value whose payload, which gets a name, is exactly of a class."""
    found = f"type({payload} := {wire}.get({tag!r}))"
    return f"len({wire}) == 1 and {found} is {kind}"


def is_attribute_value(found: object) -> TypeGuard[AttributeValue]:
    """Whether this is one tag and a payload of its kind; what is inside is not looked at."""
    if not is_mapping(found) or len(found) != 1:
        return False
    [(tag, payload)] = found.items()
    return tag in _WELL_FORMED and _WELL_FORMED[tag](payload)


def is_name(found: object) -> bool:
    """Whether this can be the name of an attribute."""
    return isinstance(found, str) and found != ""


def is_well_formed(found: object, level: int = 1) -> bool:
    """Whether DynamoDB could store this as the value of an attribute, whatever is inside."""
    if not is_attribute_value(found):
        return False
    [(tag, payload)] = found.items()
    if tag in _SETS:
        return len(frozenset(payload)) == len(payload) > 0
    if tag not in _CONTAINERS:
        return True
    inner = payload.values() if tag == "M" else payload
    return level < DEEPEST and all(is_well_formed(each, level + 1) for each in inner)


def tag_list(inner: Inner) -> str:
    return " or ".join(sorted(inner.tags))


def encode_at(
    inner: Inner, value: object, level: int, at: object, step: Callable[[object], str] = index_step
) -> AttributeValue:
    """Encodes an element or field; errors get the step that leads to it."""
    try:
        return inner.encode(value, level)
    except EncodeError as error:
        error.enter(step(at))
        raise


def load_at(
    inner: Inner,
    attribute: object,
    level: int,
    at: object,
    step: Callable[[object], str] = index_step,
) -> object:
    """Decodes an element or field; errors get the step that leads to it."""
    try:
        return load(inner, attribute, level)
    except DecodeError as error:
        error.enter(step(at))
        raise


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    # `dict` first: for an abstract class alone, `isinstance` takes several times as long.
    return isinstance(value, (dict, Mapping))


def is_class(value: object) -> TypeGuard[type[object]]:
    return isinstance(value, type)


def class_of(value: object) -> type[object]:
    return type(value)


def is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def _is_text(payload: object) -> bool:
    return isinstance(payload, str)


def _is_number(payload: object) -> bool:
    return isinstance(payload, str) and _NUMBER.fullmatch(payload) is not None


def _is_binary(payload: object) -> bool:
    return isinstance(payload, bytes)


def _all_of(test: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda payload: is_list(payload) and all(map(test, payload))


_WELL_FORMED: Final[Mapping[str, Callable[[object], bool]]] = {
    "S": _is_text,
    "N": _is_number,
    "B": _is_binary,
    "BOOL": lambda payload: isinstance(payload, bool),
    "NULL": lambda payload: payload is True,
    "L": is_list,
    "M": lambda payload: is_mapping(payload) and all(map(_is_text, payload)),
    "SS": _all_of(_is_text),
    "NS": _all_of(_is_number),
    "BS": _all_of(_is_binary),
}
