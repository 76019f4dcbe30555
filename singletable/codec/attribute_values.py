"""Measures and compares attribute values as DynamoDB does. Sizes: developer guide, item sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

from singletable.codec.wire import AttributeValue, Payload

_CONTAINER = 3
_ELEMENT = 1
_CHARACTER = 4
_PAIR = 2

_Key: TypeAlias = tuple[str | bytes | Decimal, ...]


def item_size(item: Mapping[str, AttributeValue]) -> int:
    """The bytes of an item's names and values, without the 100 bytes that storage adds."""
    size = 0
    for name, attribute in item.items():
        [(tag, payload)] = attribute.items()
        size += _text(name) + _SIZES[tag](payload)
    return size


def greatest_item_size(item: Mapping[str, AttributeValue]) -> int:
    """What the bytes of an item are at most, at a fraction of the cost of counting them.

    Characters have four bytes at most, and a number has fewer than four times its digits.
    """
    characters, others = sum(map(len, item)), 0
    for attribute in item.values():
        text = attribute.get("S")
        if text is None:
            others += _greatest_size(attribute)
        else:
            characters += len(text)
    return _CHARACTER * characters + others


def _greatest_size(attribute: AttributeValue) -> int:
    [(tag, payload)] = attribute.items()
    if type(payload) is str:
        return _CHARACTER * len(payload)
    if tag == "L":
        return _CONTAINER + len(payload) * _ELEMENT + sum(map(_greatest_size, payload))
    return value_size(attribute)


def value_size(attribute: AttributeValue) -> int:
    """The bytes of one attribute value, without its name."""
    [(tag, payload)] = attribute.items()
    return _SIZES[tag](payload)


def _text(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _number(text: str) -> int:
    """The bytes of a number: one, one per two significant digits, one for a minus."""
    sign, digits, _ = Decimal(text).as_tuple()
    significant = len("".join(map(str, digits)).strip("0"))
    return 1 + (significant + 1) // 2 + (sign if significant else 0)


def _list(elements: Iterable[AttributeValue]) -> int:
    return _CONTAINER + sum(_ELEMENT + value_size(element) for element in elements)


def _map(entries: Mapping[str, AttributeValue]) -> int:
    return _CONTAINER + _ELEMENT * len(entries) + item_size(entries)


def _sum_of(size: Callable[[Payload], int]) -> Callable[[Payload], int]:
    return lambda elements: sum(map(size, elements))


_SIZES: Final[Mapping[str, Callable[[Payload], int]]] = {
    "S": _text,
    "N": _number,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _list,
    "M": _map,
    "SS": _sum_of(_text),
    "NS": _sum_of(_number),
    "BS": _sum_of(len),
}


def same_value(one: AttributeValue | None, other: AttributeValue | None) -> bool:
    """Whether two attribute values are equal to DynamoDB; None stands for an absent attribute.

    Numbers are compared by value, sets without order.
    """
    if one is None or other is None:
        return one is other
    try:
        return one == other or _plain(one) == _plain(other)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return False  # what is no attribute value equals none


def comparable_key(item: Mapping[str, AttributeValue], names: Iterable[str]) -> _Key:
    """The contents of key attributes, hashable and equal if DynamoDB takes the keys as equal."""
    try:
        return tuple([item[name]["S"] for name in names])
    except KeyError:
        return tuple([_comparable(item[name]) for name in names])


def key_comparer(names: Iterable[str]) -> Callable[[Mapping[str, AttributeValue]], _Key]:
    """`comparable_key` of many items, quicker where the key is two texts."""
    fixed = tuple(names)
    if len(fixed) != _PAIR:
        return partial(comparable_key, names=fixed)
    first, second = fixed

    def compare(item: Mapping[str, AttributeValue]) -> _Key:
        try:
            return item[first]["S"], item[second]["S"]
        except KeyError:
            return comparable_key(item, fixed)

    return compare


def _comparable(value: AttributeValue) -> str | bytes | Decimal:
    [(tag, payload)] = value.items()
    return Decimal(payload) if tag == "N" else payload


def _plain(value: AttributeValue) -> object:
    ((tag, payload),) = value.items()
    if tag == "N":
        return tag, Decimal(payload)
    if tag == "NS":
        return tag, frozenset(map(Decimal, payload))
    if tag in ("SS", "BS"):
        return tag, frozenset(payload)
    if tag == "L":
        return tag, [_plain(element) for element in payload]
    if tag == "M":
        return tag, {name: _plain(element) for name, element in payload.items()}
    return tag, payload
