"""Texts of two languages: lengths in bytes, and the shortest of all."""

from __future__ import annotations

import pytest

from singletable.errors import InvalidTemplate
from singletable.formats import Format
from singletable.languages.characters import ANY, Characters
from singletable.languages.expressions import literal, text_of
from singletable.languages.pattern import compile_pattern
from singletable.templates import Language, compile_template, shared_text


def language(*patterns: str, opening: str = "", most: int = 2048) -> Language:
    return Language(lambda: [compile_pattern(each) for each in patterns], opening, most)


def sized(least: int, most: int | None, characters: str = "aé") -> Language:
    allowed = Characters((ord(each), ord(each)) for each in characters)
    return Language(lambda: [text_of(allowed, least, most)])


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (sized(3, 3), language(".."), "aé"),
        (sized(4, 4), language(".."), "éé"),
        (sized(5, 5), language(".."), None),
        (sized(2, None), language("a*"), "aa"),
        (sized(1, 3), language("a{3,9}"), "aaa"),
        (sized(1, 3), language("a{4,9}"), None),
        (sized(1, 3, "é"), language("é+"), "é"),
        (sized(3, 3, "é"), language(".*"), None),
        (language("a+", "b"), language("(?:ab)*"), "ab"),
        (language("a", "b?", "c?"), language("a"), "a"),
        (language("[^a]"), language("[^b]"), "A"),
        (language("a|"), language("b|"), ""),
        (language("a{5}", most=5), language("a+", most=5), "aaaaa"),
        (language("a{5}", most=4), language("a+"), None),
        (language("é{2}", most=4), language(".+"), "éé"),
        (language("é{2}", most=3), language(".+"), None),
        (language("a", opening="a"), language("b", opening="b"), None),
        (language("[\x00-\x1f]"), language("."), "\x00"),
    ],
)
def test_the_shortest_text_of_both_is_found(
    one: Language, other: Language, shared: str | None
) -> None:
    """In bytes of UTF-8; None where there is none."""
    assert shared_text(one, other) == shared
    assert shared_text(other, one) == shared


def test_long_lengths_cost_no_more_than_short_ones() -> None:
    """A thousand bytes against a thousand, which differ at the end."""
    pieces = [text_of(ANY, 1, 1000), literal("#").automaton]
    one = Language(lambda: [*pieces, *pieces, literal("x").automaton])
    other = Language(lambda: [*pieces, *pieces, literal("y").automaton])
    assert shared_text(one, other) is None


NOT_REGULAR = ["(?=a)a", r"(a)\1", "a$b", "^a|^b", r"\ba", "(?i:a)", "a*+", "("]


@pytest.mark.parametrize("source", NOT_REGULAR)
def test_what_is_not_regular_is_refused_by_name(source: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValueError, match="the pattern"):
        compile_pattern(source)


def test_a_format_whose_pattern_is_not_regular_stands_in_no_key() -> None:
    """Nothing is decided by a part of it; the message says what is allowed."""

    class Own(Format):
        def encode(self, value: object) -> str:
            return str(value)

        decode = encode

        def example(self, field: str) -> str:
            return "a"

    formats = {"own": Own(name="own", alphabet=None, pattern="(?!a).")}
    with pytest.raises(InvalidTemplate) as caught:
        compile_template("A#{own}", formats, where="Thing.key", limit=1024)
    assert caught.value.where == "Thing.key"
    assert caught.value.declared.startswith("own: the pattern '(?!a).' has '(?!'")
