"""The app over a table that is there: in memory, and in DynamoDB Local where one runs.

Fixtures, imported by the conftest of the folders that use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, get_ident
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.requests import Request

from app.auth.authenticator import bearer_token
from app.auth.caller import Caller
from app.main import create_app
from app.settings import Settings
from model import Role
from singletable import Repository
from singletable.transport import Transport
from tests.app.policies import built
from tests.app.v1.stores import KINDS, Store, open_store

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
def repository(store: Store, gated: Gated) -> Repository:
    return store.repository(gated)


class Named:
    """Credentials of whoever the test says: `Bearer as-<subject>`, an editor."""

    def authenticate(self, request: Request) -> Caller | None:
        token = (bearer_token(request) or b"").decode()
        if not token.startswith("as-"):
            return None
        return Caller(token.removeprefix("as-"), frozenset({Role.EDITOR}))


@pytest.fixture
def live(settings: Settings, repository: Repository) -> FastAPI:
    return create_app(
        settings,
        repository_factory=lambda _: repository,
        policy=built(),
        authenticators=[Named()],
    )


@pytest.fixture
def api(live: FastAPI) -> Iterator[TestClient]:
    """Speaks as the developer, an administrator."""
    with TestClient(live, headers=DEVELOPER) as client:
        yield client


@pytest.fixture
def ada(live: FastAPI) -> Iterator[TestClient]:
    """Speaks as Ada, an editor."""
    with TestClient(live, headers={"Authorization": "Bearer as-ada"}) as client:
        yield client


@pytest.fixture
def stranger(live: FastAPI) -> Iterator[TestClient]:
    """Has no credentials."""
    with TestClient(live) as client:
        yield client
