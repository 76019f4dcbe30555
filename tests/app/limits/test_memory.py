"""Counters in memory: what is held has an end."""

from __future__ import annotations

import pytest

from app.adapters.memory_counters import MemoryWindows
from app.services.limits import CountersUnavailable, Window
from tests.app.limits.counting import Seconds


def test_what_has_expired_makes_room() -> None:
    """A thousand times as many keys as are held at once, each minute new ones."""
    clock = Seconds()
    windows = MemoryWindows(clock, most_keys=10)
    for number in range(10_000):
        assert windows.take(Window(str(number), 1))
        clock.now += 6


def test_full_counters_refuse_rather_than_forget() -> None:
    """A flood of keys pushes no count out; known keys are still counted."""
    clock = Seconds()
    windows = MemoryWindows(clock, most_keys=2)
    assert windows.take(Window("a", 1))
    assert windows.take(Window("b", 2))
    with pytest.raises(CountersUnavailable):
        windows.take(Window("c", 1))
    assert not windows.take(Window("a", 1))
    assert windows.take(Window("b", 2))
    clock.now += 60
    assert windows.take(Window("c", 1))


def test_a_key_in_use_outlives_stale_ones() -> None:
    """The sweep ends at the first key that still counts, in the order of last use."""
    clock = Seconds()
    windows = MemoryWindows(clock, most_keys=2)
    for key in ("a", "b"):
        windows.take(Window(key, 2))
    clock.now += 30
    windows.take(Window("a", 2))
    clock.now += 30
    assert windows.take(Window("c", 1))
    assert windows.take(Window("a", 2))
    assert not windows.take(Window("a", 2))


def test_looking_holds_nothing() -> None:
    """A key that was only asked about takes no room."""
    windows = MemoryWindows(Seconds(), most_keys=1)
    for number in range(100):
        assert windows.wait(Window(str(number), 1)) == 0
    assert windows.take(Window("a", 1))
