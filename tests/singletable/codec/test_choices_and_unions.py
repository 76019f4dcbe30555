"""Enum, Literal, unions and Any."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag, StrEnum
from typing import Any, Literal, Optional
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from singletable.codec import compile_coder
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import UnstorableValue
from tests.singletable.raises import raises


class Color(StrEnum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


class Mixed(Enum):
    ONE = 1
    WORD = "word"


class Odd(Enum):
    HALF = 0.5


class Bits(IntFlag):
    A = 1


class One(BaseModel):
    x: int


class Two(BaseModel):
    y: int


@pytest.mark.parametrize(
    ("annotation", "value", "wire"),
    [
        (Color, Color.RED, {"S": "red"}),
        (Level, Level.LOW, {"N": "1"}),
        (Mixed, Mixed.WORD, {"S": "word"}),
        (Mixed, Mixed.ONE, {"N": "1"}),
        (Literal["a", 1, True], "a", {"S": "a"}),
        (Literal["a", 1, True], 1, {"N": "1"}),
        (Literal["a", 1, True], True, {"BOOL": True}),
        (Literal[Color.RED], Color.RED, {"S": "red"}),
        (bool | int, True, {"BOOL": True}),
        (bool | int, 1, {"N": "1"}),
        (str | list[str], ["a"], {"L": [{"S": "a"}]}),
        (str | bytes | None, b"a", {"B": b"a"}),
        (Color | int, Color.RED, {"S": "red"}),
        (Optional[int], 3, {"N": "3"}),  # noqa: UP045
        (str | set[int], {2, 1}, {"NS": ["1", "2"]}),
        (Any, Decimal("1.5"), {"N": "1.5"}),
        (object, [None, True], {"L": [{"NULL": True}, {"BOOL": True}]}),
        (JsonValue, {"a": [1]}, {"M": {"a": {"L": [{"N": "1"}]}}}),
        (JsonValue | None, "x", {"S": "x"}),
    ],
)
def test_wire_form(annotation: Any, value: Any, wire: Any) -> None:
    """A value is stored by its own kind and comes back as the same value and type."""
    coder = compile_coder(annotation, "T.x")
    assert coder.encode(value) == wire
    back = coder.decode(wire)
    assert back == value
    assert type(back) is type(value)


def test_the_bare_value_of_a_member_is_taken_for_it() -> None:
    """Pydantic's use_enum_values keeps bare values; they are stored alike."""
    assert compile_coder(Color, "T.x").encode("red") == {"S": "red"}


def test_a_request_does_not_share_the_table_of_an_enum() -> None:
    """Changing one encoded value changes no other."""
    coder = compile_coder(Color, "T.x")
    assert coder.encode(Color.RED) is not coder.encode(Color.RED)


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (int | float, "int and float are both stored as N"),
        (str | UUID, "str and UUID are both stored as S"),
        (One | Two, "One and Two are both stored as M"),
        (list[int] | tuple[str, ...], "list[int] and tuple[str, ...] are both"),
        (set[str] | None, "set[str] and None could not be told apart"),
        (set[str] | int | None, "set[str] and None could not be told apart"),
        (set[str] | set[int], "no empty set"),
        (Odd, "neither str, int nor bool"),
        (Bits, "Flag"),
        (Literal[b"x"], "neither str, int nor bool"),
        (Literal[Color.RED, "red"], "stored as 'red'"),
        (Literal["\ud800"], "lone surrogate"),
    ],
)
def test_unsupported(annotation: Any, reason: str) -> None:
    """What could not be told apart is refused, with both names."""
    with raises(UnsupportedAnnotation, where="T.x", declared=reason):
        compile_coder(annotation, "T.x")


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (Any, 0.5, "is a float, which would come back as a Decimal"),
        (Any, datetime(2024, 1, 1, tzinfo=UTC), "is a datetime"),
        (Any, {1}, "is a set"),
        (Any, b"x", "is a bytes"),
        (Any, (1,), "is a tuple"),
        (Any, Color.RED, "is a Color"),
        (Color, "pink", "is no Color"),
        (Color, [], "is no Color"),
        (Literal[1], True, "is no Literal"),
        (Literal[1], 1.0, "is no Literal"),
        (bool | int, "x", "is none of"),
        (int | None, "x", "is no int"),
    ],
)
def test_refused(annotation: Any, value: Any, reason: str) -> None:
    """A value outside the declaration is refused by name."""
    with raises(UnstorableValue, where="T.x", value=value, reason=reason):
        compile_coder(annotation, "T.x").encode(value)


@pytest.mark.parametrize(
    ("value", "where", "part", "reason"),
    [
        ([0.5], "T.x[0]", 0.5, "is a float"),
        ({"a": {1}}, 'T.x["a"]', {1}, "is a set"),
        ({1: 2}, "T.x", 1, "as a key is no str"),
    ],
)
def test_a_part_is_refused_by_its_path(value: Any, where: str, part: Any, reason: str) -> None:
    """Of a value that may be anything that JSON can hold."""
    with raises(UnstorableValue, where=where, value=part, reason=reason):
        compile_coder(Any, "T.x").encode(value)


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**38) + 1, 10**38 - 1) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


@given(PLAIN)
def test_plain_values_round_trip_through_any(value: Any) -> None:
    """Any takes plain values and gives them back."""
    coder = compile_coder(Any, "T.x")
    wire = coder.encode(value)
    assert (coder.absent if wire is None else coder.decode(wire)) == value
