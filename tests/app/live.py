"""The app over a table that is there: in memory, and in DynamoDB Local where one runs.

Fixtures, imported by the conftest of the folders that use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier, get_ident
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.core.settings import Settings
from singletable import Repository
from singletable.transport import Transport
from tests.app.api.v1.stores import KINDS, Store, open_store
from tests.app.harness import AppHarness

DEVELOPER = {"Authorization": "Bearer local-dev-token"}


class Gated:
    """A transport that can hold transactions until as many as announced want to be sent."""

    def __init__(self, transport: Transport) -> None:
        self._send = transport
        self._barrier: Barrier | None = None
        self._held = set[int]()

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._barrier and operation == "TransactWriteItems" and get_ident() not in self._held:
            self._held.add(get_ident())
            self._barrier.wait(timeout=20)
        return self._send(operation, parameters)

    @contextmanager
    def together(self, transactions: int) -> Iterator[None]:
        self._barrier, self._held = Barrier(transactions), set()
        yield
        self._barrier = None


def race(gated: Gated, *requests: Callable[[], Response]) -> list[Response]:
    """Carries out requests at once: all have read what they need before the first one writes."""
    with gated.together(len(requests)), ThreadPoolExecutor(len(requests)) as threads:
        return [each.result() for each in [threads.submit(request) for request in requests]]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with open_store(request.param) as opened:
        yield opened


@pytest.fixture
def gated(store: Store) -> Gated:
    return Gated(store.transport)


@pytest.fixture
def repository(store: Store) -> Repository:
    return store.repository()


@pytest.fixture
def live(settings: Settings, store: Store, gated: Gated) -> AppHarness:
    return AppHarness(settings, replace(store, transport=gated))


@pytest.fixture
def api(live: AppHarness) -> Iterator[TestClient]:
    """Speaks as the developer, an administrator."""
    with TestClient(live.app, headers=DEVELOPER) as client:
        yield client


@pytest.fixture
def stranger(live: AppHarness) -> Iterator[TestClient]:
    """Has no credentials."""
    with live.anonymous as client:
        yield client
