"""The face: placeholders, TTL, errors only of the promised kinds whatever comes in."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from singletable.codec import compile_coder, epoch_seconds
from singletable.errors.request import UnstorableValue
from singletable.tracing import Symbol
from tests.singletable.raises import raises


class Node(BaseModel):
    name: str
    children: list[Node] = []


ANNOTATIONS: list[Any] = [
    *[str, int, float, Decimal, bool, bytes, datetime, date, time, timedelta, UUID, Any, Node],
    *[list[int], tuple[int, str], dict[str, Any], dict[UUID, int], set[int], set[UUID]],
    *[Literal["a", 1, None], str | list[datetime] | None, set[str] | int],
]
CODERS = [
    *[compile_coder(each, "T.x") for each in ANNOTATIONS],
    epoch_seconds("T.x", is_optional=True),
]

NUMBERS = st.from_regex(r"[+-]?[0-9]{1,4}(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,5})?", fullmatch=True)
PAYLOADS = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | NUMBERS | st.binary()
TAGS = st.sampled_from(["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS", "X"])
WIRES = st.recursive(
    PAYLOADS | st.dictionaries(TAGS, PAYLOADS, min_size=1, max_size=2),
    lambda inner: st.dictionaries(
        TAGS, st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner), max_size=2
    ),
    max_leaves=6,
)
QUIET = st.decimals(allow_nan=False)  # a signalling NaN cannot be hashed
KEYS = PAYLOADS | st.floats() | QUIET | st.datetimes() | st.dates() | st.uuids()
OBJECTS = KEYS | st.decimals()
VALUES = OBJECTS | st.lists(OBJECTS, max_size=2) | st.dictionaries(KEYS, OBJECTS, max_size=2)


@settings(max_examples=300)
@given(WIRES)
def test_decode_raises_only_value_errors(wire: Any) -> None:
    """Whatever is stored, decode gives a value or a ValueError that names the place."""
    for coder in CODERS:
        try:
            coder.decode(wire)
        except ValueError as error:
            assert type(error) is ValueError
            assert str(error).startswith("T.x")


@settings(max_examples=200)
@given(VALUES | st.frozensets(KEYS, max_size=3))
def test_encode_raises_only_unstorable_value(value: Any) -> None:
    """Whatever comes in, encode gives a value that decodes to an equal one, or UnstorableValue."""
    for coder in CODERS:
        try:
            wire = coder.encode(value)
        except UnstorableValue as error:
            assert error.where.startswith("T.x")
            continue
        assert (coder.absent if wire is None else coder.decode(wire)) == value


@pytest.mark.parametrize("coder", CODERS)
def test_a_symbol_passes_any_coder(coder: Any) -> None:
    """While a pattern is traced, a placeholder stands for a value of any type."""
    assert coder.encode(Symbol("{title}", "title", str)) == {"S": "{title}"}


@given(st.datetimes(timezones=st.just(UTC)).map(lambda when: when.replace(microsecond=0)))
def test_epoch_seconds_round_trip(when: datetime) -> None:
    """A TTL is a Number of whole seconds and comes back as the same instant."""
    wire = epoch_seconds("T.ttl", is_optional=True).encode(when)
    assert wire == {"N": str(int(Decimal(wire["N"])))} if wire else False
    assert epoch_seconds("T.ttl", is_optional=True).decode(wire or {}) == when


def test_epoch_seconds_form_and_refusals() -> None:
    """None is absent; fractions and naive times are refused; impossible numbers are malformed."""
    coder = epoch_seconds("T.ttl", is_optional=True)
    assert coder.encode(datetime(2024, 1, 1, tzinfo=UTC)) == {"N": "1704067200"}
    assert coder.encode(None) is None
    assert coder.absent is None
    assert coder.tags == {"N"}
    with raises(UnstorableValue, where="T.ttl", reason="fraction of a second"):
        coder.encode(datetime(2024, 1, 1, microsecond=1, tzinfo=UTC))
    with raises(UnstorableValue, where="T.ttl", reason="naive"):
        coder.encode(datetime(2024, 1, 1))
    for text in ["1E+20", "9" * 15, "1.5"]:
        with pytest.raises(ValueError, match=r"T\.ttl: found"):
            coder.decode({"N": text})


def test_a_refusal_carries_its_facts_and_pickles() -> None:
    """where, value and reason are fields."""
    with raises(UnstorableValue, where="T.x", value="<int>", reason="range") as caught:
        compile_coder(int, "T.x").encode(10**5000)
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (type(copied), copied.facts()) == (UnstorableValue, caught.value.facts())
