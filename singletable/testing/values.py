"""Attribute values as the store keeps them: immutable Python values, and their wire form.

S is `str`, N `Decimal`, B `bytes`, BOOL `bool`, NULL `None`, a set `frozenset`, L `tuple`,
M a `dict` that nobody changes. A stored item can therefore be shared, and is never copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias, cast

from singletable.testing.errors import build_parameter_error, build_validation
from singletable.testing.numbers import number_size, parse_number, render_number

Value: TypeAlias = (
    str
    | Decimal
    | bytes
    | bool
    | frozenset[str]
    | frozenset[Decimal]
    | frozenset[bytes]
    | tuple["Value", ...]
    | dict[str, "Value"]
    | None
)
Item: TypeAlias = dict[str, Value]
Wire: TypeAlias = "dict[str, str | bytes | bool | list[str] | list[bytes] | list[Wire] | WireItem]"
WireItem: TypeAlias = dict[str, Wire]

_DEPTH = 32
_KINDS: dict[type, str] = {
    str: "S",
    Decimal: "N",
    bytes: "B",
    bool: "BOOL",
    type(None): "NULL",
    tuple: "L",
    dict: "M",
}


def kind_of(value: Value) -> str:
    """The name of the value's type: S, N, B, BOOL, NULL, L, M, SS, NS, BS."""
    if isinstance(value, frozenset):
        return _KINDS[type(next(iter(value)))] + "S"
    return _KINDS[type(value)]


def equals(left: Value, right: Value) -> bool:
    """Whether two values have one type and one content; true is not the number one."""
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(equals, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equals(left[k], right[k]) for k in left)
    return left == right


def decode_item(attributes: object) -> Item:
    """Decodes `{"name": {"S": "text"}}` to its stored form."""
    if not isinstance(attributes, Mapping):
        raise build_parameter_error(f"an item is a mapping, not {type(attributes).__name__}")
    return _decode_map(cast("Mapping[str, object]", attributes), 0)


def decode(attribute: object, depth: int = 0) -> Value:
    """Decodes one attribute value; what DynamoDB refuses is a ValidationException."""
    if not isinstance(attribute, Mapping):
        raise build_parameter_error(
            f"an attribute value is a mapping, not {type(attribute).__name__}"
        )
    attributes = cast("Mapping[str, object]", attribute)
    if len(attributes) != 1:
        found = "has more than one datatypes set" if attributes else "is empty"
        raise build_validation(
            f"Supplied AttributeValue {found}, must contain exactly one of the supported datatypes"
        )
    [(kind, payload)] = attributes.items()
    if kind == "S" and isinstance(payload, str):
        return payload
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise build_parameter_error(
            f"{kind!r} is no type of attribute values, or its value is wrong"
        )
    return decoder(payload, depth)


def encode(value: Value) -> Wire:
    """Encodes a value in wire form."""
    return _ENCODERS[type(value)](value)


def encode_item(item: Item) -> WireItem:
    return {name: encode(value) for name, value in item.items()}


def _encode_set(elements: frozenset[str] | frozenset[Decimal] | frozenset[bytes]) -> Wire:
    kind = kind_of(elements)
    if kind == "NS":
        return {kind: [render_number(n) for n in sorted(cast("frozenset[Decimal]", elements))]}
    return {kind: sorted(cast("frozenset[str]", elements))}


def item_size(item: Item) -> int:
    """Bytes of names and values, as DynamoDB counts them against its limits."""
    return sum(_text_size(name) + value_size(value) for name, value in item.items())


def value_size(value: Value) -> int:
    return _SIZES[type(value)](value)


def _list_size(elements: tuple[Value, ...]) -> int:
    return 3 + sum(1 + value_size(element) for element in elements)


def _map_size(entries: Item) -> int:
    return 3 + len(entries) + item_size(entries)


def _set_size(elements: Iterable[Value]) -> int:
    return sum(map(value_size, elements))


def _text_size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _decode_text(payload: object, _: int) -> Value:
    raise build_parameter_error(f"S takes a str, not {type(payload).__name__}")


def _decode_number(payload: object, _: int) -> Value:
    return parse_number(_text(payload, "N"))


def _decode_bytes(payload: object, _: int) -> Value:
    return _bytes(payload, "B")


def _decode_bool(payload: object, _: int) -> Value:
    if not isinstance(payload, bool):
        raise build_parameter_error(f"BOOL takes a bool, not {type(payload).__name__}")
    return payload


def _decode_null(payload: object, _: int) -> Value:
    if payload is not True:
        raise build_validation(
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true"
        )
    return None


def _decode_list(payload: object, depth: int) -> Value:
    _check_depth(depth)
    return tuple([decode(element, depth + 1) for element in _elements(payload, "L")])


def _decode_document(payload: object, depth: int) -> Value:
    _check_depth(depth)
    if not isinstance(payload, Mapping):
        raise build_parameter_error(f"M takes a mapping, not {type(payload).__name__}")
    return _decode_map(cast("Mapping[str, object]", payload), depth + 1)


def _decode_map(attributes: Mapping[str, object], depth: int) -> Item:
    if "" in attributes:
        raise build_validation("Empty attribute name")
    return {name: decode(value, depth) for name, value in attributes.items()}


def _decode_texts(payload: object, _: int) -> Value:
    return _distinct([_text(element, "SS") for element in _elements(payload, "SS")], "string")


def _decode_numbers(payload: object, _: int) -> Value:
    numbers = [parse_number(_text(element, "NS")) for element in _elements(payload, "NS")]
    return _distinct(numbers, "number")


def _decode_binaries(payload: object, _: int) -> Value:
    return _distinct([_bytes(element, "BS") for element in _elements(payload, "BS")], "binary")


def _distinct(elements: list[str] | list[Decimal] | list[bytes], kind: str) -> Value:
    if not elements:
        raise build_validation(
            f"One or more parameter values were invalid: An {kind} set  may not be empty"
        )
    distinct = cast("frozenset[str]", frozenset(elements))
    if len(distinct) != len(elements):
        shown = ", ".join(map(str, elements))
        raise build_validation(
            "One or more parameter values were invalid: "
            f"Input collection [{shown}] contains duplicates"
        )
    return distinct


def _text(payload: object, kind: str) -> str:
    if not isinstance(payload, str):
        raise build_parameter_error(f"{kind} takes str, not {type(payload).__name__}")
    return payload


def _bytes(payload: object, kind: str) -> bytes:
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, bytearray):
        return bytes(payload)
    if isinstance(payload, str):
        return payload.encode()
    raise build_parameter_error(f"{kind} takes bytes, not {type(payload).__name__}")


def _elements(payload: object, kind: str) -> Iterable[object]:
    if not isinstance(payload, list | tuple):
        raise build_parameter_error(f"{kind} takes a list, not {type(payload).__name__}")
    return cast("Iterable[object]", payload)


def _check_depth(depth: int) -> None:
    if depth >= _DEPTH:
        raise build_validation("Nesting Levels have exceeded supported limits")


_DECODERS: dict[str, Callable[[object, int], Value]] = {
    "S": _decode_text,
    "N": _decode_number,
    "B": _decode_bytes,
    "BOOL": _decode_bool,
    "NULL": _decode_null,
    "L": _decode_list,
    "M": _decode_document,
    "SS": _decode_texts,
    "NS": _decode_numbers,
    "BS": _decode_binaries,
}

_ENCODERS: dict[type, Callable[[Any], Wire]] = {
    str: lambda text: {"S": text},
    Decimal: lambda number: {"N": render_number(number)},
    bool: lambda flag: {"BOOL": flag},
    dict: lambda entries: {"M": encode_item(entries)},
    tuple: lambda elements: {"L": [encode(element) for element in elements]},
    bytes: lambda content: {"B": content},
    type(None): lambda _: {"NULL": True},
    frozenset: _encode_set,
}
_SIZES: dict[type, Callable[[Any], int]] = {
    str: _text_size,
    Decimal: number_size,
    bool: lambda _: 1,
    dict: _map_size,
    tuple: _list_size,
    bytes: len,
    type(None): lambda _: 1,
    frozenset: _set_size,
}
