"""Examples of formats, of which documents and tests are made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singletable.formats import (
    Format,
    day,
    escaped_text,
    instant,
    integer,
    one_of,
    slug,
    text,
    ulid,
    uuid_text,
)
from singletable.languages.characters import ANY
from singletable.languages.expressions import literal
from singletable.templates import Language, shared_text


@pytest.mark.parametrize(
    "format_",
    [
        day(),
        escaped_text(),
        instant(),
        integer(0, 9),
        integer(-99, 9),
        one_of(("on", "off")),
        one_of(("only",)),
        slug(),
        text(),
        text(lower=True),
        text(fold="nfkc"),
        ulid(),
        uuid_text(),
    ],
    ids=lambda format_: format_.name,
)
def test_an_example_is_a_value_of_its_format(format_: Format) -> None:
    """Its text is one of the format's, and stands for it again."""
    example = format_.example("field")
    encoded = format_.encode(example)
    assert format_.decode(encoded) == example
    assert format_.encode(format_.decode(encoded)) == encoded
    most = format_.max_bytes
    assert format_.min_bytes <= len(encoded.encode()) <= (len(encoded) if most is None else most)


def test_the_example_of_an_instant_has_a_time_zone() -> None:
    """Or it would be another moment on each machine."""
    example = instant().example("field")
    assert isinstance(example, datetime)
    assert example.tzinfo is UTC


def test_escaped_text_has_texts_with_escapes() -> None:
    """So that another key which holds `$` may be the same one."""
    encoded = escaped_text().encode("a#b")
    assert encoded != "a#b"
    own = escaped_text().language.within(ANY)
    fixed = literal(encoded).automaton
    assert shared_text(Language(lambda: [own]), Language(lambda: [fixed])) == encoded
    raw = literal("a#b").automaton
    assert shared_text(Language(lambda: [own]), Language(lambda: [raw])) is None


def test_lengths_of_a_format_hold_for_all_its_values() -> None:
    """A sign is a digit of its own; the shortest member counts."""
    signed = integer(-99, 9)
    assert {len(signed.encode(value)) for value in (-99, -1, 0, 9)} == {signed.max_bytes}
    choices = one_of(("on", "off", "whatever"))
    assert (choices.min_bytes, choices.max_bytes) == (2, 8)


def test_a_slug_has_ninety_six_characters_at_most() -> None:
    """Unless it says otherwise."""
    assert slug().encode("a" * 96) == "a" * 96
    with pytest.raises(ValueError):
        slug().encode("a" * 97)
    assert slug(max_length=2).encode("ab") == "ab"
