"""Lean transports, of both kinds, called in the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
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


@pytest.fixture(params=["blocking", "tasks"])
def open_lean(request: pytest.FixtureRequest) -> Iterator[OpenLean]:
    """Opens a transport to an endpoint: it blocks, or is awaited in a loop of its own."""
    with ExitStack() as opened:

        def blocking(endpoint: str, **given: Any) -> Transport:
            return opened.enter_context(lean_transport(**options(endpoint, given)))

        def tasks(endpoint: str, **given: Any) -> Transport:
            runner = opened.enter_context(asyncio.Runner())
            send = async_lean_transport(**options(endpoint, given))
            opened.callback(lambda: runner.run(send.aclose()))
            return lambda operation, parameters: runner.run(send(operation, parameters))

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
