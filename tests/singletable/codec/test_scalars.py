"""Scalars: exact round trips, one wire form each, refusals by name."""

from __future__ import annotations

import math
import struct
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, NewType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, EmailStr, Field
from typing_extensions import TypeAliasType

from singletable.codec import MISSING, compile_coder
from singletable.errors.request import UnstorableValue
from tests.singletable.raises import raises

UserId = NewType("UserId", str)
Title = TypeAliasType("Title", Annotated[str, Field(max_length=100)])
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MIDDLE = {"min_value": datetime(2, 1, 1), "max_value": datetime(9998, 12, 31)}
TEXT = st.text(st.characters(codec="utf-8"))


def there_and_back(annotation: Any, value: Any) -> Any:
    coder = compile_coder(annotation, "T.x")
    wire = coder.encode(value)
    assert wire is not None
    assert wire == coder.encode(value)
    assert set(wire) <= coder.tags
    return coder.decode(wire)


def check_refused(annotation: Any, value: Any, reason: str = "") -> None:
    with raises(UnstorableValue, where="T.x", reason=reason):
        compile_coder(annotation, "T.x").encode(value)


@pytest.mark.parametrize(
    ("annotation", "value", "wire"),
    [
        (str, "x", {"S": "x"}),
        (str, "", {"S": ""}),
        (UserId, "u", {"S": "u"}),
        (Title, "t", {"S": "t"}),
        (EmailStr, "a@b.c", {"S": "a@b.c"}),
        (bool, True, {"BOOL": True}),
        (int, -7, {"N": "-7"}),
        (float, 0.1, {"N": "0.1"}),
        (float, -0.0, {"N": "0.0"}),
        (float, 3, {"N": "3.0"}),
        (Decimal, Decimal("1.10"), {"N": "1.1"}),
        (Decimal, Decimal("1E+2"), {"N": "100"}),
        (Decimal, Decimal("-0E+7"), {"N": "0"}),
        (Decimal, Decimal("1E+125"), {"N": "1E+125"}),
        (bytes, b"\x00", {"B": b"\x00"}),
        (datetime, datetime(2024, 1, 2, tzinfo=UTC), {"S": "2024-01-02T00:00:00.000000Z"}),
        (AwareDatetime, datetime(2024, 1, 2, tzinfo=UTC), {"S": "2024-01-02T00:00:00.000000Z"}),
        (date, date(24, 1, 2), {"S": "0024-01-02"}),
        (time, time(1, 2), {"S": "01:02:00.000000"}),
        (timedelta, timedelta(seconds=90, microseconds=5), {"N": "90.000005"}),
        (UUID, UUID(int=1), {"S": "00000000-0000-0000-0000-000000000001"}),
    ],
)
def test_wire_form(annotation: Any, value: Any, wire: Any) -> None:
    """Every scalar has one stored form, and loads from it as an equal value."""
    coder = compile_coder(annotation, "T.x")
    assert coder.encode(value) == wire
    assert coder.decode(wire) == value
    assert coder.tags == set(wire)
    assert coder.absent is MISSING


@given(TEXT)
def test_text_round_trips(value: str) -> None:
    """Any text that UTF-8 can carry comes back."""
    assert there_and_back(str, value) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_to_the_bit_or_are_refused(value: float) -> None:
    """A float comes back bit by bit, zero without its sign; outside the range it is refused."""
    if value and not 1e-130 <= abs(value) < 1e126:
        check_refused(float, value, "range")
    else:
        back = there_and_back(float, value)
        assert struct.pack("d", back) == struct.pack("d", value or 0.0)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_come_back_equal_or_are_refused(value: Decimal) -> None:
    """A Decimal of up to 38 digits comes back equal."""
    digits = len("".join(map(str, value.as_tuple().digits)).strip("0"))
    if value and (digits > 38 or not -130 <= value.adjusted() <= 125):
        check_refused(Decimal, value)
    else:
        assert there_and_back(Decimal, value) == value


@given(st.integers(-(10**38) + 1, 10**38 - 1))
def test_ints_round_trip(value: int) -> None:
    """Every int of up to 38 digits comes back."""
    assert there_and_back(int, value) == value


@given(st.binary())
def test_bytes_round_trip(value: bytes) -> None:
    """Bytes come back."""
    assert there_and_back(bytes, value) == value


@given(st.datetimes(timezones=ZONES, **MIDDLE))
def test_instants_round_trip(value: datetime) -> None:
    """An aware datetime comes back as the same instant, in UTC."""
    back = there_and_back(datetime, value)
    assert back == value
    assert back.tzinfo is UTC


@given(*[st.datetimes(timezones=ZONES, **MIDDLE)] * 2)
def test_instants_keep_their_order_as_text(one: datetime, other: datetime) -> None:
    """The text of instants sorts as the instants do."""
    coder = compile_coder(datetime, "T.x")
    first, second = coder.encode(one), coder.encode(other)
    assert first is not None
    assert second is not None
    assert (first["S"] < second["S"]) == (one < other)


@given(st.dates(), st.times(), st.timedeltas(), st.uuids())
def test_dates_times_and_uuids_round_trip(d: date, t: time, delta: timedelta, u: UUID) -> None:
    """date, naive time, timedelta and UUID come back equal."""
    assert there_and_back(date, d) == d
    assert there_and_back(time, t) == t
    assert there_and_back(timedelta, delta) == delta
    assert there_and_back(UUID, u) == u


class Slug(str):
    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler(str)


def test_a_rebuildable_text_subclass_is_stored_as_text() -> None:
    """A str subclass that Pydantic rebuilds goes out and comes back as plain text."""
    back = there_and_back(Slug, Slug("a-b"))
    assert back == "a-b"
    assert type(back) is str


NAIVE = datetime(2024, 1, 1)


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (str, 1, "is no str"),
        (str, None, "is no str"),
        (str, "a\ud800", "lone surrogate"),
        (int, True, "is no int"),
        (int, 1.0, "is no int"),
        (int, 10**38 + 1, "more than 38 significant digits"),
        pytest.param(int, 10**5000, "range", id="giant"),
        (float, math.nan, "no finite number"),
        (float, math.inf, "no finite number"),
        (float, 1e126, "range"),
        (float, 1e-131, "range"),
        (float, 2**53 + 1, "no float holds exactly"),
        pytest.param(float, 10**5000, "range", id="giant float"),
        (float, Decimal(1), "is no float"),
        (Decimal, Decimal("NaN"), "no finite number"),
        (Decimal, Decimal("sNaN"), "no finite number"),
        (Decimal, Decimal("Infinity"), "no finite number"),
        (Decimal, Decimal("1E+126"), "range"),
        (Decimal, Decimal("1E-131"), "range"),
        (Decimal, Decimal(10**38 + 1), "38 significant digits"),
        (Decimal, 0.5, "is no Decimal"),
        (bool, 1, "is no bool"),
        (bytes, bytearray(b"x"), "is no bytes"),
        (datetime, NAIVE, "naive"),
        (datetime, datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), "years 1 to 9999"),
        (date, datetime(2024, 1, 1, tzinfo=UTC), "is no date"),
        (time, time(1, tzinfo=UTC), "time zone"),
        (UUID, "00000000-0000-0000-0000-000000000001", "is no UUID"),
    ],
)
def test_refused(annotation: Any, value: Any, reason: str) -> None:
    """What would not come back is refused, with place and reason."""
    check_refused(annotation, value, reason)


@pytest.mark.parametrize(
    ("annotation", "wire"),
    [
        (int, {"N": "1.5"}),
        (int, {"N": "1E+9999"}),
        (int, {"N": "1" * 6000}),
        (int, {"N": "1E+99999999999999999999"}),
        (int, {"N": "NaN"}),
        (int, {"N": "1_0"}),
        (int, {"N": "\u0661"}),
        (int, {"N": 1}),
        (float, {"N": "1E+400"}),
        (timedelta, {"N": "0.0000001"}),
        (timedelta, {"N": "1E+100"}),
        (timedelta, {"N": "1." + "1" * 60}),
        (str, {"N": "1"}),
        (str, {"S": 1}),
        (str, {"S": "a", "N": "1"}),
        (str, {}),
        (str, None),
        (str, "S"),
        (str, {1: 2}),
        (bool, {"BOOL": 1}),
        (bytes, {"B": "x"}),
        (datetime, {"S": "2024-01-02T00:00:00"}),
        (datetime, {"S": "2024-13-02T00:00:00Z"}),
        (datetime, {"S": "2024-01-02T00:00:00.1234567Z"}),
        (datetime, {"S": "0001-01-01T00:00:00+23:00"}),
        (datetime, {"S": "2024-01-01T00:00:00+24:00"}),
        (date, {"S": "2024-02-30"}),
        (date, {"S": "20240203"}),
        (time, {"S": "25:00:00"}),
        (time, {"S": "1"}),
        (UUID, {"S": "{00000000-0000-0000-0000-000000000001}"}),
    ],
)
def test_malformed(annotation: Any, wire: Any) -> None:
    """A wrong tag or malformed content is a ValueError that says what was found."""
    with pytest.raises(ValueError, match=r"^T\.x: found .*, expected ") as caught:
        compile_coder(annotation, "T.x").decode(wire)
    assert type(caught.value) is ValueError


def test_foreign_forms_are_read() -> None:
    """Other programs' decimals, offsets and exponents are read where nothing is lost."""
    when = datetime(2024, 1, 2, 3, 4, 5, 100000, tzinfo=UTC)
    coder = compile_coder(datetime, "T.x")
    assert coder.decode({"S": "2024-01-02T03:04:05.1Z"}) == when
    assert coder.decode({"S": "2024-01-02T04:04:05.1000+01:00"}) == when
    assert compile_coder(int, "T.x").decode({"N": "1.2E+1"}) == 12
    assert compile_coder(time, "T.x").decode({"S": "01:02:03.5"}) == time(1, 2, 3, 500000)
