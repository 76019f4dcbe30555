"""Pads the duration of refusals, so that their time tells nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic

import anyio

STEP = 0.5


@asynccontextmanager
async def pad_duration(
    *evened: type[Exception],
    step: float = STEP,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> AsyncGenerator[None]:
    """What raises one of `evened` ends a whole number of steps (seconds) after it began.

    Unknown users are refused sooner by a user pool than wrong passwords; both take one step.
    """
    began = clock()
    try:
        yield
    except evened:
        await sleep(step - (clock() - began) % step)
        raise


@asynccontextmanager
async def pad_to_step(
    step: float = STEP,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> AsyncGenerator[None]:
    """The same for what succeeds: it ends at a step, whatever there was to do."""
    began = clock()
    yield
    await sleep(step - (clock() - began) % step)
