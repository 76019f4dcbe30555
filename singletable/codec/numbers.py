"""Coders of int, Decimal, float, timedelta as N: exact within 38 digits and DynamoDB's range."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from typing import Final, TypeGuard

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.scalars import Usual, scalar, scalar_of

DIGITS: Final = 38
_SMALLEST, _LARGEST = -130, 125  # decimal exponents of the first digit
_OUT_OF_RANGE = "is outside DynamoDB's range of numbers, 1E-130 to 9.99…E+125"
_LIMIT: Final = 10**DIGITS
_BEYOND: Final = 10 ** (_LARGEST + 1)
_EXACT: Final = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-999999,
    Emax=999999,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[Inexact],
)


def is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def int_text(value: int) -> str:
    if -_LIMIT < value < _LIMIT:
        return int.__repr__(value)
    if abs(value) >= _BEYOND:
        raise EncodeError(value, _OUT_OF_RANGE)
    return decimal_text(Decimal(value))


def decimal_text(value: Decimal | int) -> str:
    """The text of a number, one for each: 1.10 and 1.1 are the same to DynamoDB."""
    if not isinstance(value, Decimal):
        return int_text(value)
    if not value.is_finite():
        raise EncodeError(value, "is no finite number")
    if not value:
        return "0"
    if not _SMALLEST <= value.adjusted() <= _LARGEST:
        raise EncodeError(value, _OUT_OF_RANGE)
    try:
        short = value.normalize(_EXACT)
    except Inexact:
        raise EncodeError(value, f"has more than {DIGITS} significant digits") from None
    plain = -DIGITS < short.adjusted() < DIGITS
    return f"{short:f}" if plain else _EXACT.to_sci_string(short)


def float_text(value: float) -> str:
    """The shortest text that reads back as the same float; DynamoDB has one zero only."""
    try:
        number = float(value)
    except OverflowError:
        raise EncodeError(value, _OUT_OF_RANGE) from None
    if number != value and not math.isnan(number):
        raise EncodeError(value, "is an int that no float holds exactly")
    if not math.isfinite(number):
        raise EncodeError(value, "is no finite number")
    if number and not 1e-130 <= abs(number) < 1e126:
        raise EncodeError(value, _OUT_OF_RANGE)
    return repr(number or 0.0)


def parse_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if number and not _SMALLEST <= number.adjusted() <= _LARGEST:
        raise DecodeError(short_repr(text), "a number in DynamoDB's range")
    return number


def parse_int(text: str) -> int:
    number = parse_decimal(text)
    if number != number.to_integral_value():
        raise DecodeError(short_repr(text), "a whole number")
    return int(number)


def parse_float(text: str) -> float:
    parse_decimal(text)
    return float(text)


_MICROSECOND: Final = timedelta(microseconds=1)


def _seconds_text(value: timedelta) -> str:
    return decimal_text(_EXACT.scaleb(Decimal(timedelta.__floordiv__(value, _MICROSECOND)), -6))


def _timedelta(text: str) -> timedelta:
    try:
        micros = _EXACT.scaleb(parse_decimal(text), 6)
        if micros == micros.to_integral_value():
            return timedelta(microseconds=int(micros))
    except ArithmeticError:
        pass
    raise DecodeError(
        short_repr(text), "seconds with at most six decimals, within timedelta's range"
    )


def _is_decimal(value: object) -> TypeGuard[Decimal | int]:
    return isinstance(value, Decimal) or is_int(value)


def _is_float(value: object) -> TypeGuard[float]:
    return isinstance(value, float) or is_int(value)


_WHOLE: Final = re.compile("-?[0-9]{1,38}")
_IN_RANGE: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?")
"""Numbers that are in DynamoDB's range by their length alone."""
_IS_NATURAL: Final = f"len({{p}}) <= {DIGITS} and {{p}}.isdigit() and {{p}}.isascii()"
_IS_SHORT: Final = "len({p}) <= 40 and {p}.strip('0123456789') in ('', '.')"
"""Numbers without a sign; of a point alone, Python makes none."""

INT: Final = scalar(
    "int",
    "N",
    is_int,
    int_text,
    parse_int,
    Usual(_WHOLE, _IS_NATURAL, int, int, f"{-_LIMIT} < {{v}} < {_LIMIT}", "repr({v})"),
)
DECIMAL: Final = scalar(
    "Decimal", "N", _is_decimal, decimal_text, parse_decimal, Usual(_IN_RANGE, _IS_SHORT, Decimal)
)
FLOAT: Final = scalar(
    "float",
    "N",
    _is_float,
    float_text,
    parse_float,
    Usual(_IN_RANGE, _IS_SHORT, float, float, "1e-130 <= abs({v}) < 1e126", "repr({v})"),
)
TIMEDELTA: Final = scalar_of(timedelta, "N", _seconds_text, _timedelta)
