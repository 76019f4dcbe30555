"""The edges of key text: every character, every length, every field has its own answer."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.errors import InvalidKeyValue, InvalidTemplate
from singletable.formats import Format, escaped_text, integer, one_of, slug, text
from singletable.formats.base import HIGHEST
from singletable.templates import Template, compile_template
from singletable.tracing import Symbol

FORMATS: dict[str, Format] = {
    "name": text(),
    "other": text(),
    "n": integer(0, 99),
    "word": slug(),
    "escaped": escaped_text(),
}


def compiled(source: str, limit: int = 1024, **options: Any) -> Template:
    return compile_template(source, FORMATS, where="Thing.key", limit=limit, **options)


@pytest.mark.parametrize("value", ["a\nb", "\n", "\r\n", "\u2028", "\x00", "a\x85"])
@pytest.mark.parametrize("source", ["{name}", "A#{name}#{n}", "{name}:{other}", "{n}{name}"])
def test_line_breaks_are_characters_like_others(source: str, value: str) -> None:
    """In a value they are neither its end nor the text's."""
    template = compiled(source)
    values = {"name": value, "other": value, "n": 7}
    known = {field: values[field] for field in template.fields}
    assert template.parse(template.render(known)) == known


@pytest.mark.parametrize("delimiter", list(r"^]\-[.*+?()|$!~"))
def test_any_sign_may_be_the_delimiter(delimiter: str) -> None:
    """Also those that mean something in regular expressions; the others are plain then."""
    source = "A" + delimiter + "{name}" + delimiter + "{n}"
    template = compiled(source, delimiter=delimiter)
    rest = "".join(sign for sign in r"^]\-[.*+?()|$!~a" if sign != delimiter)
    values = {"name": rest, "n": 7}
    assert template.parse(template.render(values)) == values
    with pytest.raises(InvalidKeyValue) as caught:
        template.render({"name": "a" + delimiter, "n": 7})
    assert caught.value.field == "name"
    assert template.language.opening == "A" + delimiter


@pytest.mark.parametrize(
    ("source", "foreign"),
    [("A.{n}", "Ax07"), ("{n}.B", "07xB"), ("A+{n}", "AA07"), ("{name}.{n}", "ax07"), ("A|B", "A")],
)
def test_literals_are_no_expressions(source: str, foreign: str) -> None:
    """`A.` is a letter and a full stop."""
    with pytest.raises(ValueError, match="does not fit"):
        compiled(source).parse(foreign)


@pytest.mark.parametrize("letter", ["a", "é", "€", "\U0001f600"])
@pytest.mark.parametrize("source", ["{name}", "A#{name}", "{name}#"])
def test_the_last_byte_that_fits_is_taken_and_one_more_refused(source: str, letter: str) -> None:
    """In UTF-8, whole and as a prefix."""
    size = len(source.replace("{name}", "").encode())
    width = len(letter.encode())
    template = compiled(source, limit=size + 3 * width)
    assert template.render({"name": letter * 3}).count(letter) == 3
    assert template.prefix({"name": letter * 3}).count(letter) == 3
    for write in (template.render, template.prefix):
        with pytest.raises(InvalidKeyValue) as caught:
            write({"name": letter * 3 + "a"})
        assert f"makes a key of {size + 3 * width + 1} bytes" in caught.value.reason


@pytest.mark.parametrize("make_text", [text, escaped_text])
@pytest.mark.parametrize(("fits", "longer"), [("abc", "abcd"), ("aé", "éé"), ("€", "€a")])
def test_the_last_byte_of_a_format_is_taken_and_one_more_refused(
    make_text: Any, fits: str, longer: str
) -> None:
    """Where it is written, and where it is read."""
    format_ = make_text(max_bytes=3)
    assert format_.decode(format_.encode(fits)) == fits
    for work in (format_.encode, format_.decode, format_.accept):
        with pytest.raises(ValueError, match="bytes, more than 3"):
            work(longer)


def test_the_last_character_of_a_slug_is_taken_and_one_more_refused() -> None:
    """By `encode` and by `decode`."""
    format_ = slug(max_length=3)
    assert format_.encode("abc") == format_.decode("abc") == "abc"
    for work in (format_.encode, format_.decode):
        with pytest.raises(ValueError, match="has 4 characters, more than 3"):
            work("abcd")


def test_a_template_whose_least_text_just_fits_is_taken() -> None:
    """One byte more is refused before any value is known."""
    assert compiled("ABC#{n}", limit=6).render({"n": 7}) == "ABC#07"
    with pytest.raises(InvalidTemplate) as caught:
        compiled("ABC#{n}", limit=5)
    assert caught.value.declared == "'ABC#{n}' has at least 6 bytes"
    with pytest.raises(InvalidTemplate):
        compiled("é#{name}#", limit=4)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "a#", "other": "b", "n": 7}, "name"),
        ({"name": "a", "other": "b#", "n": 7}, "other"),
        ({"name": "a", "other": "b", "n": 100}, "n"),
        ({"name": "a", "other": "b", "n": True}, "n"),
        ({"name": None, "other": "b", "n": 7}, "name"),
        ({"name": "", "other": "b", "n": 7}, "name"),
        ({"name": "x" * 20, "other": "b", "n": 7}, "name"),
        ({"name": "a", "other": "x" * 20, "n": 7}, "other"),
        ({"name": "aaaaaaaa", "other": "ééééé", "n": 7}, "other"),
    ],
)
def test_a_refusal_names_the_field_at_fault(values: dict[str, Any], field: str) -> None:
    """And its value; of a key that is too long, the field whose text is the longest."""
    template = compiled("{name}#{other}#{n}", limit=16)
    with pytest.raises(InvalidKeyValue) as caught:
        template.render(values)
    assert caught.value.field == field
    assert caught.value.value == values[field]
    assert caught.value.where == "Thing.key"


@pytest.mark.parametrize(
    ("source", "most"), [("A#{n}#B", 6), ("é{n}é", 6), ("{n}#{word}", 99), ("{n}#{name}", None)]
)
def test_the_greatest_length_counts_every_literal(source: str, most: int | None) -> None:
    """In bytes; there is none where a format has none."""
    assert compiled(source).max_bytes == most


def test_a_missing_value_is_called_missing() -> None:
    """Not `NoneType`."""
    with pytest.raises(InvalidKeyValue) as caught:
        compiled("{name}").render({"name": None})
    assert caught.value.reason == "is missing"


def test_an_end_of_a_range_is_closed_by_the_delimiter_too() -> None:
    """A low end that contains it would begin in another part of the key."""
    (part, _) = compiled("{name}#{n}").parts
    assert part.bounds("a") == ("a", "a" + HIGHEST)
    with pytest.raises(ValueError, match="contains '#', which separates"):
        part.bounds("a#b")
    with pytest.raises(InvalidKeyValue) as caught:
        compiled("{name}#{n}").bounds(part, "a#b")
    assert caught.value.field == "name"


@pytest.mark.parametrize("bounds", [(True, 5), (0, True), (0.0, 5), (0, 5.5), ("0", "9"), (2, 1)])
def test_bounds_of_numbers_are_whole_numbers(bounds: Any) -> None:
    """A boolean is none."""
    with pytest.raises(ValueError, match="two whole numbers"):
        integer(*bounds)
    assert integer(1, 1).encode(1) == "1"


@pytest.mark.parametrize("digits", ["²7", "\u0660\u0667", "7\u0967", "+7", " 7", "7_", "0x"])
def test_digits_are_ascii_digits(digits: str) -> None:
    """Those of other scripts are digits for Python, and none in keys."""
    with pytest.raises(ValueError, match="is not made of digits"):
        integer(0, 99).decode(digits)


@pytest.mark.parametrize("most", [0, -1, True, 1.0, "9"])
def test_lengths_are_whole_numbers_from_one(most: Any) -> None:
    """For every format that has one."""
    for make_format in (
        lambda: text(max_bytes=most),
        lambda: escaped_text(max_bytes=most),
        lambda: slug(max_length=most),
    ):
        with pytest.raises(ValueError, match="a length of"):
            make_format()


def test_a_closed_set_says_what_it_has() -> None:
    """Whether it is written or read."""
    for work in (one_of(("a", "b")).encode, one_of(("a", "b")).decode):
        with pytest.raises(ValueError, match="is not one of a, b"):
            work("c")


@pytest.mark.parametrize("literal", ["A\U0010ffff", "A\ud800"])
def test_a_literal_has_no_character_that_keys_cannot_have(literal: str) -> None:
    """Neither half of a surrogate pair nor the one that closes ranges."""
    for source in (literal + "{n}", "{n}" + literal, literal):
        with pytest.raises(InvalidTemplate):
            compiled(source)


def test_a_beginning_that_is_an_argument_stands_for_itself() -> None:
    """As patterns are traced with it."""
    template = compiled("A#{name}")
    assert template.beginning(template.parts[0], Symbol("{name}", "name", str)) == "{name}"


def test_a_beginning_that_holds_the_delimiter_is_refused() -> None:
    """With the value that it was."""
    template = compiled("A#{name}#{n}")
    with pytest.raises(InvalidKeyValue) as caught:
        template.beginning(template.parts[0], "a#")
    assert (caught.value.field, caught.value.value) == ("name", "a#")
