"""A pytest plugin: `boto3_transport` sends through a lean transport, so that its tests hold for it.

With `LEAN=async` through the asynchronous one, each request awaited in a loop in another thread.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import pytest

from singletable import transport
from singletable.transport import Transport, async_lean_transport, lean_transport
from singletable.transport.lean.blocking import LeanTransport
from singletable.transport.lean.calls import Call
from singletable.transport.lean.signing import StaticCredentials

LOOP = asyncio.new_event_loop()
OPENED: list[LeanTransport] = []
"""Closed at the end: a collector may take a socket for lost before its pool closes it."""
EVENTS: ContextVar[Any] = ContextVar("events of the client that is replaced")


def options_of(client: Any) -> Any:
    """A lean transport's options for the endpoint and configuration of a boto3 client."""
    config = client.meta.config
    retries = config.retries
    return {
        "region": "eu-west-1",
        "endpoint_url": client.meta.endpoint_url,
        "credentials": StaticCredentials("testing", "testing"),
        "attempts": retries.get("total_max_attempts") or retries["max_attempts"] + 1,
        "connect_timeout": config.connect_timeout,
        "read_timeout": config.read_timeout,
    }


def through_lean(client: Any) -> Transport:
    """Makes a transport of the same endpoint and configuration; the client's observers are told."""
    blocking = lean_transport(**options_of(client))
    OPENED.append(blocking)
    awaited = async_lean_transport(**options_of(client))

    def call(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        token = EVENTS.set(client.meta.events)
        try:
            if os.environ.get("LEAN") != "async":
                return blocking(operation, parameters)
            return asyncio.run_coroutine_threadsafe(awaited(operation, parameters), LOOP).result()
        finally:
            EVENTS.reset(token)

    return call


@pytest.fixture(autouse=True)
def observed_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tells a client's observers of each attempt, and waits for none."""
    sign = Call.headers

    def told(self: Call, *given: Any) -> str:
        if events := EVENTS.get(None):
            events.emit("before-send.dynamodb", request=None)
        return sign(self, *given)

    monkeypatch.setattr(Call, "headers", told)
    monkeypatch.setattr("singletable.transport.lean.calls._pause", lambda *_, **__: 0.0)


def pytest_configure() -> None:
    """Starts the loop."""
    threading.Thread(target=LOOP.run_forever, daemon=True).start()


def pytest_sessionfinish() -> None:
    """Closes the connections."""
    for each in OPENED:
        each.close()


transport.boto3_transport = through_lean
