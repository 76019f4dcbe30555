"""Moments in UTC, to a precision, and what other programs write for them. Knows no format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidFormat

Precision = Literal["seconds", "milliseconds", "microseconds"]

MICROSECONDS: Final[Mapping[Precision, int]] = {
    "seconds": 1_000_000,
    "milliseconds": 1_000,
    "microseconds": 1,
}
"""How many microseconds a unit has."""

_SPELLING = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:(\.[0-9]{1,6})0{0,3})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)

_WIDTH = len("0001-01-01T00:00:00.000000")
_NUMBER = r"[+-]?[0-9]+(\.[0-9]*)?"


def to_utc(moment: datetime) -> datetime:
    """The moment in UTC, without its time zone; `ValueError` if it has none."""
    if moment.utcoffset() is None:
        raise ValueError("has no time zone, so its order is not known")
    try:
        return plain(moment.astimezone(UTC)).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("is outside the years 1 to 9999 in UTC") from None


def plain(moment: datetime) -> datetime:
    """The moment as a `datetime` itself: subclasses, such as Pendulum's, compute and print as they
    like."""
    if type(moment) is datetime:
        return moment
    clock = time(moment.hour, moment.minute, moment.second, moment.microsecond, moment.tzinfo)
    return datetime.combine(date(moment.year, moment.month, moment.day), clock)


def cut(moment: datetime, precision: Precision) -> datetime:
    """The moment without what is beyond the precision; in its own time zone."""
    if precision == "microseconds":
        return moment
    utc = to_utc(moment)
    rest = utc.microsecond % MICROSECONDS[precision]
    if not rest:
        return moment
    return (utc - timedelta(microseconds=rest)).replace(tzinfo=UTC).astimezone(moment.tzinfo)


def check_precision(moment: datetime, precision: Precision) -> None:
    """Raises `ValueError` where a precision would not keep the whole moment."""
    if precision != "microseconds" and moment.microsecond % MICROSECONDS[precision]:
        raise ValueError(f"has a fraction that is not kept to {precision}")


def read_instant(text: str, *, may_lack_zone: bool = False) -> datetime:
    """The moment in UTC of an ISO text in one of the spellings that programs write.

    With `T` or a blank, up to six decimals and zeros behind them, and `Z` or an offset;
    `may_lack_zone` takes one without for UTC.
    """
    found = re.fullmatch(_SPELLING, text)
    if found and not (found[2] or may_lack_zone):
        raise ValueError("has no time zone: instant(suffix='') takes such a text for UTC")
    if found is None:
        raise ValueError("is no ISO instant with a time zone, to the microsecond at most")
    if found[1]:
        # Other counts of decimals than three and six are not read by every Python.
        text = text[: found.end(1)].ljust(_WIDTH, "0") + (found[2] or "")
    moment = datetime.fromisoformat(text if found[2] else text + "Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the years 1 to 9999 in UTC") from None


def check_no_number(value: object) -> None:
    """Raises `ValueError` for a number as text, which Pydantic would take for seconds."""
    if isinstance(value, str) and re.fullmatch(_NUMBER, value.strip()):
        raise ValueError("is a number as text, of which nobody knows the unit")


def precision_of(declared: object, where: str) -> Precision:
    """The precision itself; `InvalidFormat` for anything else."""
    for known in get_args(Precision):
        if declared == known:
            return known  # type: ignore[no-any-return]
    allowed = ", ".join(map(repr, get_args(Precision)))
    raise InvalidFormat(where=where, declared=abridge(declared), allowed=allowed)
