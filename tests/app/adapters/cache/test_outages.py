"""Redis may go, come back, hang or forget: answers stay right, and in time."""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Barrier
from typing import TypeVar

import pytest
import redis

from access_patterns import posts
from app.adapters.read_cache import Pages
from app.adapters.redis import PAUSE_SECONDS, SHARING
from model import PostStatus
from tests.app.adapters.cache.harness import NEWS, NOW, CacheHarness, published, settle
from tests.app.adapters.cache.way import Way
from tests.app.adapters.limits.counting import Server
from tests.app.api.v1.races import at_once
from tests.app.api.v1.stores import in_memory

pytestmark = pytest.mark.connected

R = TypeVar("R")
SLACK = 0.5


def timed(question: Callable[[], R]) -> tuple[R, float]:
    began = time.monotonic()
    return question(), time.monotonic() - began


def test_a_killed_redis_costs_nothing_but_reads(
    fragile: CacheHarness, own_redis: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Reads and writes go on, one line each for down and up, and sharing resumes by itself."""
    caplog.set_level(logging.INFO, "app")
    post = published(fragile.plain)
    repository = fragile.instance()
    repository.fetch(posts.by_id(post.post_id))
    own_redis.kill()
    for _ in range(10):
        found, seconds = timed(lambda: repository.fetch(posts.by_id(post.post_id)))
        assert found == post
        assert seconds < SLACK
    own_redis.start()
    time.sleep(PAUSE_SECONDS)
    for _ in range(5):
        assert repository.fetch(posts.by_id(post.post_id)) == post
        settle()
    assert fragile.hits("posts.by_id") > 0
    assert [each.levelname for each in caplog.records] == ["ERROR", "WARNING"]
    assert not any(str(own_redis.port) in each.getMessage() for each in caplog.records)


def test_what_was_written_during_an_outage_is_never_answered_stale(
    fragile: CacheHarness, own_redis: Server
) -> None:
    """Redis comes back with the pages of before: whoever could not drop some drops them all."""
    post = published(fragile.plain)
    writer, reader = fragile.instance(), fragile.instance()
    for repository in (writer, reader):
        assert repository.fetch(posts.by_id(post.post_id)) == post
    assert fragile.hits("posts.by_id") == 1
    own_redis.process.send_signal(signal.SIGSTOP)
    stored = writer.write(posts.archive(post, NOW))
    own_redis.process.send_signal(signal.SIGCONT)
    time.sleep(PAUSE_SECONDS + 0.1)
    assert writer.fetch(posts.published_in_category(NEWS)).items == ()
    assert reader.fetch(posts.by_id(post.post_id)) == stored
    assert fragile.hits("posts.by_id") == 1


def test_an_instance_that_was_cut_off_makes_good_what_it_missed(fragile: CacheHarness) -> None:
    """Others still had Redis, and its pages: they are forgotten before it uses Redis again."""
    post = published(fragile.plain)
    with Way(fragile.url) as way:
        cut_off, other = fragile.instance(fragile.pages(url=way.url)), fragile.instance()
        for repository in (cut_off, other):
            assert repository.fetch(posts.by_id(post.post_id)) == post
        way.close()
        stored = cut_off.write(posts.archive(post, NOW))
        assert other.fetch(posts.by_id(post.post_id)) == post
        way.open()
        time.sleep(PAUSE_SECONDS + 0.1)
        cut_off.fetch(posts.published().page(1))
        assert other.fetch(posts.by_id(post.post_id)) == stored


def test_a_redis_that_restores_the_past_is_not_believed(
    fragile: CacheHarness, own_redis: Server
) -> None:
    """It is restarted from a snapshot that has a page whose tag was dropped since."""
    post = published(fragile.plain)
    repository = fragile.instance()
    repository.fetch(posts.by_id(post.post_id))
    with redis.Redis.from_url(own_redis.url) as client:
        client.save()
    stored = repository.write(posts.archive(post, NOW))
    own_redis.kill()
    own_redis.start()
    with redis.Redis.from_url(own_redis.url) as client:
        assert list(client.scan_iter("*:page:posts.by_id:*")), "the snapshot was not restored"
    time.sleep(0.01)
    for _ in range(3):
        assert repository.fetch(posts.by_id(post.post_id)) == stored
        settle()
    assert stored.status is PostStatus.ARCHIVED
    assert fragile.hits("posts.by_id") == 0


def test_a_redis_that_hangs_is_given_up_quickly(fragile: CacheHarness, own_redis: Server) -> None:
    """A crowd behind it waits for one time-out together, later ones for none."""
    post = published(fragile.plain)
    repository = fragile.instance()
    repository.fetch(posts.by_id(post.post_id))
    own_redis.process.send_signal(signal.SIGSTOP)
    asking = [lambda: repository.fetch(posts.by_id(post.post_id))] * 30
    answers, seconds = timed(lambda: at_once(asking))
    assert answers == [post] * 30
    assert seconds < 30 * SHARING.answer
    _, seconds = timed(lambda: [question() for question in asking])
    assert seconds < 30 * SHARING.answer
    own_redis.process.send_signal(signal.SIGCONT)


def test_a_hanging_redis_delays_a_write_by_a_time_out(
    fragile: CacheHarness, own_redis: Server
) -> None:
    """It is asked before the write, and after it no more."""
    post = published(fragile.plain)
    repository = fragile.instance()
    own_redis.process.send_signal(signal.SIGSTOP)
    stored, seconds = timed(lambda: repository.write(posts.archive(post, NOW)))
    assert stored.status is PostStatus.ARCHIVED
    assert seconds < SHARING.connect + SHARING.answer + SLACK
    own_redis.process.send_signal(signal.SIGCONT)


def test_a_full_redis_is_an_outage(fragile: CacheHarness, own_redis: Server) -> None:
    """Whatever it refuses, answers come from the table."""
    post = published(fragile.plain)
    repository = fragile.instance()
    with redis.Redis.from_url(own_redis.url) as client:
        client.config_set("maxmemory", "1")
    assert repository.fetch(posts.by_id(post.post_id)) == post


def test_a_redis_that_does_not_tell_its_run_is_used_with_caution(
    fragile: CacheHarness, own_redis: Server
) -> None:
    """Without the right to ask, every new connection may be to another server, and drops all."""
    with redis.Redis.from_url(own_redis.url) as client:
        client.execute_command("ACL", "SETUSER", "default", "-info")
    pages = fragile.pages()
    token = _token_of_everything(pages)
    assert _token_of_everything(pages) == token
    together = Barrier(4)

    def look() -> None:
        together.wait()
        pages.get("page", [])

    for _ in range(20):  # four at once may still take turns on one connection
        at_once([look] * 4)
        settle()
        if _token_of_everything(pages) != token:
            break
    assert _token_of_everything(pages) != token


def _token_of_everything(pages: Pages) -> str | None:
    for _ in range(3):
        seen = pages.get("page", [])
        if seen is not None and not seen.is_unsettled:
            return seen.tokens[0]
        settle()
    return None


def test_nothing_at_the_address_costs_nothing_but_reads() -> None:
    """An address where nobody listens: every question is answered by the table."""
    with in_memory() as store, ExitStack() as opened, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"redis://:hush@127.0.0.1:{unused.getsockname()[1]}/0"
        lonely = CacheHarness(store, url, opened, SHARING).instance()
        assert lonely.fetch(posts.published().page(3)).items == ()
