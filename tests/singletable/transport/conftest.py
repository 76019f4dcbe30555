"""Lean transports, of both kinds, called in the same way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from singletable.transport import Transport, async_lean_transport, lean_transport
from singletable.transport.lean.signing import StaticCredentials
from tests.singletable.stub_server import Stub, stub_server

OpenLean = Callable[..., Transport]


def options(endpoint: str, given: Mapping[str, Any]) -> Any:
    """Those of a transport to this endpoint, with credentials that open nothing."""
    usual = {
        "endpoint_url": endpoint,
        "region": "eu-west-1",
        "credentials": StaticCredentials("testing", "testing"),
        "attempts": 3,
    }
    return {**usual, **given}


@contextmanager
def running_loop() -> Iterator[Callable[[Any], Any]]:
    """Runs a loop in a thread; yields what awaits something in it, from any thread."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield lambda awaited: asyncio.run_coroutine_threadsafe(awaited, loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


@pytest.fixture(params=["blocking", "tasks"])
def open_lean(request: pytest.FixtureRequest) -> Iterator[OpenLean]:
    """Opens a transport to an endpoint: it blocks, or is awaited in a loop of its own."""
    with ExitStack() as opened:

        def blocking(endpoint: str, **given: Any) -> Transport:
            return opened.enter_context(lean_transport(**options(endpoint, given)))

        def tasks(endpoint: str, **given: Any) -> Transport:
            await_ = opened.enter_context(running_loop())
            send = async_lean_transport(**options(endpoint, given))
            opened.callback(lambda: await_(send.aclose()))
            return lambda operation, parameters: await_(send(operation, parameters))

        yield blocking if request.param == "blocking" else tasks


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server that answers as it is told."""
    with stub_server() as started:
        yield started


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries do not wait."""
    monkeypatch.setattr("random.random", lambda: 0.0)
