"""The frame of a coder with one scalar tag, and those that need nothing more: text, bytes, bool."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from singletable.codec.faults import DecodeError, EncodeError, shown
from singletable.codec.wire import AttributeValue, Inner


def scalar(
    name: str,
    tag: str,
    accepts: Callable[[Any], bool],
    dump: Callable[[Any], Any],
    parse: Callable[[Any], Any],
) -> Inner:
    """`dump` gives the payload or raises `EncodeError`; `parse` the value or `DecodeError`."""

    def encode(value: Any, level: int) -> AttributeValue:
        if not accepts(value):
            raise EncodeError(value, f"is no {name}")
        return {tag: dump(value)}

    def decode(found: str, payload: Any, level: int) -> Any:
        return parse(payload)

    return Inner(name, frozenset({tag}), accepts, encode, decode)


def instance_of(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types)


def storable_text(value: str) -> str:
    """Exactly a `str`, also for a subclass; refuses what UTF-8 cannot carry."""
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
        raise DecodeError(shown(text), "the text of a UUID")
    return UUID(text)


def _same(payload: Any) -> Any:
    return payload


STR: Final = scalar("str", "S", instance_of(str), storable_text, _same)
BYTES: Final = scalar("bytes", "B", instance_of(bytes), bytes, _same)
BOOL: Final = scalar("bool", "BOOL", instance_of(bool), _same, _same)
UUID_: Final = scalar("UUID", "S", instance_of(UUID), UUID.__str__, _uuid)
NONE: Final = replace(
    scalar("None", "NULL", lambda value: value is None, lambda _: True, lambda _: None), absent=None
)
