"""Instances tell each other of open sessions: never for longer than the bound, and in no clear."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from app.adapters.redis import SHARING, RedisSessions, Timeouts
from app.core.problems import SessionEnded
from app.services.sessions import OpenSession, SessionStore
from model import SessionId
from tests.app.adapters.limits.counting import PATIENT, SECRET, Server, redis_url
from tests.app.api.v1.stores import in_memory
from tests.app.services.sessions.watched import ADA, NOW, SECONDS, Watched

pytestmark = pytest.mark.connected
ONE = SessionId("one")
QUESTIONS = 2


class Instances:
    """Gates of several processes over one table and one Redis, by the same clocks."""

    def __init__(
        self, watched: Watched, url: str, opened: ExitStack, timeouts: Timeouts = PATIENT
    ) -> None:
        self.watched, self.url, self._opened = watched, url, opened
        self._timeouts = timeouts
        self.wall = 1_700_000_000.0

    def another(self, seconds: float = SECONDS, secret: bytes = SECRET) -> SessionStore:
        shared = RedisSessions(self.url, secret, seconds, lambda: self.wall, self._timeouts)
        gate = self.watched.another(self.watched.store, seconds, shared)
        self._opened.callback(gate.close)
        return gate

    def later(self, seconds: float) -> None:
        self.wall += seconds
        self.watched.clock += seconds


def standing(gate: SessionStore) -> OpenSession:
    return gate.get(ONE, ADA, NOW)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Server]:
    redis_url()
    assert shutil.which("redis-server"), "redis-server has to be installed"
    server = Server(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def instances(own_redis: Server) -> Iterator[Instances]:
    with in_memory() as store, ExitStack() as opened:
        yield Instances(Watched(store), own_redis.url, opened)


def test_what_one_instance_asked_another_knows(instances: Instances) -> None:
    """The same session and the same user, without a question to the table."""
    here, there = instances.another(), instances.another()
    asked = standing(here)
    told = standing(there)
    assert (told.session, told.user) == (asked.session, asked.user)
    assert instances.watched.asked == QUESTIONS


def test_an_answer_gets_no_older_by_being_told(instances: Instances) -> None:
    """The bound counts from the question to the table, whoever asked it."""
    here, there = instances.another(), instances.another()
    standing(here)
    instances.watched.revoke_elsewhere()
    instances.later(SECONDS - 1)
    standing(there)
    instances.later(1)
    with pytest.raises(SessionEnded, match="revoked"):
        standing(there)


def test_an_ending_is_forgotten_by_all_who_ask_redis(instances: Instances) -> None:
    """Sooner than the bound, where nobody else remembers it."""
    here, there = instances.another(), instances.another()
    standing(here)
    instances.watched.revoke_elsewhere()
    here.forget(ONE)
    with pytest.raises(SessionEnded, match="revoked"):
        standing(there)


@pytest.mark.parametrize("by_user", [True, False])
def test_the_process_that_ends_a_session_believes_no_older_answer(
    instances: Instances, by_user: bool
) -> None:
    """Not even if another process tells it after the ending."""
    here, there = instances.another(), instances.another()
    instances.later(1)
    standing(there)
    instances.later(1)
    instances.watched.revoke_elsewhere()
    kept = redis.Redis.from_url(instances.url)
    (name,) = kept.keys()
    value = kept.get(name)
    if by_user:
        here.forget_user(ADA)
    else:
        here.forget(ONE)
    kept.set(name, value)
    kept.close()
    with pytest.raises(SessionEnded, match="revoked"):
        standing(here)


def test_redis_learns_nobodys_name(instances: Instances) -> None:
    """Neither from the names of its keys nor from their values."""
    standing(instances.another())
    with redis.Redis.from_url(instances.url) as kept:
        (name,) = kept.keys()
        stored = name + kept.get(name)
    assert not any(word in stored for word in (b"one", b"ada", b"example.com", b"viewer"))


def test_whoever_writes_there_opens_nothing(instances: Instances) -> None:
    """What was not sealed with the app's secret, or for another session, is no answer."""
    standing(instances.another(secret=b"another secret of 32 characters!"))
    watched = instances.watched
    watched.session("two")
    with redis.Redis.from_url(instances.url) as kept:
        (foreign,) = kept.keys()
        gate = instances.another()
        gate.get(SessionId("two"), ADA, NOW)
        (two,) = {*kept.keys()} - {foreign}
        names = RedisSessions(instances.url, SECRET, SECONDS)
        wanted = names._name(ONE)  # pyright: ignore[reportPrivateUsage]
        names.close()
        for forged in (kept.get(foreign), kept.get(two), b"", b"short", bytes(64)):
            kept.set(wanted, forged)
            asked = watched.asked
            assert standing(instances.another()).session.session_id == ONE
            assert watched.asked == asked + QUESTIONS


def test_an_answer_that_was_stored_late_is_no_younger(instances: Instances) -> None:
    """A Redis that stood still takes it up afterwards, with all of its time before it."""
    standing(instances.another())
    instances.watched.revoke_elsewhere()
    instances.later(SECONDS)
    with redis.Redis.from_url(instances.url) as kept:
        (name,) = kept.keys()
        assert kept.pttl(name) > 0, "by its own clock hardly any time has passed"
    with pytest.raises(SessionEnded, match="revoked"):
        standing(instances.another())


@pytest.mark.parametrize("how", [signal.SIGSTOP, signal.SIGKILL])
def test_without_redis_the_table_is_asked(own_redis: Server, how: signal.Signals) -> None:
    """In no more than the time-outs, and at once while it is known to be away."""
    with in_memory() as store, ExitStack() as opened:
        instances = Instances(Watched(store), own_redis.url, opened, SHARING)
        gate = instances.another()
        standing(gate)
        own_redis.process.send_signal(how)
        instances.later(SECONDS)
        began = time.monotonic()
        standing(gate)
        first = time.monotonic() - began
        instances.later(SECONDS)
        standing(gate)
        gate.forget(ONE)
        assert instances.watched.asked == 3 * QUESTIONS
        assert first < SHARING.connect + SHARING.answer + SHARING.free_connection + 1
        own_redis.process.send_signal(signal.SIGCONT)
