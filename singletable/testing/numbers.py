"""DynamoDB's numbers: 38 significant digits, exact, without trailing zeros."""

from __future__ import annotations

import re
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

from singletable.testing.errors import build_validation

_EXACT = Context(
    prec=38,
    Emin=-999_999,
    Emax=999_999,
    traps=[Inexact, InvalidOperation, Overflow, DivisionByZero],
)
_WRITTEN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_LARGEST, _SMALLEST = 125, -130
_ZERO = Decimal(0)


def parse_number(text: str) -> Decimal:
    """The number of a wire text, normalised so that equal numbers have equal digits."""
    if _WRITTEN.fullmatch(text) is None:
        raise build_validation("A value provided cannot be converted into a number")
    return _check_range(Decimal(text))


def render_number(number: Decimal) -> str:
    return format(number, "f")


def number_size(number: Decimal) -> int:
    """One byte, one per two significant digits, one for a minus."""
    if not number:
        return 1
    sign, digits, _ = number.as_tuple()
    return 1 + (len(digits) + 1) // 2 + sign


def add_numbers(left: Decimal, right: Decimal) -> Decimal:
    try:
        return _check_range(_EXACT.add(left, right))
    except Inexact:
        raise _imprecise() from None


def subtract_numbers(left: Decimal, right: Decimal) -> Decimal:
    return add_numbers(left, right.copy_negate())


def _check_range(number: Decimal) -> Decimal:
    if not number:
        return _ZERO
    exponent = number.adjusted()
    if exponent > _LARGEST:
        raise build_validation(
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range"
        )
    if exponent < _SMALLEST:
        raise build_validation(
            "Number underflow. Attempting to store a number with magnitude smaller than "
            "supported range"
        )
    try:
        return number.normalize(_EXACT)
    except Inexact:
        raise _imprecise() from None


def _imprecise() -> Exception:
    return build_validation("Attempting to store more than 38 significant digits in a Number")
