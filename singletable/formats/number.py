"""Formats of whole numbers: of one width, so that text sorts as numbers do, or as printed."""

from __future__ import annotations

import re
from functools import cached_property
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidFormat
from singletable.formats.base import AttributeType, Format
from singletable.languages.characters import characters
from singletable.languages.expressions import (
    Alternatives,
    Automaton,
    Expression,
    InOrder,
    OneCharacter,
    Repeated,
    between,
    literal,
)
from singletable.records import record

_DIGITS, _LEADING = characters("0123456789"), characters("123456789")
_GREATEST = 10**38 - 1
"""The greatest number of as many digits as DynamoDB keeps."""
_PRINTED = re.compile("0|-?[1-9][0-9]{0,37}")


@record(sealed=True, kw_only=True)
class Integer(Format):
    """Zero-padded digits; where negatives are allowed a sign digit comes first."""

    value_type: ClassVar[type] = int

    chronological: bool = True
    low: int
    high: int

    @cached_property
    def language(self) -> Automaton:
        # Texts sort as the numbers do, and between two of them every row of digits is one.
        return between(self.encode(self.low), self.encode(self.high), _DIGITS, _digits).automaton

    @property
    def input_types(self) -> tuple[type, ...]:
        return (int,)

    def check_input(self, value: object) -> object:
        """Takes whole numbers alone: no boolean, no float, and no text of digits."""
        if isinstance(value, bool):
            raise ValueError("is bool, not a whole number")
        return super().check_input(value)

    def describe_json(self) -> JsonSchemaValue:
        return {"minimum": self.low, "maximum": self.high}

    def fits(self, kind: type) -> bool:
        return super().fits(kind) and kind is not bool

    def encode(self, value: object) -> str:
        number = self._check(value)
        if self.low >= 0:
            return f"{number:0{self._digits}d}"
        return f"1{number:0{self._digits}d}" if number >= 0 else f"0{self._complement(number)}"

    def _check(self, value: object) -> int:
        """The value itself; `ValueError` unless it is a whole number within the bounds."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"is {type(value).__name__}, not a whole number")
        if not self.low <= value <= self.high:
            raise ValueError(f"is not within {self.low} and {self.high}")
        return value

    @property
    def _digits(self) -> int:
        return max(len(str(self.high)), len(str(-self.low)) if self.low < 0 else 0)

    def _complement(self, value: int) -> str:
        return f"{10**self._digits + value:0{self._digits}d}"

    def decode(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()):
            raise ValueError("is not made of digits")
        value = int(text) if self.low >= 0 else self._with_sign(text[0], int(text[1:] or "0"))
        if self.encode(value) != text:
            raise ValueError(f"is not {self._width} digits wide")
        return value

    @property
    def _width(self) -> int:
        return self._digits + (1 if self.low < 0 else 0)

    def _with_sign(self, sign: str, digits: int) -> int:
        return digits if sign == "1" else digits - 10**self._digits

    def example(self, field: str) -> int:
        return min(max(self.low, 7), self.high)


@record(sealed=True, kw_only=True)
class IntegerText(Integer):
    """The same, stored as the text that stands in keys."""

    keeps_text: ClassVar[bool] = True
    attribute_type: ClassVar[AttributeType | None] = "S"


@record(sealed=True, kw_only=True)
class Printed(Integer):
    """Whole numbers as they are printed, `7` and `-12`: as text they do not sort as numbers do."""

    ordered: bool = False
    chronological: bool = False

    @cached_property
    def language(self) -> Automaton:
        ways = _printed_between(max(self.low, 0), self.high)
        below = _printed_between(max(-self.high, 1), -self.low)
        ways += [InOrder((literal("-"), each)) for each in below]
        return Alternatives(tuple(ways)).automaton

    def encode(self, value: object) -> str:
        return int.__repr__(self._check(value))

    def decode(self, text: str) -> int:
        if not _PRINTED.fullmatch(text):
            raise ValueError("is not a whole number as it is printed, such as 7 or -12")
        value = int(text)
        self.encode(value)
        return value

    def describe_json(self) -> JsonSchemaValue:
        least = {} if self.low == -_GREATEST else {"minimum": self.low}
        return least if self.high == _GREATEST else {**least, "maximum": self.high}


@record(sealed=True, kw_only=True)
class PrintedText(Printed):
    """The same, stored as the text that stands in keys."""

    keeps_text: ClassVar[bool] = True
    attribute_type: ClassVar[AttributeType | None] = "S"


def _printed_between(low: int, high: int) -> list[Expression]:
    """The texts of numbers that are not negative: a way for each count of digits, but one for all
    counts of which every number is among them."""
    ways, whole = list[Expression](), list[int]()
    for width in range(len(str(low)), len(str(max(high, 0))) + 1):
        first, last = 10 ** (width - 1), 10**width - 1
        least, greatest = max(low, first if width > 1 else 0), min(high, last)
        if (least, greatest) == (first, last):
            whole.append(width)
        elif least <= greatest:
            ways.append(between(str(least), str(greatest), _DIGITS, _digits))
    if whole:
        others = Repeated(OneCharacter(_DIGITS), whole[0] - 1, whole[-1] - 1)
        ways.append(InOrder((OneCharacter(_LEADING), others)))
    return ways


def _digits(count: int) -> Expression:
    return Repeated(OneCharacter(_DIGITS), count, count)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_ends(where: str, low: int, high: int) -> None:
    if not (_is_whole(low) and _is_whole(high)) or low > high:
        raise InvalidFormat(
            where=where,
            declared=f"from {abridge(low)} to {abridge(high)}",
            allowed="two whole numbers, the lower one first",
        )


def integer(low: int = 0, high: int = 999_999_999, *, text: bool = False) -> Integer:
    """The format of whole numbers from `low` to `high`, both included; zero-padded.

    A field is stored as a number, or with `text` as the same text that stands in keys.
    """
    _check_ends("integer", low, high)
    digits = max(len(str(high)), len(str(-low)) if low < 0 else 0)
    width = digits + (1 if low < 0 else 0)
    kind = IntegerText if text else Integer
    return kind(
        name=f"integer({low}, {high}{', text=True' if text else ''})",
        alphabet=frozenset("0123456789"),
        min_bytes=width,
        max_bytes=width,
        low=low,
        high=high,
    )


def printed(low: int = -_GREATEST, high: int = _GREATEST, *, text: bool = False) -> Printed:
    """The format of whole numbers as they are printed, without padding: `7`, not `007`.

    Such text does not sort as numbers do: ranges and `newest_first()` are refused. A field is
    stored as a number, or with `text` as the same text.
    """
    _check_ends("printed", low, high)
    if low < -_GREATEST or high > _GREATEST:
        raise InvalidFormat(
            where="printed", declared="more than 38 digits", allowed="what DynamoDB keeps"
        )
    ends = [] if (low, high) == (-_GREATEST, _GREATEST) else [str(low), str(high)]
    ends += ["text=True"] if text else []
    sizes = [len(str(end)) for end in (low, high)]
    kind = PrintedText if text else Printed
    return kind(
        name=f"printed({', '.join(ends)})",
        alphabet=frozenset("0123456789" + ("-" if low < 0 else "")),
        min_bytes=1 if low <= 9 and high >= 0 else min(sizes),
        max_bytes=max(sizes),
        low=low,
        high=high,
    )
