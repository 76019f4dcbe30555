"""Attempts whose connections are closed after the test, and a server to be killed."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from app.adapters.redis import COUNTING, RedisCounters, Timeouts
from app.services.limits import AttemptLimiter
from tests.app.adapters.limits.counting import Server, redis_url

OnRedis = Callable[..., AttemptLimiter]


@pytest.fixture
def on_redis() -> Iterator[OnRedis]:
    """Under a secret of their own, unless one is given to be shared."""
    with ExitStack() as opened:

        def made(
            url: str, base: int, secret: bytes = b"", timeouts: Timeouts = COUNTING
        ) -> AttemptLimiter:
            counters = RedisCounters(url, "meanwhile nothing is counted", timeouts)
            attempts = AttemptLimiter(counters, base, secret or uuid.uuid4().bytes)
            return opened.enter_context(closing(attempts))

        yield made


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Where a Redis is to be had, there is a server to start as well."""
    redis_url()
    assert shutil.which("redis-server"), "redis-server has to be installed"
    started = Server(tmp_path)
    yield started
    started.kill()
