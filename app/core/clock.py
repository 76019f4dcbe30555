"""The present time, by the app's clock, which tests may set; and durations that tell nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated

import anyio
from fastapi import Depends, Request


def utc_now() -> datetime:
    return datetime.now(UTC)


async def moment(request: Request) -> datetime:
    """Of the request; async, since a thread of its own would take longer than the clock."""
    now: datetime = request.app.state.clock()
    return now


NowDep = Annotated[datetime, Depends(moment)]


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
