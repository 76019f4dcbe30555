"""Attempts whose connections are closed after the test, and a server to be killed."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from app.adapters import redis_counters
from app.adapters.redis_counters import RedisWindows
from app.services.limits import AttemptLimiter
from tests.app.limits.counting import SECRET, Server, redis_url

OnRedis = Callable[..., AttemptLimiter]


@pytest.fixture
def on_redis() -> Iterator[OnRedis]:
    """Under a prefix of their own, unless one is given to be shared."""
    with ExitStack() as opened:

        def made(url: str, base: int, prefix: str = "") -> AttemptLimiter:
            windows = RedisWindows(url, prefix or uuid.uuid4().hex)
            return opened.enter_context(closing(AttemptLimiter(windows, base, SECRET)))

        yield made


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine answers come late: what is not about time must not fail for it."""
    for limit in ("CONNECT_SECONDS", "ANSWER_SECONDS", "FREE_CONNECTION_SECONDS"):
        monkeypatch.setattr(redis_counters, limit, 30.0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Where a Redis is to be had, there is a server to start as well."""
    redis_url()
    assert shutil.which("redis-server"), "redis-server has to be installed"
    started = Server(tmp_path)
    yield started
    started.kill()
