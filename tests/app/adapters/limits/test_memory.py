"""Counters in memory: what is held has an end."""

from __future__ import annotations

import pytest

from app.services.limits import Count, CountersUnavailable, MemoryCounters, Window
from tests.app.adapters.limits.counting import Seconds


def admits(counters: MemoryCounters, key: str, limit: int) -> bool:
    return counters.count(Window(key, limit)).admitted


def test_what_has_expired_makes_room() -> None:
    """A thousand times as many keys as are held at once, each minute new ones."""
    clock = Seconds()
    counters = MemoryCounters(clock, most_keys=10)
    for number in range(10_000):
        assert admits(counters, str(number), 1)
        clock.now += 6


def test_full_counters_refuse_rather_than_forget() -> None:
    """A flood of keys pushes no count out; known keys are still counted."""
    clock = Seconds()
    counters = MemoryCounters(clock, most_keys=2)
    assert admits(counters, "a", 1)
    assert admits(counters, "b", 2)
    with pytest.raises(CountersUnavailable):
        admits(counters, "c", 1)
    assert not admits(counters, "a", 1)
    assert admits(counters, "b", 2)
    clock.now += 60
    assert admits(counters, "c", 1)


def test_a_key_in_use_outlives_stale_ones() -> None:
    """The sweep ends at the first key that still counts, in the order of last use."""
    clock = Seconds()
    counters = MemoryCounters(clock, most_keys=2)
    for key in ("a", "b"):
        admits(counters, key, 2)
    clock.now += 30
    admits(counters, "a", 2)
    clock.now += 30
    assert admits(counters, "c", 1)
    assert admits(counters, "a", 2)
    assert not admits(counters, "a", 2)


def test_all_windows_are_counted_or_none() -> None:
    """A full one, or a place too few, leaves the others as they were; the fullest one is told."""
    clock = Seconds()
    counters = MemoryCounters(clock, most_keys=3)
    wide, narrow, new = Window("wide", 3), Window("narrow", 1), Window("new", 9)
    assert counters.count(wide) == Count(True, 2, 60)
    clock.now += 20
    assert counters.count(wide, narrow) == Count(True, 0, 60)
    assert counters.count(new, wide, narrow) == Count(False, 0, 60)
    with pytest.raises(CountersUnavailable):
        counters.count(wide, new, Window("another", 9))
    assert counters.count(wide, new) == Count(True, 0, 40)


@pytest.mark.parametrize(
    ("seconds", "whole"), [(60.00000001, 60), (59.2, 60), (60.0, 60), (0.0001, 1), (1.01, 2)]
)
def test_a_wait_is_told_in_whole_seconds(seconds: float, whole: int) -> None:
    """Rounded up, but not for what arithmetic adds: no window of 60 seconds lasts 61."""
    assert Count(False, 0, seconds).whole_seconds == whole


def test_no_clock_makes_a_minute_longer() -> None:
    """At moments that a float holds only nearly, too."""
    clock = Seconds()
    for number in range(2_000):
        clock.now = 1e6 + number * 0.1
        assert MemoryCounters(clock).count(Window("a", 1)).whole_seconds == 60
