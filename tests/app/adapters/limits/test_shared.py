"""Counters in a Redis, as instances share them; and a Redis that fails them."""

from __future__ import annotations

import logging
import signal
import socket
import time
import uuid
from collections.abc import Iterator

import pytest
import redis

from app.adapters.redis import COUNTING, PAUSE_SECONDS
from app.container import make_limiters
from app.core.problems import TooManyRequests, Unavailable
from app.core.settings import Settings
from app.services.limits import AttemptLimiter, Kind
from tests.app.adapters.limits.conftest import OnRedis
from tests.app.adapters.limits.counting import (
    PATIENT,
    Server,
    assert_keys_expire_and_hide,
    crowd,
    redis_url,
)

HERE, ANN = "192.0.2.1", "ann@example.com"


def unavailable(attempts: AttemptLimiter) -> float:
    """The seconds until it was known that nothing is known."""
    began = time.monotonic()
    with pytest.raises(Unavailable):
        attempts.hit("sign-in", HERE, ANN)
    return time.monotonic() - began


@pytest.mark.connected
@pytest.mark.parametrize(
    ("base", "sources", "accounts", "admitted"),
    [(50, 1, 1, 50), (15, 1, 200, 45), (5, 200, 1, 50)],
    ids=["one account from one source", "one source", "one account"],
)
def test_a_crowd_gets_exactly_the_limit(
    on_redis: OnRedis, base: int, sources: int, accounts: int, admitted: int
) -> None:
    """200 threads at one moment, spread over two instances that share a Redis."""
    url, secret = redis_url(), uuid.uuid4().bytes
    instances = [on_redis(url, base, secret, PATIENT) for _ in range(2)]
    spending = [
        lambda n=n: instances[n % 2].hit("sign-in", f"192.0.2.{n % sources}", str(n % accounts))
        for n in range(200)
    ]
    assert crowd(spending) == {"let in": admitted, "too-many-requests": 200 - admitted}


@pytest.mark.connected
def test_instances_count_together(on_redis: OnRedis) -> None:
    """What one has let in, the other knows of; the wait is whole seconds within the minute."""
    url, secret = redis_url(), uuid.uuid4().bytes
    on_redis(url, 1, secret).hit("sign-in", HERE, ANN)
    with pytest.raises(TooManyRequests) as caught:
        on_redis(url, 1, secret).hit("sign-in", HERE, ANN)
    assert caught.value.seconds in {59, 60}


@pytest.mark.connected
def test_keys_expire_and_tell_nothing(on_redis: OnRedis, server: Server) -> None:
    """Each key goes after its minute; neither it nor its value has an address in it."""
    on_redis(server.url, 5).hit("sign-in", HERE, ANN)
    assert_keys_expire_and_hide(server.url, 3, b"ann", b"192.0.2.1")


@pytest.mark.connected
def test_a_killed_server_lets_nobody_in_until_it_is_back(
    on_redis: OnRedis, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """503 at once, one line each for down and up again, and counting goes on."""
    caplog.set_level(logging.DEBUG, "app")
    attempts = on_redis(server.url, 100)
    attempts.hit("sign-in", HERE, ANN)
    server.kill()
    assert max(unavailable(attempts) for _ in range(20)) < 1
    server.start()
    time.sleep(PAUSE_SECONDS)
    attempts.hit("sign-in", HERE, ANN)
    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]
    assert not any(str(server.port) in each.getMessage() for each in caplog.records)


@pytest.mark.connected
def test_a_silent_server_is_given_up_within_a_second(on_redis: OnRedis, server: Server) -> None:
    """A crowd behind it is refused in the time that one of them waits, and then at once."""
    attempts = on_redis(server.url, 100)
    attempts.hit("sign-in", HERE, ANN)
    server.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    refused = crowd([lambda: attempts.hit("sign-in", HERE, ANN)] * 40)
    assert refused == {"unavailable": 40}
    assert time.monotonic() - began < 1.5
    assert unavailable(attempts) < COUNTING.answer / 2
    server.process.send_signal(signal.SIGCONT)


@pytest.mark.connected
def test_what_holds_something_else_under_the_key_is_down(on_redis: OnRedis, server: Server) -> None:
    """A wrong type, a full memory, a replica: whatever Redis refuses, nobody is let in."""
    attempts = on_redis(server.url, 1)
    attempts.hit("sign-in", HERE, ANN)
    with redis.Redis.from_url(server.url) as client:
        for key in client.scan_iter():
            client.set(key, "not a list")
    unavailable(attempts)


@pytest.fixture
def nowhere(settings: Settings) -> Iterator[Settings]:
    """At the address of Redis, nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"redis://:hush@127.0.0.1:{unused.getsockname()[1]}/0"
        yield settings.model_copy(update={"redis_url": url})


def test_without_its_redis_a_process_admits_a_third(
    nowhere: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Of ten attempts a minute three, the first within the time-out; one line says so."""
    began = time.monotonic()
    attempts, _ = make_limiters(nowhere)
    for _ in range(3):
        attempts.hit("sign-in", HERE, ANN)
    assert time.monotonic() - began < 1
    with pytest.raises(TooManyRequests):
        attempts.hit("sign-in", HERE, ANN)
    (line,) = caplog.records
    assert "admits a third of the attempts at sign-in does not answer" in line.getMessage()
    assert "hush" not in line.getMessage()


def test_without_its_redis_nobody_is_let_in_where_the_setting_says_so(nowhere: Settings) -> None:
    """Making the limiters connects to nothing; an attempt is refused within the time-out."""
    closed = nowhere.model_copy(update={"sign_in_without_redis": "refused"})
    attempts, requests = make_limiters(closed)
    assert unavailable(attempts) < 1
    assert requests.of_source(Kind.SIGN_IN, HERE).count.admitted


def test_what_never_answers_lets_nobody_in(on_redis: OnRedis) -> None:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert unavailable(on_redis(f"redis://127.0.0.1:{mute.getsockname()[1]}", 1)) < 1
