"""Cursors are encrypted and bound: anything else is one clear error."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from singletable.errors.request import InvalidCursor
from singletable.operations.reads.cursor import CursorSeal

SECRET = b"sixteen bytes at least"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=9)
WIRES = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    st.integers().map(lambda number: {"N": str(number)}),
    st.binary(max_size=9).map(lambda raw: {"B": raw}),
)
POSITIONS = st.lists(
    st.booleans() | st.dictionaries(TEXTS, WIRES, min_size=1, max_size=4), max_size=4
)
SEAL = CursorSeal(SECRET)


@given(POSITIONS, st.binary(max_size=20))
def test_a_position_comes_back_as_it_was(positions: Any, binding: bytes) -> None:
    """Text, numbers and bytes alike, in any process that knows the secret."""
    text = SEAL.seal(positions, binding)
    assert CursorSeal(SECRET).open(text, binding) == positions
    assert set(text) <= set(string.ascii_letters + string.digits + "-_")


@given(POSITIONS, st.data())
def test_any_edit_is_refused(positions: Any, data: Any) -> None:
    """One character changed, dropped or added, also one that base64 would overlook."""
    text = SEAL.seal(positions, b"q")
    at = data.draw(st.integers(0, len(text)))
    new = data.draw(st.sampled_from(["", "A", "b", "-", "=", "!", "\n", " ", "\u00e9"]))
    edited = text[:at] + new + text[at + data.draw(st.integers(0, 2)) :]
    assume(edited != text)
    with pytest.raises(InvalidCursor):
        SEAL.open(edited, b"q")


@given(POSITIONS)
def test_the_unused_bits_of_the_last_character_count(positions: Any) -> None:
    """There is one text for a cursor, not four."""
    text = SEAL.seal(positions, b"q")
    for last in set(string.ascii_letters + string.digits + "-_") - {text[-1]}:
        with pytest.raises(InvalidCursor):
            SEAL.open(text[:-1] + last, b"q")


@given(POSITIONS, st.binary(max_size=9), st.binary(max_size=9))
def test_any_other_binding_is_refused(positions: Any, one: bytes, other: bytes) -> None:
    """A cursor of one query opens no other."""
    assume(one != other)
    with pytest.raises(InvalidCursor):
        SEAL.open(SEAL.seal(positions, one), other)


def test_a_binding_does_not_run_into_the_position() -> None:
    """No prefix of a binding is one."""
    text = SEAL.seal([True], b"ab")
    for other in (b"", b"a", b"abc", b"b"):
        with pytest.raises(InvalidCursor):
            SEAL.open(text, other)


@pytest.mark.parametrize(
    "garbage", ["", "x", "null", "====", "a" * 100, "\u00e9", "\x00", "a" * 3_000_000, 7, b"x"]
)
def test_garbage_is_refused(garbage: Any) -> None:
    """Never a TypeError, never an error of base64 or JSON."""
    with pytest.raises(InvalidCursor):
        SEAL.open(garbage, b"q")


def test_a_seal_without_secret_is_good_for_one_process() -> None:
    """Its key is random."""
    seal = CursorSeal()
    assert seal.open(seal.seal([True], b"q"), b"q") == [True]
    with pytest.raises(InvalidCursor):
        CursorSeal().open(seal.seal([True], b"q"), b"q")


def test_the_longest_cursor_can_be_opened() -> None:
    """Two hundred shards, each with four keys of the greatest length."""
    key = {name: {"S": "x" * 1536} for name in ("PK", "SK", "GSI1PK", "GSI1SK")}
    positions = [key] * 200
    assert SEAL.open(SEAL.seal(positions, b"q"), b"q") == positions
