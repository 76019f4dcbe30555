"""A local app with a toy resource, without a network and without the machine's environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from types import SimpleNamespace

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwk
from moto.cognitoidp import models as pools
from moto.utilities.utils import load_resource

from app.aws.settings import load_settings
from app.core import context
from app.core.settings import Settings
from app.main import ROUTERS, create_app
from tests.app import toy
from tests.app.api.v1.stores import KINDS, Store, in_dynamodb_local, in_memory, open_store
from tests.app.asked import seen_pairs
from tests.app.harness import AppHarness
from tests.app.policies import AlsoAllowing

SIGNING_KEY = "cognitoidp/resources/jwks-private.json"
OpenHarness = Callable[[Store], AbstractContextManager[AppHarness]]
TOKEN = {"Authorization": "Bearer local-dev-token"}


@pytest.fixture(scope="session", autouse=True)
def one_signing_key() -> Iterator[None]:
    """moto works its key out anew for each user pool, a tenth of a second each time."""
    read_once = cache(lambda: jwk.RSAKey.import_key(load_resource(SIGNING_KEY)))
    keys = SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _: read_once()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools, "jwk", keys)
        yield


@pytest.fixture(scope="session", autouse=True)
def noted_patterns(request: pytest.FixtureRequest) -> Iterator[None]:
    """What routes and workers ask is compared with what they declare, at the end of the run."""
    seen, check = seen_pairs(request.config), context.check_pattern

    def note(caller: str, name: str, patterns: Collection[str]) -> None:
        seen.add((caller, name))
        check(caller, name, patterns)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "check_pattern", note)
        yield


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as running:
        yield running


@pytest.fixture(autouse=True)
def one_event_loop(portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    """For all test clients: starting a loop and its threads takes a quarter of a request."""
    monkeypatch.setattr(TestClient, "portal", portal)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "ECS_")) or name in {"TABLE_NAME", "APP_ENV", "CURSOR_SECRET"}:
            monkeypatch.delenv(name)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("APP_ENV", "local")
    monkeypatch.setenv("TABLE_NAME", "blog")
    monkeypatch.setenv("DYNAMODB_ENDPOINT", "http://127.0.0.1:9")  # nobody answers there
    monkeypatch.setenv("MAX_BODY_BYTES", "65536")
    monkeypatch.setenv("READS_PER_MINUTE", "1000000")
    monkeypatch.setenv("WRITES_PER_MINUTE", "1000000")
    return load_settings()


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(
        settings,
        policy=AlsoAllowing(toy.USE),
        routers=(*ROUTERS, toy.reads, toy.writes),
    )


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Speaks as the developer."""
    with TestClient(app, headers=TOKEN) as client:
        yield client


@pytest.fixture
def open_harness(settings: Settings) -> OpenHarness:
    """What harnesses have beside their table; folders override it."""
    return lambda store: nullcontext(AppHarness.over(settings, store))


@pytest.fixture
def harness(open_harness: OpenHarness) -> Iterator[AppHarness]:
    """The app over a table in memory."""
    with in_memory() as store, open_harness(store) as opened:
        yield opened


@pytest.fixture
def local_harness(open_harness: OpenHarness) -> Iterator[AppHarness]:
    """On DynamoDB Local."""
    with in_dynamodb_local() as store, open_harness(store) as opened:
        yield opened


@pytest.fixture(params=KINDS)
def any_harness(request: pytest.FixtureRequest, open_harness: OpenHarness) -> Iterator[AppHarness]:
    """On both."""
    with open_store(request.param) as store, open_harness(store) as opened:
        yield opened
