"""After a fail-over that leaves connections open, the new primary is asked within seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import redis
from redis import BusyLoadingError, ReadOnlyError, ResponseError
from redis.exceptions import MasterDownError

from app.adapters.redis import CacheAway, leave_former_server
from app.adapters.redis import Server as CacheServer
from app.adapters.redis_counters import RedisWindows
from app.adapters.shared_sessions import SharedStandings
from app.services.limits import CountersUnavailable, Window
from model import Session, SessionId, User, UserId
from tests.app.cache.way import Way
from tests.app.limits.counting import Server, redis_url
from tests.app.v1.races import at_once

pytestmark = pytest.mark.usefixtures("patience")

SECONDS = 5.0
NOW = datetime(2026, 3, 14, tzinfo=UTC)


class Pool:
    def __init__(self) -> None:
        self.is_dropped = False

    def disconnect(self, inuse_connections: bool) -> None:
        assert inuse_connections is False
        self.is_dropped = True


@pytest.mark.parametrize(
    ("error", "is_dropped"),
    [
        (ReadOnlyError("You can't write against a read only replica."), True),
        (BusyLoadingError("Redis is loading the dataset in memory"), True),
        (MasterDownError("Link with MASTER is down"), True),
        (ResponseError("Error running script: -READONLY You can't write"), True),
        (ResponseError("OOM command not allowed"), False),
        (redis.TimeoutError("slow"), False),
    ],
)
def test_some_answers_drop_the_connections(error: Exception, is_dropped: bool) -> None:
    """Those of a server that is a replica, loads, or has lost its primary."""
    pool: Any = Pool()
    leave_former_server(pool, error)
    assert pool.is_dropped is is_dropped


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Server, Way]]:
    """A primary, its successor, and the way that leads to the primary."""
    redis_url()
    for limit in ("CONNECT_SECONDS", "ANSWER_SECONDS", "FREE_CONNECTION_SECONDS"):
        monkeypatch.setattr(f"app.adapters.redis.{limit}", 5.0)
    with ExitStack() as opened:
        servers = list[Server]()
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            servers.append(Server(tmp_path / name))
            opened.callback(servers[-1].kill)
        way = opened.enter_context(Way(servers[0].url))
        yield servers[0], servers[1], way


def fail_over(pair: tuple[Server, Server, Way]) -> None:
    """The former primary stays up, as a replica of the new one."""
    former, new, way = pair
    way.lead_to(new.url)
    with redis.Redis.from_url(former.url) as client:
        client.replicaof("127.0.0.1", new.port)


def use_many(question: Callable[[], object]) -> None:
    """Several connections are idle afterwards."""
    together = Barrier(8)

    def ask() -> None:
        together.wait(10)
        question()

    at_once([ask] * 8)


def seconds_until(question: Callable[[], object]) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 30:
        try:
            question()
        except (CountersUnavailable, CacheAway):
            time.sleep(0.05)
        else:
            return time.monotonic() - began
    raise AssertionError("nobody answers")


@pytest.mark.slow
@pytest.mark.connected
@pytest.mark.parametrize("prefix", ["attempts", "requests"])
def test_counters_go_on_at_the_new_primary(pair: tuple[Server, Server, Way], prefix: str) -> None:
    """Whichever question is the first; every connection leads to the new one afterwards."""
    with closing(RedisWindows(pair[2].url, prefix)) as windows:
        window = Window("key", 1000, 60)
        asked: list[Callable[[], object]] = [
            lambda: windows.take(window),
            lambda: windows.count(window),
        ]
        for question in asked:
            use_many(question)
        fail_over(pair)
        for question in asked:
            assert seconds_until(question) < SECONDS
        use_many(asked[0])


@pytest.mark.slow
@pytest.mark.connected
def test_shared_pages_go_on_at_the_new_primary(pair: tuple[Server, Server, Way]) -> None:
    """All that was shared before is forgotten there."""
    forgotten = list[object]()
    with closing(CacheServer(pair[2].url, forgotten.append, "the Redis of a test")) as server:
        use_many(lambda: server.ask(lambda: server.client.set("a", "b")))
        fail_over(pair)

        def ask() -> object:
            return server.ask(lambda: server.client.set("a", "c"))

        assert seconds_until(ask) < SECONDS
        assert forgotten
        assert server.ask(lambda: server.client.info("server"))["tcp_port"] == pair[1].port


@pytest.mark.slow
@pytest.mark.connected
def test_sessions_are_shared_again_at_the_new_primary(pair: tuple[Server, Server, Way]) -> None:
    """What one instance tells, another finds."""
    user = User(user_id=UserId("u-1"), email="ada@example.com", created_at=NOW)
    name = SessionId("s-1")
    session = Session(session_id=name, user_id=user.user_id, opened_at=NOW, expires_at=NOW)
    with closing(SharedStandings(pair[2].url, b"x" * 32, 30)) as shared:
        shared.tell(session, user, 0)
        assert shared.find(name)
        fail_over(pair)
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            shared.tell(session, user, 0)
            time.sleep(0.05)
        with redis.Redis.from_url(pair[1].url) as client:
            assert client.dbsize() == 1
        assert shared.find(name)
