"""The format of whole numbers: text of one width, so that text order is number order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidFormat
from singletable.formats.base import Format
from singletable.formats.characters import characters
from singletable.formats.language import Automaton, OneCharacter, Repeated, between

_DIGITS = characters("0123456789")


@dataclass(frozen=True, kw_only=True)
class Integer(Format):
    """Zero-padded digits; where negatives are allowed a sign digit comes first."""

    value_type: ClassVar[type] = int

    chronological: bool = True
    low: int
    high: int

    @cached_property
    def language(self) -> Automaton:
        # Texts sort as the numbers do, and between two of them every row of digits is one.
        ends = self.encode(self.low), self.encode(self.high)
        digits = OneCharacter(_DIGITS)
        return between(*ends, _DIGITS, lambda count: Repeated(digits, count, count)).automaton

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
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"is {type(value).__name__}, not a whole number")
        if not self.low <= value <= self.high:
            raise ValueError(f"is not within {self.low} and {self.high}")
        if self.low >= 0:
            return f"{value:0{self._digits}d}"
        return f"1{value:0{self._digits}d}" if value >= 0 else f"0{self._complement(value)}"

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


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def integer(low: int = 0, high: int = 999_999_999) -> Integer:
    """The format of whole numbers from `low` to `high`, both included; zero-padded."""
    if not (_is_whole(low) and _is_whole(high)) or low > high:
        raise InvalidFormat(
            where="integer",
            declared=f"from {abridge(low)} to {abridge(high)}",
            allowed="two whole numbers, the lower one first",
        )
    digits = max(len(str(high)), len(str(-low)) if low < 0 else 0)
    width = digits + (1 if low < 0 else 0)
    return Integer(
        name=f"integer({low}, {high})",
        alphabet=frozenset("0123456789"),
        min_bytes=width,
        max_bytes=width,
        low=low,
        high=high,
    )
