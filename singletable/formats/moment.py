"""Formats of instants and days: text of one width, the same for the same moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import ClassVar, Final, Literal, get_args

from pydantic.json_schema import JsonSchemaValue

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidFormat
from singletable.formats.base import AttributeType, Format
from singletable.formats.precision import (
    MICROSECONDS,
    Precision,
    check_no_number,
    check_precision,
    cut,
    precision_of,
    read_instant,
    to_utc,
)
from singletable.languages.pattern import REGULAR
from singletable.records import record

Suffix = Literal["Z", "+00:00", "+0000", ""]
"""What follows the time to say that it is UTC; nothing, where programs agree on it."""
Separator = Literal["T", " "]
"""What stands between day and time."""

_DIGITS = frozenset("0123456789-")
AFTER_BEGINNING = "~"
"""Greater than every character of a moment's text: closes the range of a beginning."""
_DAY_PART = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]){time})?)?"
_TIME_PART = r"({separator}([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9])?)?)?"
_PART_OF_DAY = _DAY_PART.replace("{time}", "")
_PART_OF_INSTANT: Final[Mapping[str, str]] = {
    each: _DAY_PART.replace("{time}", _TIME_PART).replace("{separator}", each)
    for each in get_args(Separator)
}
_YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_LONG = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02-(?:0[1-9]|1[0-9]|2[0-8])"
_DAY = f"(?:{_YEAR}-(?:{_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP}-02-29)"
REGULAR.add(_DAY)
_TIME = r"(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"


def _partial_bounds(value: str, shape: str) -> tuple[str, str]:
    if not re.fullmatch(shape, value):
        raise ValueError("is not the beginning of an ISO 8601 text, such as 2020-02")
    return value, value + AFTER_BEGINNING


@record(sealed=True, kw_only=True)
class _Moment(Format):
    """What instants and days have in common."""

    keeps_text: ClassVar[bool] = True

    @property
    def input_types(self) -> tuple[type, ...]:
        """Moments and ISO texts; of a number nobody knows the unit."""
        return (str, date)

    def describe_json(self) -> JsonSchemaValue:
        return {}


@record(sealed=True, kw_only=True)
class Instant(_Moment):
    """A moment in UTC to a precision, by default `2020-02-01T12:00:00.000000Z`.

    A field cuts off what is beyond the precision, as values in keys and conditions are cut.
    """

    value_type: ClassVar[type] = datetime
    attribute_type: ClassVar[AttributeType | None] = "S"

    chronological: bool = True
    takes_beginnings: bool = True
    precision: Precision
    suffix: Suffix
    separator: Separator

    def check_input(self, value: object) -> object:
        check_no_number(value)
        return super().check_input(value)

    def encode(self, value: object) -> str:
        if not isinstance(value, datetime):
            raise ValueError(f"is {type(value).__name__}, not a datetime")
        moment = to_utc(value)
        if moment.microsecond:
            check_precision(moment, self.precision)
        return moment.isoformat(self.separator, self.precision) + self.suffix

    def decode(self, text: str) -> datetime:
        value = datetime.fromisoformat(text.removesuffix(self.suffix)).replace(tzinfo=UTC)
        if self.encode(value) != text:
            raise ValueError(f"is not an instant of the form {self.encode(self.example(''))}")
        return value

    def from_attribute(self, text: str) -> datetime:
        """The moment in any spelling that programs write, if the precision keeps it whole."""
        moment = read_instant(text, may_lack_zone=not self.suffix)
        check_precision(moment, self.precision)
        return moment

    def accept(self, value: object) -> object:
        moment = cut(value, self.precision) if isinstance(value, datetime) else value
        return super().accept(moment)

    def bounds(self, value: object) -> tuple[str, str]:
        """A text such as `2020-02` stands for the whole of February."""
        if isinstance(value, str):
            return _partial_bounds(value, _PART_OF_INSTANT[self.separator])
        return super().bounds(value)

    def example(self, field: str) -> datetime:
        return datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@record(sealed=True, kw_only=True)
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
        return date.isoformat(value)

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


def instant(
    precision: Precision = "microseconds", *, suffix: Suffix = "Z", separator: Separator = "T"
) -> Instant:
    """The format of aware datetimes as ISO text in UTC.

    A field is stored as this text. Other spellings of a moment are read, where the precision keeps
    it whole; without a suffix, those without a time zone as UTC.
    """
    precision = precision_of(precision, "instant")
    _check_sign("suffix", suffix, get_args(Suffix))
    _check_sign("separator", separator, get_args(Separator))
    decimals = len(str(1_000_000 // MICROSECONDS[precision])) - 1
    fraction = rf"\.[0-9]{{{decimals}}}" if decimals else ""
    width = len("0001-01-01T00:00:00") + (decimals + 1 if decimals else 0) + len(suffix)
    said: list[str] = [precision] if precision != "microseconds" else []
    said += [f"suffix={suffix!r}"] if suffix != "Z" else []
    said += [f"separator={separator!r}"] if separator != "T" else []
    pattern = _DAY + separator + _TIME + fraction + re.escape(suffix)
    REGULAR.add(pattern)
    return Instant(
        name=f"instant({', '.join(said)})" if said else "instant",
        alphabet=_DIGITS | frozenset(":" + separator + suffix + ("." if decimals else "")),
        pattern=pattern,
        min_bytes=width,
        max_bytes=width,
        precision=precision,
        suffix=suffix,
        separator=separator,
    )


def _check_sign(option: str, given: object, known: tuple[str, ...]) -> None:
    if given not in known:
        raise InvalidFormat(
            where="instant",
            declared=f"{option}={abridge(given)}",
            allowed=", ".join(map(repr, known)),
        )


def day() -> Day:
    """The format of calendar days."""
    return Day()
