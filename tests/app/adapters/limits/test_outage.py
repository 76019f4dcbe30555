"""A service that is silent: who may ask, and what is logged."""

from __future__ import annotations

import logging

import pytest

from app.adapters.redis import CircuitBreaker
from tests.app.adapters.limits.counting import Seconds


def test_one_caller_a_second_asks_a_silent_service() -> None:
    """The others are told at once, so that threads do not pile up behind time-outs."""
    clock = Seconds()
    outage = CircuitBreaker("it", clock)
    assert outage.allow_request()
    outage.failed(OSError())
    assert not outage.allow_request()
    clock.now += 1
    assert [outage.allow_request() for _ in range(3)] == [True, False, False]
    outage.answered()
    assert all(outage.allow_request() for _ in range(3))


def test_a_line_is_logged_when_the_state_changes(caplog: pytest.LogCaptureFixture) -> None:
    """One for down, one for up again, none in between, and not a word of the cause."""
    caplog.set_level(logging.DEBUG)
    outage = CircuitBreaker("the store", Seconds())
    outage.answered()
    for _ in range(3):
        outage.failed(TimeoutError("redis://user:hush@host"))
    outage.answered()
    outage.answered()
    lines = [(each.levelname, each.getMessage()) for each in caplog.records]
    assert lines == [
        ("ERROR", "the store does not answer: TimeoutError"),
        ("WARNING", "the store answers again"),
    ]
