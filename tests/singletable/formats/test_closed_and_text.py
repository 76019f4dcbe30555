"""Closed sets, numbers, identifiers and free text as key text."""

from __future__ import annotations

import re
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Literal, NewType

import pytest
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from singletable.formats import (
    Format,
    escaped_text,
    infer_format,
    integer,
    one_of,
    slug,
    text,
    ulid,
    uuid_text,
)

Code = NewType("Code", Annotated[str, slug()])


class Colour(str, Enum):  # noqa: UP042 - str() of such a member is not its value
    RED = "red"


class Size(StrEnum):
    SMALL = "small"
    BIG = "big"


class Level(IntEnum):
    ONE = 1


@pytest.mark.parametrize("format_", [text(), text(lower=True), escaped_text(), slug()])
def test_a_member_of_a_text_enumeration_is_its_value(format_: Format) -> None:
    """Not `Colour.RED`, which is what `str()` makes of it."""
    encoded = format_.encode(Colour.RED)
    assert encoded == "red"
    assert type(encoded) is str


def test_a_closed_set_keeps_order_only_if_its_members_do() -> None:
    """`big` sorts before `small`, so ranges on sizes would lie."""
    assert not one_of(tuple(Size)).ordered
    assert one_of((Size.BIG, Size.SMALL)).ordered
    assert infer_format(bool).ordered


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (str, "text"),
        (Code, "slug"),
        (Annotated[str, ulid()] | None, "ulid"),
        (Literal["a", "b"], "one of a, b"),
        (Size, "one of small, big"),
        (bool, "one of false, true"),
        (AwareDatetime, "instant"),
        (AwareDatetime | None, "instant"),
    ],
)
def test_a_format_follows_from_the_type_where_that_is_safe(annotation: Any, name: str) -> None:
    """Also through NewType, Annotated and None."""
    assert infer_format(annotation).name == name


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (int, "needs a format such as integer"),
        (float, "needs a format"),
        (Level, "has no text"),
        (str | bool, "is a union"),
        (list[str], "has no key text"),
        (Literal["a", 1], "has no text"),
        (Literal["a", None], "has no text"),
        (bytes, "needs a format"),
    ],
)
def test_other_types_need_a_declared_format(annotation: Any, reason: str) -> None:
    """Nothing is turned to text by guess."""
    with pytest.raises(ValueError, match=reason):
        infer_format(annotation)


@pytest.mark.parametrize(
    "make",
    [
        lambda: integer(5, 1),
        lambda: one_of(()),
        lambda: one_of(("a", "a")),
        lambda: one_of(("true", True)),
        lambda: one_of(("",)),
    ],
)
def test_a_format_that_contradicts_itself_is_refused(make: Any) -> None:
    """When it is made."""
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize(
    ("format_", "value"),
    [
        (text(), ""),
        (text(), "\ud800"),
        (text(), "a\U0010ffff"),
        (text(max_bytes=3), "ää"),
        (escaped_text(max_bytes=3), "a#b"),
        (slug(), "Upper"),
        (slug(), "a--b"),
        (slug(), "-a"),
        (slug(), "a\n"),
        (slug(max_length=3), "abcd"),
        (ulid(), "01jd9gz2j0v5x7q3m8k4t6b1ra"),
        (ulid(), "81JD9GZ2J0V5X7Q3M8K4T6B1RA"),
        (uuid_text(), "018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d"),
        (one_of((Size.BIG,)), "big"),
        (one_of(("big",)), "small"),
        (infer_format(bool), 1),
        (text(), b"x"),
    ],
)
def test_a_value_of_another_shape_has_no_text(format_: Format, value: Any) -> None:
    """A ValueError says why."""
    with pytest.raises(ValueError, match=r"^(is|has|contains) "):
        format_.encode(value)


@pytest.mark.parametrize(
    ("format_", "encoded"),
    [
        (text(lower=True), "Ada"),
        (text(), ""),
        (escaped_text(), "a#b"),
        (escaped_text(), "a$"),
        (escaped_text(), "a$z"),
        (integer(0, 99), "7"),
        (integer(0, 99), "\u0660\u0667"),
        (integer(-9, 9), "2"),
        (integer(-9, 9), "29"),
        (uuid_text(), "018F3C5E-7A20-7C11-9B1E-3F6D2A4B5C6D"),
        (one_of(("big",)), "Big"),
    ],
)
def test_text_that_no_value_has_is_not_read(format_: Format, encoded: str) -> None:
    """One value, one text."""
    with pytest.raises(ValueError, match=r"^(is|has|contains|badly) "):
        format_.decode(encoded)


@pytest.mark.parametrize("format_", [slug(max_length=8), ulid()])
@pytest.mark.parametrize("value", ["a-b", "A", "a--b", "", "a" * 9, "01JD9GZ2J0V5X7Q3M8K4T6B1RA"])
def test_a_json_schema_allows_what_validation_allows(format_: Format, value: str) -> None:
    """The shape and the length of an identifier are in schemas made from a model."""
    adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, format_])
    schema = adapter.json_schema()
    shown = len(value) <= schema["maxLength"] and re.search(schema["pattern"], value) is not None
    try:
        adapter.validate_python(value)
    except ValidationError:
        assert not shown
    else:
        assert shown


def test_escapes_are_made_of_letters_alone() -> None:
    """So that whatever punctuation separates the parts of a key, it is in no escape."""
    escaped = [escaped_text().encode(chr(code)) for code in range(ord("$") + 1)]
    assert all(text[0] == "$" and text[1:].isalpha() for text in escaped)
    assert escaped == sorted(escaped)
    assert [escaped_text().decode(text) for text in escaped] == [chr(at) for at in range(37)]
