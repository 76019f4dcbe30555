"""Whether two attribute values are the same to DynamoDB, however they are spelt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from singletable.codec.wire import AttributeValue


def same_value(one: AttributeValue | None, other: AttributeValue | None) -> bool:
    """Numbers by value, sets without order; None stands for an absent attribute."""
    if one is None or other is None:
        return one is other
    try:
        return one == other or _plain(one) == _plain(other)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return False  # what is no attribute value equals none


def _plain(value: AttributeValue) -> Any:
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
