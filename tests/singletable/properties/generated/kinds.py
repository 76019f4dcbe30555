"""The fields of generated designs: how one is annotated, what it may be, and what stands in keys.

Key texts, orders and what a range covers are said here a second time, without the engine's formats.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MOMENTS = (NOON, NOON + timedelta(seconds=1), datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC))
FINE = (NOON + timedelta(microseconds=1), NOON + timedelta(milliseconds=2), *MOMENTS)
ESCAPES = string.ascii_uppercase + "abcdefghijk"
"""A character up to `$` is escaped by `$` and the letter at its place."""


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, eq=False)
class Kind:
    """A field's type and format.

    `text` is its key text, None where it has none; `kept` what the field makes of a value; `stored`
    the type of its attribute: text, number, or another. `is_ordered`: texts sort as values do.
    `is_free`: as an upper end it covers what begins with it. `beginnings` may stand in ranges.
    """

    annotation: str
    values: tuple[Any, ...]
    text: Callable[[Any], str] | None = None
    kept: Callable[[Any], Any] = _same
    stored: str = "S"
    number: Callable[[Any], Any] = _same
    is_ordered: bool = True
    is_free: bool = False
    is_escaped: bool = False
    beginnings: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether `repr` of a value is its code, and no format stands between."""
        return self.annotation == "str" or self.annotation.startswith(("Literal", "Annotated[str"))

    def in_attribute(self, value: Any) -> Any:
        """What a key attribute holds that is the field itself."""
        kept = self.kept(value)
        if self.stored == "N":
            return Decimal(self.number(kept))
        return kept if self.is_escaped or self.text is None else self.text(kept)


def _escape(value: str) -> str:
    return "".join("$" + ESCAPES[ord(sign)] if sign <= "$" else sign for sign in value)


def _iso(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _seconds(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole_second(value: datetime) -> datetime:
    return value.replace(microsecond=0)


def _milliseconds(value: datetime) -> int:
    return (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _whole_millisecond(value: datetime) -> datetime:
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _signed(value: int) -> str:
    return f"1{value:02d}" if value >= 0 else f"0{100 + value:02d}"


WORDS = ("a", "ab", "a-b", "b", "ab1")
BEGUN = ("2026", "2026-03", "2026-03-01")
TEXT_KINDS = [
    Kind("str", ("a", "ab", "B", "b c", "é", "~", "a-b"), str, is_free=True),
    Kind(
        "Annotated[str, text(lower=True)]",
        ("Ab", "a", "É", "b"),
        str.lower,
        str.lower,
        is_free=True,
    ),
    Kind(
        "Annotated[str, escaped_text()]",
        ("a", "a#b", "a|b", "a/b", "$", "a b", "a:b"),
        _escape,
        is_escaped=True,
    ),
    Kind("Annotated[str, slug()]", WORDS, str),
    Kind('Annotated[str, shaped(r"[A-Z]{3}", example="JFK")]', ("JFK", "LAX", "AAA"), str),
    Kind("datetime", FINE, _iso, beginnings=BEGUN),
    Kind(
        'Annotated[datetime, instant("seconds")]', FINE, _seconds, _whole_second, beginnings=BEGUN
    ),
    Kind(
        "date", (date(2026, 2, 28), date(2026, 3, 1), date(2025, 12, 31)), str, beginnings=BEGUN[:2]
    ),
    Kind("UUID", (UUID(int=7), UUID(int=2**127), UUID(int=10)), str),
    Kind('Literal["low", "mid", "top"]', ("low", "mid", "top"), str),
    Kind('Literal["small", "big", "bigger"]', ("small", "big", "bigger"), str, is_ordered=False),
    Kind("Annotated[int, printed(text=True)]", (0, 7, -12, 100), str, is_ordered=False),
    Kind("Annotated[int, integer(0, 120, text=True)]", (0, 7, 12, 120), "{:03d}".format),
]
CUT_INSTANT = Kind("datetime", FINE, _seconds, _whole_second, beginnings=BEGUN)
"""A moment without a format of its own, in a table that says `instants="seconds"`."""
NUMBER_KINDS = [
    Kind("Annotated[int, integer(0, 120)]", (0, 7, 12, 99, 120), "{:03d}".format, stored="N"),
    Kind("Annotated[int, integer(-12, 9)]", (-12, -9, 0, 7, 9), _signed, stored="N"),
    Kind("Annotated[int, printed()]", (0, 7, -12, 100), str, stored="N", is_ordered=False),
    Kind(
        'Annotated[datetime, epoch("milliseconds")]',
        FINE,
        lambda value: f"{_milliseconds(value):013d}",
        _whole_millisecond,
        stored="N",
        number=_milliseconds,
    ),
    Kind("int", (0, -5, 7, 10**20), stored="N"),
    Kind("Decimal", (Decimal("1.5"), Decimal("-0.25"), Decimal(10)), stored="N"),
]
FLAG = Kind("bool", (False, True), lambda value: str(value).lower(), stored="BOOL")
KEY_KINDS = [*TEXT_KINDS, *TEXT_KINDS[:4], *NUMBER_KINDS[:4], FLAG]
"""Texts of which one begins another are frequent."""
OTHER_KINDS = [
    Kind("int", (0, 1, -3), stored="N"),
    Kind("list[str]", ([], ["x"], ["x", "y", "x"]), stored="L"),
    Kind("set[str]", (set(), {"x"}, {"x", "y"}), stored="SS"),
    Kind("dict[str, int]", ({}, {"a": 1}, {"a.b": 2, "c": 0}), stored="M"),
    Kind("str", ("", "text", "#"), None),
    *KEY_KINDS,
]
NATURAL = {
    "team": Kind("Annotated[str, slug()]", WORDS, str),
    "item": Kind("str", ("a", "ab", "b c", "é"), str, is_free=True),
    "score": Kind("int", (0, -5, 7, 10), stored="N"),
}
"""Fields that are called like key attributes; each is of one type in all designs."""

VERSION = Kind("Annotated[int, VERSION]", (1,), stored="N")
TTL = Kind("Annotated[datetime | None, TTL]", (*MOMENTS, None), stored="N")
CREATED = Kind("Annotated[datetime | None, CREATED]", (None,))
UPDATED = Kind("Annotated[datetime | None, UPDATED]", (None,))
