"""list and tuple as L, dict as M."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Final

from singletable.codec.faults import DecodeError, EncodeError, index_step, shown
from singletable.codec.scalars import instance_of
from singletable.codec.wire import DEEPEST, AttributeValue, Inner, encode_at, load_at

LONGEST_NAME: Final = 65535
_LIST: Final = frozenset({"L"})
_MAP: Final = frozenset({"M"})


def check_encode(name: str, accepts: Callable[[Any], bool], value: Any, level: int) -> None:
    if not accepts(value):
        raise EncodeError(value, f"is no {name}")
    if level >= DEEPEST:
        raise EncodeError(value, f"is nested deeper than DynamoDB's {DEEPEST} levels")


def check_decode(level: int) -> None:
    if level >= DEEPEST:
        raise DecodeError("a list or map below the last level", f"at most {DEEPEST} levels")


def sequence(name: str, make: type[list[Any]] | type[tuple[Any, ...]], element: Inner) -> Inner:
    """`list[X]`, `tuple[X, ...]`."""
    accepts = instance_of(make)

    def encode(value: Any, level: int) -> AttributeValue:
        check_encode(name, accepts, value, level)
        return {"L": [encode_at(element, each, level + 1, at) for at, each in enumerate(value)]}

    def decode(tag: str, payload: Any, level: int) -> Any:
        check_decode(level)
        return make(load_at(element, each, level + 1, at) for at, each in enumerate(payload))

    return Inner(name, _LIST, accepts, encode, decode)


def fixed_tuple(name: str, elements: Sequence[Inner]) -> Inner:
    """`tuple[X, Y]`."""
    accepts = instance_of(tuple)
    width = len(elements)

    def encode(value: Any, level: int) -> AttributeValue:
        check_encode(name, accepts, value, level)
        if len(value) != width:
            raise EncodeError(value, f"has {len(value)} elements, not {width}")
        parts = zip(elements, value, repeat(level + 1), range(width), strict=False)
        return {"L": [encode_at(*part) for part in parts]}

    def decode(tag: str, payload: Any, level: int) -> Any:
        check_decode(level)
        if len(payload) != width:
            raise DecodeError(f"{len(payload)} elements", f"{name} ({width} elements)")
        parts = zip(elements, payload, repeat(level + 1), range(width), strict=False)
        return tuple(load_at(*part) for part in parts)

    return Inner(name, _LIST, accepts, encode, decode)


def mapping(name: str, key: Inner, value: Inner) -> Inner:
    """`dict[K, V]`; the key's only tag is S."""
    accepts = instance_of(dict)

    def encode(items: Any, level: int) -> AttributeValue:
        check_encode(name, accepts, items, level)
        out = {name_text(key, at): encode_at(value, items[at], level + 1, at) for at in items}
        if len(out) != len(items):
            raise EncodeError(items, "has two keys that are stored as the same text")
        return {"M": out}

    def decode(tag: str, payload: Any, level: int) -> Any:
        check_decode(level)
        return {_key(key, at): load_at(value, payload[at], level + 1, at) for at in payload}

    return Inner(name, _MAP, accepts, encode, decode)


def name_text(key: Inner, at: Any) -> str:
    """The stored text of a map's key."""
    try:
        text: str = key.encode(at, 1)["S"]
    except EncodeError as error:
        raise EncodeError(at, f"as a key {error.reason}") from None
    if not text:
        raise EncodeError(at, "as a key is empty")
    if len(text.encode()) > LONGEST_NAME:
        raise EncodeError(at, f"as a key is longer than {LONGEST_NAME} bytes")
    return text


def _key(key: Inner, text: str) -> Any:
    try:
        return key.decode("S", text, 1)
    except DecodeError as error:
        error.enter(index_step(text))
        error.found = f"key {shown(text)}"
        raise
