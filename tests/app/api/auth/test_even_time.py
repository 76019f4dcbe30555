"""Refusals end at a step of the clock, whatever they took; what is not evened ends at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.api.kit.requests import pad_duration, pad_to_step


class Clock:
    """Time that passes only where it is told to, or slept through."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def refused_after(seconds: float, error: type[Exception] = KeyError) -> float:
    """How long a refusal takes whose cause took so long."""
    clock = Clock()

    async def refused() -> None:
        async with pad_duration(KeyError, step=0.5, clock=clock, sleep=clock.sleep):
            clock.now += seconds
            raise error

    with pytest.raises(error):
        asyncio.run(refused())
    return round(clock.now - 1000.0, 6)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.01, 0.25, 0.499])
def test_refusals_within_a_step_take_the_step(seconds: float) -> None:
    """An unknown user, found out at once, and a wrong password, hashed for a while."""
    assert refused_after(seconds) == 0.5


@pytest.mark.parametrize(("seconds", "whole"), [(0.5, 1.0), (0.501, 1.0), (1.3, 1.5)])
def test_slow_refusals_take_whole_steps(seconds: float, whole: float) -> None:
    """Where the pool was slow, no more than the number of steps can be told apart."""
    assert refused_after(seconds) == whole


def test_other_errors_are_not_waited_for() -> None:
    """Too many attempts, or a pool that does not answer."""
    assert refused_after(0.2, ValueError) == 0.2


def test_subclasses_are_evened_too() -> None:
    """A kind of the refusal is the refusal."""
    assert refused_after(0.2, type("Kind", (KeyError,), {})) == 0.5


def test_success_is_not_waited_for() -> None:
    """It tells itself by being one."""
    clock = Clock()

    async def succeed() -> None:
        async with pad_duration(KeyError, step=0.5, clock=clock, sleep=clock.sleep):
            clock.now += 0.1

    asyncio.run(succeed())
    assert clock.now == pytest.approx(1000.1)


@pytest.mark.parametrize(("seconds", "whole"), [(0.0, 0.5), (0.3, 0.5), (0.7, 1.0)])
def test_what_tells_nothing_by_its_answer_tells_nothing_by_its_time(
    seconds: float, whole: float
) -> None:
    """A success ends at a step as well."""
    clock = Clock()

    async def done() -> None:
        async with pad_to_step(step=0.5, clock=clock, sleep=clock.sleep):
            clock.now += seconds

    asyncio.run(done())
    assert round(clock.now - 1000.0, 6) == whole


def test_the_event_loop_is_not_held_up() -> None:
    """Others are served while a refusal waits."""
    order: list[Any] = []

    async def refused() -> None:
        with pytest.raises(KeyError):
            async with pad_duration(KeyError, step=0.02):
                raise KeyError
        order.append("refused")

    async def other() -> None:
        order.append("other")

    async def both() -> None:
        await asyncio.gather(refused(), other())

    asyncio.run(both())
    assert order == ["other", "refused"]
