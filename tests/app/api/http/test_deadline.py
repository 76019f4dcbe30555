"""Whatever is done for a request can know when it has to be answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.api.kit.middleware import RequestMiddleware
from app.core.context import seconds_left
from app.core.settings import Settings

SCOPE = {"type": "http", "method": "GET", "path": "/", "headers": []}


class Invocation:
    """Lambda's context."""

    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


def left_within(settings: Settings, **scope: Any) -> float | None:
    found: list[float | None] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(await asyncio.to_thread(seconds_left))

    async def receive() -> Message:
        raise AssertionError("nothing to receive")

    async def send(message: Message) -> None:
        raise AssertionError("nothing to send")

    middleware = RequestMiddleware(inner, settings)
    asyncio.run(middleware({**SCOPE, **scope}, receive, send))
    return found[0]


def test_a_request_has_the_time_of_the_setting(settings: Settings) -> None:
    """In its threads, too; outside of requests there is no end."""
    assert left_within(settings) == pytest.approx(28, abs=1)
    assert seconds_left() is None
    assert left_within(settings, type="lifespan") is None


@pytest.mark.parametrize(("milliseconds", "seconds"), [(10_000, 9.5), (60_000, 28)])
def test_on_lambda_the_invocations_end_counts_if_it_is_earlier(
    settings: Settings, milliseconds: int, seconds: float
) -> None:
    """Less the moment that the answer itself takes."""
    left = left_within(settings, **{"aws.context": Invocation(milliseconds)})
    assert left == pytest.approx(seconds, abs=1)
