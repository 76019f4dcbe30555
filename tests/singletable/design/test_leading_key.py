"""What stays the same in partition keys."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as some

from singletable.design.accesses import leading_key
from singletable.emit.iam.permissions import covers_key, key_pattern

PIECES = some.text("AB#", max_size=4)
KEYS = some.lists(PIECES, min_size=1, max_size=3)


def of(text: str, other: str | None = None) -> str:
    return key_pattern(leading_key({"S": text}, {"S": other or text}))


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("CATEGORIES", "CATEGORIES"),
        ("POST#{post_id}", "POST#*"),
        ("POST#{post.post_id}#{n} + 1", "POST#*#*"),
        ("{a}{b}", "*"),
        ("WHY?#5*$#{x}", "WHY${?}#5${*}${$}#*"),
    ],
)
def test_arguments_are_anything(text: str, pattern: str) -> None:
    """Signs that mean something to IAM are escaped."""
    assert of(text) == pattern


def test_what_the_time_decides_is_anything() -> None:
    """Of two moments only the same beginning and end are kept."""
    assert of("DAY#9999-12-30#{x}", "DAY#1001-01-01#{x}") == "DAY#*#*"
    assert of("A", "AB") == "A*"
    assert of("ABA", "ABABA") == "ABA*"


def test_bytes_are_anything() -> None:
    """And so restrict nothing."""
    assert leading_key({"B": b"\x00"}, {"B": b"\x00"}) == ("", "")
    assert leading_key({"N": "7"}, {"N": "7"}) == ("7",)


@given(KEYS, KEYS, some.lists(PIECES, min_size=3, max_size=3))
def test_what_is_covered_fits_too(one: list[str], other: list[str], pieces: list[str]) -> None:
    """Whatever key fits the narrower pattern fits the wider one."""
    if covers_key(one, other):
        first, *rest = other
        key = first + "".join(a + b for a, b in zip(pieces, rest, strict=False))
        assert fnmatchcase(key, "*".join(one))
