"""What the reader of regular patterns makes of each of their signs."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from singletable.formats import Format, day, instant
from singletable.formats.moment import Separator, Suffix
from singletable.formats.precision import Precision
from singletable.languages.expressions import Automaton
from singletable.languages.pattern import REGULAR, compile_pattern
from singletable.templates import Language, shared_text


def matches(pattern: str, text: str) -> bool:
    """Whether the automaton of a pattern, compiled anew, has a text."""
    read: Automaton = compile_pattern.__wrapped__(pattern)
    exact: Automaton = compile_pattern.__wrapped__("".join(f"\\U{ord(each):08x}" for each in text))
    return shared_text(Language(lambda: [read]), Language(lambda: [exact])) == text


@pytest.mark.parametrize(
    ("pattern", "text", "other"),
    [
        (r"\x41", "A", ")"),
        (r"\u00e9", "é", "\x00e9"),
        (r"\U0001f600", "😀", "0"),
        (r"\n", "\n", "n"),
        (r"[\x41-\x43]", "B", "D"),
        (r"(?P<id>ab)", "ab", "id"),
        (r"(?:ab)+c", "ababc", "abab"),
        (r"a{2}", "aa", "aaa"),
        (r"a{2,}", "aaaa", "a"),
        (r"a{,2}", "aa", "aaa"),
        (r"a{x}", "a{x}", "a"),
        (r"ab*?", "abb", "ba"),
        (r"^a$", "a", "^a$"),
    ],
)
def test_a_sign_is_read_as_python_reads_it(pattern: str, text: str, other: str) -> None:
    """Of the regular part of its patterns."""
    assert matches(pattern, text)
    assert not matches(pattern, other)


@pytest.mark.parametrize(
    "pattern", ["(?=a)a", "(?<=a)b", "(?<!a)b", "(?P<x>a)(?P=x)", r"(a)\1", r"a\b", "a$b", "a++"]
)
def test_what_is_not_regular_is_refused(pattern: str) -> None:
    """And names the sign."""
    with pytest.raises(ValueError) as caught:
        compile_pattern.__wrapped__(pattern)
    assert str(caught.value).startswith(f"the pattern {pattern!r} has ")


MOMENTS = [
    day(),
    *(
        instant(precision, suffix=suffix, separator=separator)
        for precision, suffix, separator in product(
            get_args(Precision), get_args(Suffix), get_args(Separator)
        )
    ),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda each: each.name)
def test_patterns_that_are_not_checked_are_regular(moment: Format) -> None:
    """Those of moments, which declarations take for regular."""
    assert moment.pattern is not None
    assert moment.pattern in REGULAR
    example = moment.example("at")
    assert matches(moment.pattern, moment.encode(example))
