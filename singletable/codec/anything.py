"""The coder of Any, object and JsonValue: takes plain values that come back as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from singletable.codec.containers import mapping, sequence
from singletable.codec.errors import EncodeError
from singletable.codec.numbers import DECIMAL, INT, parse_decimal, parse_int
from singletable.codec.scalars import BOOL, NONE, STR
from singletable.codec.wire import AttributeValue, Inner, Payload

_INSTEAD: Final[Mapping[type, str]] = {
    float: "would come back as a Decimal",
    tuple: "would come back as a list",
    bytes: "is no JSON value",
}


def _encode(value: object, level: int) -> AttributeValue:
    kind = _BY_TYPE.get(type(value))
    if kind is None:
        why = _INSTEAD.get(type(value), "would not come back as it was")
        reason = f"is a {type(value).__name__}, which {why}: declare its type instead of Any"
        raise EncodeError(value, reason)
    return kind.encode(value, level)


def _number(tag: str, text: str, level: int) -> int | Decimal:
    return parse_int(text) if text.removeprefix("-").isdecimal() else parse_decimal(text)


def _decode(tag: str, payload: Payload, level: int) -> object:
    return _BY_TAG[tag](tag, payload, level)


ANY: Final = Inner(
    "a plain value",
    frozenset({"S", "N", "BOOL", "NULL", "L", "M"}),
    lambda value: type(value) in _BY_TYPE,
    _encode,
    _decode,
    absent=None,
)
_LIST: Final = sequence("list", list, ANY)
_DICT: Final = mapping("dict", STR, ANY)
_BY_TYPE: Final[Mapping[type, Inner]] = {
    str: STR,
    bool: BOOL,
    int: INT,
    Decimal: DECIMAL,
    type(None): NONE,
    list: _LIST,
    dict: _DICT,
}
_BY_TAG: Final[Mapping[str, Callable[[str, Payload, int], object]]] = {
    "S": STR.decode,
    "N": _number,
    "BOOL": BOOL.decode,
    "NULL": NONE.decode,
    "L": _LIST.decode,
    "M": _DICT.decode,
}
