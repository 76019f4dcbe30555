"""The app over a table that is there: in moto's memory, and in DynamoDB Local where one runs.

Fixtures, imported by the conftest of the folders that use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Lock, get_ident
from typing import Any
from uuid import uuid4

import boto3
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from moto import mock_aws
from starlette.requests import Request

from access_patterns import blog
from app.auth.authenticator import bearer_token
from app.auth.caller import Caller
from app.main import create_app
from app.settings import Settings
from model import Role
from singletable import Repository, boto3_transport, create_table
from tests.app.policies import built
from tests.backends import local_endpoint

DEVELOPER = {"Authorization": "Bearer local-dev-token"}
SECRET = b"0123456789abcdef0123456789abcdef"
MOTO = "moto"
LOCAL = "dynamodb-local"


class Gated:
    """A transport that can hold transactions until as many as announced want to be sent."""

    def __init__(self, client: Any, one_at_a_time: bool) -> None:
        self._send = boto3_transport(client)
        self._lock = Lock() if one_at_a_time else None
        self._barrier: Barrier | None = None
        self._held = set[int]()

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._barrier and operation == "TransactWriteItems" and get_ident() not in self._held:
            self._held.add(get_ident())
            self._barrier.wait(timeout=20)
        if self._lock is None:
            return self._send(operation, parameters)
        with self._lock:  # moto carries out a transaction in steps that others would see
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


@pytest.fixture(scope="module", params=[MOTO, pytest.param(LOCAL, marks=pytest.mark.connected)])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client; its endpoint says of what."""
    if request.param == MOTO:
        with mock_aws():
            yield _client(None)
    else:
        yield _client(local_endpoint())


def _client(endpoint: str | None) -> Any:
    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture
def table(dynamodb: Any) -> Iterator[str]:
    """The name of an empty table."""
    name = f"blog-{uuid4()}"
    dynamodb.create_table(**create_table(blog, name))
    yield name
    dynamodb.delete_table(TableName=name)


@pytest.fixture
def gated(dynamodb: Any) -> Gated:
    return Gated(dynamodb, one_at_a_time="amazonaws.com" in dynamodb.meta.endpoint_url)


@pytest.fixture
def repository(gated: Gated, table: str) -> Repository:
    return Repository(gated, {blog: table}, cursor_secret=SECRET)


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
