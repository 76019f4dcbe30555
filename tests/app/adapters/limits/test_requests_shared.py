"""Requests counted in a Redis that instances share; and what goes on while it is away."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
import redis

from app.adapters.redis import COUNTING, PAUSE_SECONDS, RedisCounters, Timeouts
from app.container import make_limiters
from app.core.settings import Settings
from app.services.limits import REQUESTS_PREFIX, Kind, MemoryCounters, RequestLimiter
from tests.app.adapters.limits.counting import (
    PATIENT,
    Server,
    assert_keys_expire_and_hide,
    crowd_of,
    redis_url,
)

pytestmark = pytest.mark.connected
OnRedis = Callable[..., RequestLimiter]

PROCESS = """
import sys
from app.services.limits import Kind
from app.services.limits import RequestLimiter
from app.adapters.redis import RedisCounters
from tests.app.adapters.limits.counting import PATIENT
url, secret, quota = sys.argv[1], sys.argv[2], int(sys.argv[3])
requests = RequestLimiter({Kind.READ: quota}, secret.encode(), RedisCounters(url, "", PATIENT))
print("up", flush=True)
sys.stdin.readline()
print(sum(requests.of_caller(Kind.READ, "ada").count.admitted for _ in range(60)))
"""


@pytest.fixture
def on_redis() -> Iterator[OnRedis]:
    """As the settings make them, under a secret of their own unless one is given."""
    with ExitStack() as opened:

        def made(
            url: str, quota: int, secret: bytes = b"", timeouts: Timeouts = PATIENT
        ) -> RequestLimiter:
            counters = RedisCounters(url, "meanwhile by process", timeouts), MemoryCounters()
            requests = RequestLimiter({Kind.READ: quota}, secret or uuid.uuid4().bytes, *counters)
            return opened.enter_context(closing(requests))

        yield made


def reading(requests: RequestLimiter) -> bool:
    return requests.of_caller(Kind.READ, "ada").count.admitted


def test_a_crowd_gets_exactly_the_quota(on_redis: OnRedis) -> None:
    """200 threads at one moment, spread over two instances; each is told another rest."""
    url, secret = redis_url(), uuid.uuid4().bytes
    instances = [on_redis(url, 70, secret) for _ in range(2)]
    calls = [lambda each=each: each.of_caller(Kind.READ, "ada") for each in instances * 100]
    seen = [standing.count for standing in crowd_of(calls)]
    assert sorted(each.left for each in seen if each.admitted) == list(range(70))
    assert sum(not each.admitted for each in seen) == 130


def test_processes_count_together() -> None:
    """Two that begin at one moment get the quota, no more and no less, between them."""
    arguments = [sys.executable, "-c", PROCESS, redis_url(), uuid.uuid4().hex, "50"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    both = [subprocess.Popen(arguments, text=True, **pipes) for _ in range(2)]
    for each in both:
        assert each.stdout is not None
        assert each.stdout.readline() == "up\n"
    admitted = [int(each.communicate("go\n")[0]) for each in both]
    assert sum(admitted) == 50


def test_the_window_moves_by_the_servers_clock(on_redis: OnRedis) -> None:
    """Room comes back in the order in which it was taken, a minute later each."""
    requests = on_redis(redis_url(), 2)
    first = requests.of_caller(Kind.READ, "ada")
    second = requests.of_caller(Kind.READ, "ada")
    refused = requests.of_caller(Kind.READ, "ada")
    assert [first.count.left, second.count.left] == [1, 0]
    assert (refused.count.admitted, refused.count.left) == (False, 0)
    assert 59 < refused.count.seconds < second.count.seconds < first.count.seconds <= 60


def test_a_lowered_quota_holds_at_once(on_redis: OnRedis) -> None:
    """What an instance with a higher one has let in counts against it."""
    url, secret = redis_url(), uuid.uuid4().bytes
    generous, strict = on_redis(url, 5, secret), on_redis(url, 2, secret)
    assert all(reading(generous) for _ in range(4))
    refused = strict.of_caller(Kind.READ, "ada").count
    assert (refused.admitted, refused.left) == (False, 0)
    assert 0 < refused.seconds <= 60


def test_keys_expire_and_tell_nothing(on_redis: OnRedis, server: Server) -> None:
    """A key goes a minute after its last request; there is no name and no address in it.

    The name has letters that no hexadecimal digest can spell.
    """
    requests = on_redis(server.url, 5)
    requests.of_caller(Kind.READ, "lovelace")
    requests.of_source(Kind.READ, "192.0.2.1")
    assert_keys_expire_and_hide(server.url, 2, b"lovelace", b"192.0.2.1")


def test_a_request_is_one_question(on_redis: OnRedis, server: Server) -> None:
    """However it is answered."""
    requests = on_redis(server.url, 3)
    reading(requests)
    with redis.Redis.from_url(server.url) as client:
        client.config_resetstat()
        answers = Counter(reading(requests) for _ in range(5))
        asked = client.info("commandstats")
    assert answers == {True: 2, False: 3}
    outside = set(asked) - {f"cmdstat_{name}" for name in ("time", "lindex", "llen", "lpush")}
    assert outside <= {"cmdstat_evalsha", "cmdstat_expire", "cmdstat_config|resetstat"}
    assert asked["cmdstat_evalsha"]["calls"] == 5


def test_a_silent_server_holds_nobody_longer_than_the_time_out(
    on_redis: OnRedis, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """A crowd is let in after one time-out, the next at once, each process by its own count."""
    caplog.set_level(logging.DEBUG, "app")
    requests = on_redis(server.url, 50, timeouts=COUNTING)
    assert reading(requests)
    server.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert crowd_of([lambda: reading(requests)] * 40) == [True] * 40
    assert time.monotonic() - began < 1.5
    began = time.monotonic()
    assert Counter(reading(requests) for _ in range(20)) == {True: 10, False: 10}
    assert time.monotonic() - began < COUNTING.answer
    server.process.send_signal(signal.SIGCONT)
    time.sleep(PAUSE_SECONDS)
    assert reading(requests)
    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]


def test_a_killed_server_stops_no_reader(
    on_redis: OnRedis, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Each is counted by its process at once, one line each for down and up again."""
    caplog.set_level(logging.DEBUG, "app")
    requests = on_redis(server.url, 10, timeouts=COUNTING)
    assert reading(requests)
    server.kill()
    began = time.monotonic()
    assert Counter(reading(requests) for _ in range(20)) == {True: 10, False: 10}
    assert time.monotonic() - began < 1
    server.start()
    time.sleep(PAUSE_SECONDS)
    assert reading(requests)
    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]
    assert not any(str(server.port) in each.getMessage() for each in caplog.records)


def test_the_settings_share_the_counts(settings: Settings) -> None:
    """Two instances with one Redis and one secret; the keys begin with a word of their own."""
    url, subject = redis_url(), uuid.uuid4().hex
    shared = settings.model_copy(update={"redis_url": url, "reads_per_minute": 2})
    lefts = list[int]()
    for _ in range(2):
        with closing(make_limiters(shared)[1]) as requests:
            lefts.append(requests.of_caller(Kind.READ, subject).count.left)
    assert lefts == [1, 0]
    with redis.Redis.from_url(url) as client:
        assert client.keys(f"{REQUESTS_PREFIX}:*")
