"""`check_format` passes every format of the engine, and finds each promise that is broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import product
from typing import Any, get_args
from uuid import UUID

import pytest

from singletable.formats import (
    Format,
    day,
    epoch,
    escaped_text,
    flag,
    instant,
    integer,
    one_of,
    printed,
    shaped,
    slug,
    text,
    ulid,
    uuid_text,
)
from singletable.formats.moment import Separator, Suffix
from singletable.formats.precision import Precision
from singletable.testing import check_format

PRECISIONS = get_args(Precision)
START = datetime(2020, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)
NEAR = [
    START + timedelta(microseconds=step) for step in (0, 1, 10, 1000, 1_000_001, 86_400_000_000)
]
ANY_TIME = [
    *NEAR,
    START.astimezone(timezone(timedelta(hours=5, minutes=30))) + timedelta(hours=1),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]
SINCE_1970 = [
    *NEAR,
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2001, 9, 9, 1, 46, 39, tzinfo=UTC),
    datetime(2286, 11, 20, 17, 46, 39, tzinfo=UTC),
]
WHOLE = [0, 1, 7, 9, 10, 11, 19, 70, 99, 100, 101, 999]
SIGNED = [*WHOLE, *(-each for each in WHOLE[1:])]


class Size(StrEnum):
    """In the order of the text."""

    LARGE = "large"
    SMALL = "small"


FORMATS: list[tuple[Format, Sequence[object]]] = [
    *(
        (instant(precision, suffix=suffix, separator=separator), ANY_TIME)
        for precision, suffix, separator in product(
            PRECISIONS, get_args(Suffix), get_args(Separator)
        )
    ),
    *(
        (epoch(precision, text=as_text), SINCE_1970)
        for precision, as_text in product(PRECISIONS, (False, True))
    ),
    (day(), [date.min, date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date.max]),
    *((integer(0, 999, text=each), WHOLE) for each in (False, True)),
    *((integer(-999, 999, text=each), SIGNED) for each in (False, True)),
    *((printed(text=each), [*SIGNED, 10**38 - 1, 1 - 10**38]) for each in (False, True)),
    *(
        (printed(low, high), [low, high])
        for low, high in ((0, 0), (-12, 105), (-9, -3), (98, 1001))
    ),
    (printed(8, 1001), [8, 9, 10, 99, 100, 999, 1000, 1001]),
    (shaped("[A-Z]{3}", example="JFK"), ["AAA", "AAB", "ZZZ"]),
    (shaped("P[0-9]{1,9}", example="P1"), ["P1", "P10", "P2", "P123456789"]),
    (shaped("(?:é|ab)?c{1,3}", example="cc"), ["éc", "abccc", "c"]),
    (shaped(r"\w+@\w+", example="a@b"), ["é@ü", "ab@cd"]),
    (slug(), ["a", "a-b", "a0", "z" * 96]),
    (ulid(), ["01JD9GZ2J0V5X7Q3M8K4T6B1RA", "01JD9GZ2J0V5X7Q3M8K4T6B1RB"]),
    (uuid_text(), [UUID(int=0), UUID(int=1), UUID(int=2**128 - 1)]),
    (text(), ["a", "A", "é", "a b", "\U0001f600"]),
    (text(lower=True), ["Ab", "ÄB"]),
    (text(fold="nfkc"), ["Straße", "  a   b "]),
    (escaped_text(), ["a#b", "a b", "$", "a", "a$"]),
    (flag(), [False, True]),
    (one_of(tuple(Size)), [*Size]),
]


@pytest.mark.parametrize(("format_", "values"), FORMATS, ids=lambda each: getattr(each, "name", ""))
def test_a_format_of_the_engine_keeps_its_promises(
    format_: Format, values: Sequence[object]
) -> None:
    """At the limits, and for values that are close to each other."""
    check_format(format_, values)


@dataclass(frozen=True, kw_only=True)
class Level(Format):
    """A number of two digits, as a format of one's own; what is broken is said by each test."""

    name: str = "level"
    alphabet: frozenset[str] | None = frozenset("0123456789")
    pattern: str | None = "[0-9]{2}"
    min_bytes: int = 2
    max_bytes: int | None = 2
    write: Callable[[int], str] = "{:02d}".format
    read: Callable[[str], Any] = int
    is_strict: bool = True
    sample: int = 7

    def encode(self, value: object) -> str:
        if not isinstance(value, int):
            raise ValueError("is no number")
        return self.write(value)

    def decode(self, text: str) -> object:
        value = self.read(text)
        if self.is_strict and self.encode(value) != text:
            raise ValueError("is no level")
        return value

    def example(self, field: str) -> int:
        return self.sample


def test_a_format_of_ones_own_passes() -> None:
    """With as many values as one likes, or its example alone."""
    check_format(Level(), range(100))
    check_format(Level(), ())


BROKEN: dict[str, tuple[Format, str]] = {
    "another alphabet": (Level(alphabet=frozenset("12345678")), "outside the alphabet"),
    "too long": (Level(max_bytes=1, min_bytes=1), "of 2 bytes: 1 to 1"),
    "too short": (Level(max_bytes=3, min_bytes=3), "of 2 bytes: 3 to 3"),
    "another pattern": (Level(pattern="[0-4]{2}"), "does not match the pattern"),
    "an irregular pattern": (Level(pattern="(?=[0-9])[0-9]{2}"), "has '(?='"),
    "several texts": (Level(is_strict=False), "is read as 7, whose text is '07'"),
    "another value": (Level(read=lambda text: int(text) + 1, is_strict=False), "is read as 8"),
    "one text for two": (Level(write=lambda value: f"{value // 2:02d}"), "decode('03') raises"),
    "no order": (
        Level(write=lambda value: f"{99 - value}", read=lambda text: 99 - int(text)),
        "sorts before",
    ),
    "another error": (Level(read=lambda text: dict[str, int]()[text]), "raises KeyError"),
    "no text": (Level(write=lambda value: ""), "which is no text, or empty"),
    "no beginnings": (Level(takes_beginnings=True), "it takes beginnings, and none of"),
}


@pytest.mark.parametrize(("format_", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_promise_is_found(format_: Format, reason: str) -> None:
    """The message has the value that shows it."""
    with pytest.raises(AssertionError) as caught:
        check_format(format_, [7, 8, 70, 41])
    assert reason in str(caught.value)
    assert str(caught.value).startswith("level: ")


def test_a_format_that_breaks_no_value_given_passes() -> None:
    """Only what is given can show it."""
    check_format(replace(Level(), alphabet=frozenset("70")), [7])
