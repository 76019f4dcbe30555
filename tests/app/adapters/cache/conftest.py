"""A Redis and repositories that share it: by `REDIS_TEST_URL`, or a server of the tests' own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from access_patterns import categories
from app.adapters.redis import SHARING
from tests.app.adapters.cache.harness import CacheHarness, a_category
from tests.app.adapters.limits.counting import REDIS, Server, redis_url
from tests.app.api.v1.stores import in_memory


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Skipped where there is none, unless it is compulsory."""
    if os.environ.get(REDIS) or not shutil.which("redis-server"):
        yield redis_url()
        return
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.kill()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine answers come late: what is not about time must not fail for it."""
    monkeypatch.setattr("app.adapters.read_cache.WAIT_SECONDS", 5.0)


@pytest.fixture
def harness(shared_redis: str, patience: None) -> Iterator[CacheHarness]:
    """With one category, and with patience."""
    with in_memory() as store, ExitStack() as opened:
        made = CacheHarness(store, shared_redis, opened)
        made.plain.write(categories.create(a_category()))
        yield made


@pytest.fixture
def own_redis(shared_redis: str, tmp_path: Path) -> Iterator[Server]:
    """A server to be stopped; where a Redis is to be had, there is one to start as well."""
    assert shutil.which("redis-server"), "redis-server has to be installed"
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def fragile(own_redis: Server) -> Iterator[CacheHarness]:
    """On a Redis of its own, with the time-outs that hold in production."""
    with in_memory() as store, ExitStack() as opened:
        made = CacheHarness(store, own_redis.url, opened, SHARING)
        made.plain.write(categories.create(a_category()))
        yield made
