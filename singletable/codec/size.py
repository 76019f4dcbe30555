"""DynamoDB's size arithmetic, in bytes. Source: developer guide, item sizes and formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from singletable.codec.wire import AttributeValue

_CONTAINER = 3
_ELEMENT = 1


def item_size(item: Mapping[str, AttributeValue]) -> int:
    """Names and values of one item, without the 100 bytes that storage adds."""
    return sum(_text(name) + value_size(value) for name, value in item.items())


def value_size(attribute: AttributeValue) -> int:
    [(tag, payload)] = attribute.items()
    return _SIZES[tag](payload)


def _text(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _number(text: str) -> int:
    """One byte, one per two significant digits, one for a minus."""
    sign, digits, _ = Decimal(text).as_tuple()
    significant = len("".join(map(str, digits)).strip("0"))
    return 1 + (significant + 1) // 2 + (sign if significant else 0)


def _list(elements: Iterable[AttributeValue]) -> int:
    return _CONTAINER + sum(_ELEMENT + value_size(element) for element in elements)


def _map(entries: Mapping[str, AttributeValue]) -> int:
    return _CONTAINER + _ELEMENT * len(entries) + item_size(entries)


def _sum_of(size: Callable[[Any], int]) -> Callable[[Any], int]:
    return lambda elements: sum(map(size, elements))


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
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
