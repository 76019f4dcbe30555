"""Formats of moments as counts since 1970: numbers in attributes, digits of one width in keys."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.formats.base import AttributeType, Format
from singletable.formats.precision import (
    MICROSECONDS,
    Precision,
    check_no_number,
    check_precision,
    cut,
    precision_of,
    to_utc,
)
from singletable.records import record

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECONDS = 10
"""The digits of seconds in key text: from 1970 to 2286-11-20."""
_DIGITS = frozenset("0123456789")
_COUNT = re.compile("[0-9]{1,24}")
_LARGEST = 10**18
"""More microseconds than the years 1 to 9999 have."""


@record(sealed=True, kw_only=True)
class Epoch(Format):
    """A moment as the seconds, milliseconds or microseconds since 1970, stored as a number.

    A field may be any moment. Key text, which is padded to one width, takes those from 1970 to
    2286-11-20T17:46:39Z.
    """

    value_type: ClassVar[type] = datetime
    attribute_type: ClassVar[AttributeType | None] = "N"

    alphabet: frozenset[str] | None = _DIGITS
    chronological: bool = True
    precision: Precision

    @property
    def input_types(self) -> tuple[type, ...]:
        """Moments and ISO texts; of a number nobody sees the unit."""
        return (str, datetime)

    def check_input(self, value: object) -> object:
        check_no_number(value)
        return super().check_input(value)

    def encode(self, value: object) -> str:
        count = self._count(value)
        if not 0 <= count < 10**self.min_bytes:
            raise ValueError(f"is outside the years 1970 to 2286, for which {self.name} has text")
        return f"{count:0{self.min_bytes}d}"

    def decode(self, text: str) -> datetime:
        if len(text) != self.min_bytes or not (text.isascii() and text.isdigit()):
            raise ValueError(f"is not made of {self.min_bytes} digits")
        return self._moment(int(text))

    def to_attribute(self, value: object) -> str:
        return str(self._count(value))

    def from_attribute(self, text: str) -> datetime:
        number = Decimal(text)
        if number.copy_abs() > _LARGEST or number != int(number):
            raise ValueError(f"is no whole number of {self.precision} in the years 1 to 9999")
        return self._moment(int(number))

    def accept(self, value: object) -> object:
        moment = cut(value, self.precision) if isinstance(value, datetime) else value
        self.to_attribute(moment)
        return moment

    def describe_json(self) -> JsonSchemaValue:
        return {}

    def example(self, field: str) -> datetime:
        return datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)

    def _count(self, value: object) -> int:
        if not isinstance(value, datetime):
            raise ValueError(f"is {type(value).__name__}, not a datetime")
        moment = to_utc(value).replace(tzinfo=UTC)
        check_precision(moment, self.precision)
        return (moment - _START) // _MICROSECOND // MICROSECONDS[self.precision]

    def _moment(self, count: int) -> datetime:
        try:
            return _START + timedelta(microseconds=count * MICROSECONDS[self.precision])
        except OverflowError:
            raise ValueError("is outside the years 1 to 9999") from None


@record(sealed=True, kw_only=True)
class EpochText(Epoch):
    """The same, stored as the text of digits that stands in keys."""

    keeps_text: ClassVar[bool] = True
    attribute_type: ClassVar[AttributeType | None] = "S"

    def to_attribute(self, value: object) -> str:
        return self.encode(value)

    def from_attribute(self, text: str) -> datetime:
        """The moment of the digits, however many there are."""
        if not _COUNT.fullmatch(text):
            raise ValueError(f"is no text of digits, the {self.precision} since 1970")
        return self._moment(int(text))


def epoch(precision: Precision = "seconds", *, text: bool = False) -> Epoch:
    """The format of aware datetimes as the time since 1970, stored as a number.

    `text` stores the digits as text. In keys they have one width: 10 digits for seconds, 13 for
    milliseconds, 16 for microseconds, which is enough up to the year 2286.
    """
    precision = precision_of(precision, "epoch")
    width = _SECONDS + len(str(1_000_000 // MICROSECONDS[precision])) - 1
    kind = EpochText if text else Epoch
    return kind(
        name=f"epoch({precision}{', text=True' if text else ''})",
        min_bytes=width,
        max_bytes=width,
        precision=precision,
    )
