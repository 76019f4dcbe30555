"""Evaluates comparisons of stored values as DynamoDB does: what a default would have answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from singletable.codec import AttributeValue, same_value

ORDERED: Final = frozenset({"S", "N", "B"})
SIZED: Final = frozenset({"S", "B", "SS", "NS", "BS", "L", "M"})
SEARCHED: Final = frozenset({"S", "B", "SS", "NS", "BS", "L"})
_ELEMENT_TAG: Final = {"SS": "S", "NS": "N", "BS": "B"}
COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
FLIPPED: Final = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def holds(
    operator: str, value: AttributeValue | None, operands: tuple[AttributeValue, ...]
) -> bool:
    """Whether a test of a stored value holds; None is nothing, which only differs from all."""
    first, last = operands[0], operands[-1]
    if operator == "=":
        return value == first or same_value(value, first)
    if operator == "<>":
        return not same_value(value, first)
    if value is None:
        return operator.endswith("<>")
    if operator == "IN":
        return any(same_value(value, operand) for operand in operands)
    if operator == "BETWEEN":
        return compare(">=", value, first) and compare("<=", value, last)
    return _holds_of_one(operator, value, first)


def _holds_of_one(operator: str, value: AttributeValue, first: AttributeValue) -> bool:
    if operator in COMPARISONS:
        return compare(operator, value, first)
    if operator.startswith("size "):
        return _compare_size(operator.removeprefix("size "), value, first)
    return _is_found(operator, value, first)


def compare(operator: str, one: AttributeValue, other: AttributeValue) -> bool:
    """Compares by order two values of one type: texts by code points, numbers by value.

    The order of code points is that of UTF-8 bytes, by which DynamoDB compares.
    """
    ((tag, left),), ((other_tag, right),) = one.items(), other.items()
    if tag != other_tag or tag not in ORDERED:
        return False
    if tag == "N":
        left, right = Decimal(left), Decimal(right)
    return COMPARISONS[operator](left, right)


def _compare_size(operator: str, value: AttributeValue, count: AttributeValue) -> bool:
    ((tag, payload),) = value.items()
    size = len(payload.encode("utf-16-le")) // 2 if tag == "S" else len(payload)
    return tag in SIZED and COMPARISONS[operator](size, int(count["N"]))


def _is_found(operator: str, value: AttributeValue, part: AttributeValue) -> bool:
    ((tag, payload),), ((part_tag, sought),) = value.items(), part.items()
    if tag in ("S", "B"):
        found = payload.startswith(sought) if operator == "begins_with" else sought in payload
        return part_tag == tag and found
    if tag == "L":
        return any(same_value(element, part) for element in payload)
    is_alike = _ELEMENT_TAG.get(tag) == part_tag
    return is_alike and any(same_value({part_tag: element}, part) for element in payload)
