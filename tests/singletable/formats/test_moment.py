"""Instants and days as key text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Context, Inexact, Overflow, Rounded, localcontext
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime

from singletable import TTL, Entity, Table
from singletable.entity import schema_of
from singletable.formats import day, epoch, instant

EARLIEST = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))


def test_an_instant_outside_the_calendar_in_utc_is_refused_by_name() -> None:
    """Never an OverflowError from the standard library."""
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        instant().encode(EARLIEST)


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-01",
        "2020-02-01T12:00:00Z",
        "2020-02-01T12:00:00.000000",
        "2020-02-01T12:00:00.000000+00:00",
        "2020-02-01T13:00:00.000000+01:00",
        "2020-02-30T12:00:00.000000Z",
        "2020-02-01T24:00:00.000000Z",
        "٢٠٢٠-02-01T12:00:00.000000Z",
        "",
    ],
)
def test_only_the_one_text_of_an_instant_is_read(text: str) -> None:
    """Other spellings of a moment are no keys."""
    with pytest.raises(ValueError):
        instant().decode(text)


@pytest.mark.parametrize("text", ["20200201", "2020-W05-6", "2020-2-1", "2020-02-30", ""])
def test_only_the_one_text_of_a_day_is_read(text: str) -> None:
    """Other spellings of a day are no keys."""
    with pytest.raises(ValueError):
        day().decode(text)


@pytest.mark.parametrize(
    ("format_", "value"),
    [
        (day(), "2020-02-01T10"),
        (day(), "2020-13"),
        (day(), "20"),
        (day(), "٢٠٢٠"),
        (instant(), "2020-02-01T"),
        (instant(), "2020-02-01T25"),
        (instant(), "February"),
        (instant(), ""),
    ],
)
def test_a_bound_that_begins_no_moment_is_refused(format_: Any, value: str) -> None:
    """A day has no hours; a month has two digits."""
    with pytest.raises(ValueError, match="not the beginning"):
        format_.bounds(value)


@pytest.mark.parametrize("part", ["2020", "2020-02", "2020-02-01"])
def test_a_partial_bound_covers_all_that_begins_with_it(part: str) -> None:
    """`2020-02` is all of February."""
    last = datetime(2020, 2, 1, 23, 59, 59, 999999, tzinfo=UTC)
    for format_, value in ((day(), date(2020, 2, 1)), (instant(), last)):
        low, high = format_.bounds(part)
        assert low <= format_.encode(value) <= high
        assert format_.encode(value.replace(year=2021)) > high
        assert format_.encode(value.replace(year=2019)) < low


@pytest.mark.parametrize(
    ("format_", "value"),
    [(day(), datetime(2020, 2, 1, tzinfo=UTC)), (instant(), date(2020, 2, 1)), (day(), 7)],
)
def test_a_day_is_no_instant_nor_the_other_way_round(format_: Any, value: Any) -> None:
    """Although Python's datetime is a date."""
    with pytest.raises(ValueError, match=r"not a date"):
        format_.encode(value)


class Printed(datetime):
    """A moment that prints and computes as it likes, as those of other libraries do."""

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        return self.strftime("%d.%m.%Y")

    def __sub__(self, other: Any) -> Any:
        return NotImplemented


class Dated(date):
    def isoformat(self) -> str:
        return self.strftime("%d.%m.%Y")


events = Table("events")


class Event(Entity, table=events):
    """Something at a moment, in each form that moments are stored in."""

    day: date
    at: AwareDatetime
    counted: Annotated[AwareDatetime, epoch("milliseconds")]
    ends: Annotated[AwareDatetime | None, TTL] = None
    key = events.primary.key("DAY#{day}", "{at}")


def test_moments_of_other_classes_are_stored_as_plain_ones() -> None:
    moment = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    printed = Printed(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    plain = Event(day=date(2026, 3, 14), at=moment, counted=moment, ends=moment)
    other = Event(day=Dated(2026, 3, 14), at=printed, counted=printed, ends=printed)
    assert type(other.at) is Printed
    encode = schema_of(Event).encode
    assert encode(other) == encode(plain)


def test_a_caller_s_decimal_context_changes_nothing() -> None:
    """Whatever it rounds, traps or cannot hold."""
    moment = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
    event = Event(day=date(2026, 3, 14), at=moment, counted=moment, ends=moment)
    schema = schema_of(Event)
    with localcontext(Context(prec=3, Emax=9, traps=[Inexact, Rounded, Overflow])):
        assert schema.decode(schema.encode(event)) == event
