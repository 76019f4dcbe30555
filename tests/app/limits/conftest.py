"""Attempts whose connections are closed after the test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from app.limits import Attempts
from app.limits.shared import RedisWindows
from tests.app.limits.counting import SECRET

OnRedis = Callable[..., Attempts]


@pytest.fixture
def on_redis() -> Iterator[OnRedis]:
    """Under a prefix of their own, unless one is given to be shared."""
    with ExitStack() as opened:

        def made(url: str, base: int, prefix: str = "") -> Attempts:
            windows = RedisWindows(url, prefix or uuid.uuid4().hex)
            return opened.enter_context(closing(Attempts(windows, base, SECRET)))

        yield made
