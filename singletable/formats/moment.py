"""Formats of instants and days: text of one width, the same for the same moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.formats.base import Format

_DIGITS = frozenset("0123456789-")
_ISO = "0001-01-01T00:00:00.000000Z"
AFTER_BEGINNING = "~"
"""Greater than every character of a moment's text: closes the range of a beginning."""
_DAY_PART = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]){time})?)?"
_TIME_PART = r"(T([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9])?)?)?"
_PART_OF_DAY = re.compile(_DAY_PART.replace("{time}", ""))
_PART_OF_INSTANT = re.compile(_DAY_PART.replace("{time}", _TIME_PART))
_YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_LONG = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02-(?:0[1-9]|1[0-9]|2[0-8])"
_DAY = f"(?:{_YEAR}-(?:{_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP}-02-29)"
_INSTANT = _DAY + r"T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}\.[0-9]{6}Z"


def _partial_bounds(value: str, shape: re.Pattern[str]) -> tuple[str, str]:
    if not shape.fullmatch(value):
        raise ValueError("is not the beginning of an ISO 8601 text, such as 2020-02")
    return value, value + AFTER_BEGINNING


@dataclass(frozen=True, kw_only=True)
class _Moment(Format):
    """What instants and days have in common."""

    keeps_text: ClassVar[bool] = True

    @property
    def input_types(self) -> tuple[type, ...]:
        """Moments and ISO texts; of a number nobody knows the unit."""
        return (str, date)

    def describe_json(self) -> JsonSchemaValue:
        return {}


@dataclass(frozen=True, kw_only=True)
class Instant(_Moment):
    """A moment in UTC with microseconds: `2020-02-01T12:00:00.000000Z`."""

    value_type: ClassVar[type] = datetime

    name: str = "instant"
    alphabet: frozenset[str] | None = _DIGITS | frozenset("T:.Z")
    pattern: str | None = _INSTANT
    min_bytes: int = len(_ISO)
    max_bytes: int | None = len(_ISO)
    chronological: bool = True
    takes_beginnings: bool = True

    def encode(self, value: object) -> str:
        if not isinstance(value, datetime):
            raise ValueError(f"is {type(value).__name__}, not a datetime")
        if value.utcoffset() is None:
            raise ValueError("has no time zone, so its order is not known")
        try:
            moment = value.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            raise ValueError("is outside the years 1 to 9999 in UTC") from None
        return moment.isoformat(timespec="microseconds") + "Z"

    def decode(self, text: str) -> datetime:
        value = datetime.fromisoformat(text)
        if value.utcoffset() is None or self.encode(value) != text:
            raise ValueError("is not an instant of fixed width in UTC")
        return value

    def bounds(self, value: object) -> tuple[str, str]:
        """A text such as `2020-02` stands for the whole of February."""
        if isinstance(value, str):
            return _partial_bounds(value, _PART_OF_INSTANT)
        return super().bounds(value)

    def example(self, field: str) -> datetime:
        return datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Day(_Moment):
    """A calendar day: `2020-02-01`."""

    value_type: ClassVar[type] = date

    name: str = "day"
    alphabet: frozenset[str] | None = _DIGITS
    pattern: str | None = _DAY
    min_bytes: int = 10
    max_bytes: int | None = 10
    chronological: bool = True
    takes_beginnings: bool = True

    def fits(self, kind: type) -> bool:
        return super().fits(kind) and not issubclass(kind, datetime)

    def encode(self, value: object) -> str:
        if isinstance(value, datetime) or not isinstance(value, date):
            raise ValueError(f"is {type(value).__name__}, not a date")
        return value.isoformat()

    def decode(self, text: str) -> date:
        value = date.fromisoformat(text)
        if value.isoformat() != text:
            raise ValueError("is not a day of the form YYYY-MM-DD")
        return value

    def bounds(self, value: object) -> tuple[str, str]:
        """A text such as `2020-02` stands for the whole of February."""
        if isinstance(value, str):
            return _partial_bounds(value, _PART_OF_DAY)
        return super().bounds(value)

    def example(self, field: str) -> date:
        return date(2026, 3, 14)


def instant() -> Instant:
    """The format of aware datetimes, to the microsecond."""
    return Instant()


def day() -> Day:
    """The format of calendar days."""
    return Day()
