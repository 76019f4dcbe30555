"""After a fail-over that leaves connections open, the new primary is asked within seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
import redis
from redis import BusyLoadingError, ReadOnlyError, ResponseError
from redis.exceptions import ClusterDownError, MasterDownError, MovedError

from app.adapters.redis import RedisCounters, RedisServer, RedisSessions, RedisUnavailable
from app.services.limits import CountersUnavailable, Window
from model import Session, SessionId, User, UserId
from tests.app.adapters.cache.way import Way
from tests.app.adapters.limits.counting import PATIENT, Server, redis_url
from tests.app.api.v1.races import at_once

SECONDS = 5.0
NOW = datetime(2026, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "error",
    [
        ReadOnlyError("You can't write against a read only replica."),
        BusyLoadingError("Redis is loading the dataset in memory"),
        MasterDownError("Link with MASTER is down"),
        MovedError("7000 192.0.2.1:6379"),
        ClusterDownError("The cluster is down"),
        ResponseError("Error running script: -READONLY You can't write"),
        ConnectionResetError("by peer"),
        redis.ConnectionError("closed by server"),
        redis.TimeoutError("slow"),
    ],
)
def test_a_failure_drops_the_idle_connections(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """New ones lead to where the name leads then: whatever a server says that is no primary."""
    dropped = list[bool]()

    def disconnect(_: object, inuse_connections: bool = True) -> None:
        dropped.append(inuse_connections)

    def question() -> None:
        raise error

    server = RedisServer("redis://192.0.2.1:6379", "the Redis of a test")
    monkeypatch.setattr("redis.BlockingConnectionPool.disconnect", disconnect)
    with pytest.raises(RedisUnavailable):
        server.ask(question)
    assert dropped == [False]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Server, Server, Way]]:
    """A primary, its successor, and the way that leads to the primary."""
    redis_url()
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
        except (CountersUnavailable, RedisUnavailable):
            time.sleep(0.05)
        else:
            return time.monotonic() - began
    raise AssertionError("nobody answers")


@pytest.mark.slow
@pytest.mark.connected
def test_counters_go_on_at_the_new_primary(pair: tuple[Server, Server, Way]) -> None:
    """Every connection leads to the new one afterwards."""
    with closing(RedisCounters(pair[2].url, "a test", PATIENT)) as counters:

        def count() -> object:
            return counters.count(Window("key", 1000))

        use_many(count)
        fail_over(pair)
        assert seconds_until(count) < SECONDS
        use_many(count)


@pytest.mark.slow
@pytest.mark.connected
def test_shared_pages_go_on_at_the_new_primary(pair: tuple[Server, Server, Way]) -> None:
    """All that was shared before is forgotten there."""
    forgotten = list[object]()
    with closing(RedisServer(pair[2].url, "a test", PATIENT, forgotten.append)) as server:
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
    with closing(RedisSessions(pair[2].url, b"x" * 32, 30, timeouts=PATIENT)) as shared:
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
