"""Coders of datetime, date and time as text of fixed width, and of datetime as seconds for TTL."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeGuard

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.numbers import parse_int
from singletable.codec.scalars import Usual, scalar, scalar_of
from singletable.formats.precision import MICROSECONDS, Precision, plain, read_instant

_DATE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME_FORM = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")
_TIME_WIDTH = len("00:00:00.000000")
_IS_DATE: Final = "{p}[4::3] == '--' and len({p}) == 10 and {p}.isascii()"
"""Python's own parser tells of what has these marks whether the rest are digits."""
_IS_EPOCH: Final = "len({p}) < 12 and {p}.isdigit() and {p}.isascii()"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def _utc(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise EncodeError(value, "is naive: give it a time zone")
    try:
        return plain(value.astimezone(UTC))
    except OverflowError:
        raise EncodeError(value, "is outside the years 1 to 9999 in UTC") from None


def _instant_text(value: datetime) -> str:
    return _utc(value).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _instant(text: str) -> datetime:
    try:
        return read_instant(text)
    except ValueError:
        expected = "an ISO instant with a time zone, to the microsecond at most"
        raise DecodeError(short_repr(text), expected) from None


def _is_date(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def _date(text: str) -> date:
    if _DATE_FORM.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise DecodeError(short_repr(text), "an ISO date")


def _time_text(value: time) -> str:
    if value.tzinfo is not None:
        raise EncodeError(value, "has a time zone: its offset would need a date")
    return time.isoformat(value.replace(fold=0), timespec="microseconds")


def _time(text: str) -> time:
    if _TIME_FORM.fullmatch(text):
        try:
            # Other counts of decimals than three and six are not read by every Python.
            return time.fromisoformat(text.ljust(_TIME_WIDTH, "0") if "." in text else text)
        except ValueError:
            pass
    raise DecodeError(short_repr(text), "an ISO time without zone, to the microsecond at most")


def _epoch_text(value: datetime) -> str:
    instant = _utc(value)
    if instant.microsecond:
        reason = "has a fraction of a second, which TTL does not keep: use .replace(microsecond=0)"
        raise EncodeError(value, reason)
    return str((instant - _EPOCH) // _SECOND)


def _after_epoch(seconds: str | int) -> datetime:
    return _EPOCH + timedelta(seconds=int(seconds))


def _epoch(text: str) -> datetime:
    try:
        return _after_epoch(parse_int(text))
    except OverflowError:
        raise DecodeError(short_repr(text), "epoch seconds within the years 1 to 9999") from None


def instant_form(separator: str, precision: Precision, suffix: str) -> Usual:
    """The usual form of moments that are stored so: their own text, of one width."""
    decimals = len(str(1_000_000 // MICROSECONDS[precision])) - 1
    point, width = ("." if decimals else ""), len("2026-01-31T00:00:00")
    end = width + len(point) + decimals
    test = f"{{p}}[4:{width + len(point)}:3] == {f'--{separator}::{point}'!r}"
    test += f" and {{p}}[{end}:] == {suffix!r} and {{p}}.isascii()"
    if precision != "microseconds":
        return Usual(None, test, datetime.fromisoformat)
    is_utc = f"({{v}}_text := {{v}}.isoformat({separator!r}, 'microseconds'))[26:] == '+00:00'"
    payload = f"{{v}}_text[:26] + {suffix!r}"
    return Usual(None, test, datetime.fromisoformat, datetime, is_utc, payload)


DATETIME: Final = scalar_of(
    datetime, "S", _instant_text, _instant, instant_form("T", "microseconds", "Z")
)
DATE: Final = scalar(
    "date",
    "S",
    _is_date,
    date.isoformat,
    _date,
    Usual(None, _IS_DATE, date.fromisoformat, date, payload="{v}.isoformat()"),
)
TIME: Final = scalar_of(time, "S", _time_text, _time)
EPOCH_SECONDS: Final = scalar_of(
    datetime, "N", _epoch_text, _epoch, Usual(None, _IS_EPOCH, _after_epoch)
)
