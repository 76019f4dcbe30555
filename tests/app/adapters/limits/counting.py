"""Clocks, crowds and Redis servers for the tests of limits."""

from __future__ import annotations

import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import ClassVar, TypeVar

import redis

from app.adapters.redis import Timeouts
from app.core.problems import Problem
from app.services.limits import Count, CountersUnavailable, Window
from tests.backends import connected_service

REDIS = "REDIS_TEST_URL"
SECRET = b"a secret of the tests alone, 32+"

# On a busy machine answers come late: what is not about time must not fail for it.
PATIENT = Timeouts(connect=30.0, answer=30.0, free_connection=30.0)

R = TypeVar("R")


class Seconds:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def crowd(spending: Iterable[Callable[[], None]]) -> Counter[str]:
    """All at the same moment, a thread each; how many were let in, and how the others fared."""

    def one(hit: Callable[[], None]) -> str:
        try:
            hit()
        except Problem as refused:
            return refused.code
        return "let in"

    return Counter(crowd_of([partial(one, hit) for hit in spending]))


def crowd_of(calls: Sequence[Callable[[], R]]) -> list[R]:
    """What each of them gives, called at the same moment, a thread each."""
    together = Barrier(len(calls))

    def one(call: Callable[[], R]) -> R:
        together.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def redis_url() -> str:
    """A Redis."""
    return connected_service(REDIS, "it takes the URL of a Redis whose keys may come and go")


def assert_keys_expire_and_hide(url: str, number: int, *hidden: bytes) -> None:
    """So many keys, each gone within a minute; neither they nor their values have these texts."""
    with redis.Redis.from_url(url) as client:
        keys = client.keys()
        assert len(keys) == number
        for key in keys:
            assert 0 < client.ttl(key) <= 60
            held = key + b"".join(client.lrange(key, 0, -1))
            for text in hidden:
                assert text not in held


class NotingCounters:
    """Counters that remember what they were asked, or that are down."""

    may_block: ClassVar[bool] = True

    def __init__(self, down: bool = False) -> None:
        self.keys: list[str] = []
        self.down = down

    def count(self, *windows: Window) -> Count:
        if self.down:
            raise CountersUnavailable
        self.keys += [window.key for window in windows]
        assert not any(window.key in repr(window) for window in windows)
        return Count(True, 1, 60)

    def close(self) -> None:
        raise AssertionError("nothing closes it")


class Server:
    """A Redis server of the test's own, to be killed; keeps nothing."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--save", "", "--dir", str(self._folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            for _ in range(200):
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    time.sleep(0.02)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
