"""Coders of text, bytes, bool, UUID and None, and `scalar`, which makes coders with one tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeGuard, TypeVar
from uuid import UUID

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.wire import AttributeValue, Inner, Payload

T = TypeVar("T")


def scalar(
    name: str,
    tag: str,
    accepts: Callable[[object], TypeGuard[T]],
    dump: Callable[[T], object],
    parse: Callable[[Payload], object],
) -> Inner:
    """A coder with one tag. `dump` gives the payload or raises `EncodeError`; `parse` reads it."""

    def encode(value: object, level: int) -> AttributeValue:
        if not accepts(value):
            raise EncodeError(value, f"is no {name}")
        return {tag: dump(value)}

    def decode(found: str, payload: Payload, level: int) -> object:
        return parse(payload)

    return Inner(name, frozenset({tag}), accepts, encode, decode)


def scalar_of(
    kind: type[T], tag: str, dump: Callable[[T], object], parse: Callable[[Payload], object]
) -> Inner:
    """The coder, with one tag, of a class and of those below it."""
    accepts: Callable[[object], TypeGuard[T]] = instance_of(kind)
    return scalar(kind.__name__, tag, accepts, dump, parse)


def instance_of(kind: type[T]) -> Callable[[object], TypeGuard[T]]:
    """A test for instances of the class and of those below it."""

    def accepts(value: object) -> TypeGuard[T]:
        return isinstance(value, kind)

    return accepts


def storable_text(value: str) -> str:
    """The text as a plain `str`; `EncodeError` for a lone surrogate."""
    text = str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise EncodeError(value, "has a lone surrogate, which UTF-8 cannot carry") from None
    return text


_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _uuid(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise DecodeError(short_repr(text), "the text of a UUID")
    return UUID(text)


def _same(payload: T) -> T:
    return payload


def _is_none(value: object) -> TypeGuard[None]:
    return value is None


STR: Final = scalar_of(str, "S", storable_text, _same)
BYTES: Final = scalar_of(bytes, "B", bytes, _same)
BOOL: Final = scalar_of(bool, "BOOL", bool, bool)
UUID_: Final = scalar_of(UUID, "S", UUID.__str__, _uuid)
NONE: Final = replace(scalar("None", "NULL", _is_none, lambda _: True, lambda _: None), absent=None)
