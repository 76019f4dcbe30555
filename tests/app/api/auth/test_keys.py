"""Signing keys are fetched seldom, by one thread at a time, and outlive the address they are at."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.adapters.jwt import JwtVerifier, SigningKeys
from app.core.problems import Unavailable
from app.services.sessions import TokenRefused
from tests.app.api.auth.issuer import URL, Issuer, rsa_key
from tests.backends import Clock

HOUR = 3600.0


class Pool:
    """An address of keys that counts who asks, fails when told, and a clock that is set."""

    def __init__(self) -> None:
        self.issuer = Issuer(Clock())
        self.now = 1000.0
        self.fetches = 0
        self.failure: Exception | None = None
        self.answer: bytes | None = None
        self.keys = SigningKeys(URL, self.fetch, lambda: self.now)

    def fetch(self, url: str) -> bytes:
        assert url == URL
        self.fetches += 1
        if self.failure:
            raise self.failure
        return self.issuer.document() if self.answer is None else self.answer

    def knows(self, kid: str = "key-1") -> bool:
        return self.keys.key_for(kid) is not None


@pytest.fixture
def pool() -> Pool:
    return Pool()


def test_nothing_is_fetched_before_it_is_needed(pool: Pool) -> None:
    """An app starts without its user pool."""
    assert pool.fetches == 0
    assert pool.knows()
    assert pool.fetches == 1


def test_keys_are_kept_for_an_hour(pool: Pool) -> None:
    """Then the next caller has them fetched again."""
    for seconds in (0, 1, 3598):
        pool.now += seconds
        assert pool.knows()
    assert pool.fetches == 1
    pool.now += 1
    assert pool.knows()
    assert pool.fetches == 2


def test_a_new_key_is_found_when_it_is_first_named(pool: Pool) -> None:
    """A rotation costs one fetch, and both keys are known until the old one goes."""
    assert pool.knows()
    pool.now += 60
    pool.issuer.keys["key-2"] = rsa_key(2)
    assert pool.knows("key-2")
    assert pool.knows("key-1")
    assert pool.fetches == 2


def test_a_rotation_is_seen_through_a_verifier(pool: Pool) -> None:
    """Tokens of the new key open; when the old key is gone from the set, its tokens don't."""
    verifier = JwtVerifier(pool.issuer.expected(), pool.keys, pool.issuer.clock)
    old = pool.issuer.token()
    verifier.verify(old)
    pool.now += 60
    pool.issuer.keys["key-2"] = rsa_key(2)
    verifier.verify(pool.issuer.token())
    del pool.issuer.keys["key-1"]
    verifier.verify(old)
    pool.now += HOUR
    with pytest.raises(TokenRefused, match="kid-unknown"):
        verifier.verify(old)
    assert pool.fetches == 3


def test_a_flood_of_unknown_keys_causes_one_fetch_in_half_a_minute(pool: Pool) -> None:
    """Whoever sends tokens decides nothing about the traffic."""
    assert pool.knows()
    pool.now += 30
    for number in range(10_000):
        assert not pool.knows(f"unknown-{number}")
        pool.now += 0.0029
    assert pool.fetches == 2
    pool.now += 1.1
    assert not pool.knows("unknown")
    assert pool.fetches == 3


def test_an_unknown_key_right_after_a_fetch_causes_none(pool: Pool) -> None:
    """The set was read a moment ago."""
    assert not pool.knows("unknown")
    assert pool.knows()
    assert pool.fetches == 1


FAILURES = [OSError("no route"), TimeoutError("timed out"), ValueError("odd URL")]
BROKEN = [b"", b"<html>", b"{}", b'{"keys": []}', b'{"keys": [{}]}', b"[" * 60_000, b"\xff"]


@pytest.mark.parametrize("failure", FAILURES)
def test_known_keys_are_served_for_a_day_without_their_address(
    pool: Pool, failure: Exception
) -> None:
    """Tried again twice a minute at most; after a day, what they say is not believed any more."""
    assert pool.knows()
    pool.failure = failure
    pool.now += HOUR
    for _ in range(20):
        assert pool.knows()
        pool.now += 10
    assert pool.fetches == 1 + 7
    pool.now = 1000.0 + 24 * HOUR - 1
    assert pool.knows()
    pool.now += 1
    with pytest.raises(Unavailable):
        pool.knows()
    pool.failure = None
    pool.now += 30
    assert pool.knows()


@pytest.mark.parametrize("answer", BROKEN)
def test_a_broken_answer_is_no_answer(pool: Pool, answer: bytes) -> None:
    """It replaces no keys; and without any there are none."""
    assert pool.knows()
    pool.answer = answer
    pool.now += HOUR
    assert pool.knows()
    fresh = Pool()
    fresh.answer = answer
    with pytest.raises(Unavailable):
        fresh.knows()


def test_unknown_keys_stay_unknown_while_the_address_fails(pool: Pool) -> None:
    """Refused, not unavailable: or every invented key would look like an outage."""
    assert pool.knows()
    pool.failure = OSError("no route")
    pool.now += 30
    assert not pool.knows("unknown")
    assert pool.fetches == 2


def test_without_any_keys_the_address_is_asked_again_soon(pool: Pool) -> None:
    """Every two seconds, for nobody gets in meanwhile; not with every request."""
    pool.failure = OSError("no route")
    for _ in range(40):
        with pytest.raises(Unavailable):
            pool.knows()
        pool.now += 0.1
    assert pool.fetches == 2
    pool.failure = None
    pool.now += 2
    assert pool.knows()


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    """One line each, however many fetches fail between."""
    caplog.set_level(logging.INFO, "app.adapters.jwt")
    assert pool.knows()
    pool.failure = OSError("no route")
    for _ in range(5):
        pool.now += HOUR
        assert pool.knows()
    pool.failure = None
    for _ in range(5):
        pool.now += HOUR
        assert pool.knows()
    lines = [(each.levelname, each.getMessage()) for each in caplog.records]
    assert lines == [
        ("WARNING", "signing keys can't be fetched"),
        ("INFO", "signing keys are fetched again"),
    ]
    assert caplog.records[0].__dict__["facts"] == {"keysAreKnown": True, "reason": "no route"}


def test_an_unforeseen_failure_leaves_the_door_usable(pool: Pool) -> None:
    """A fault of ours is raised to whoever caused the fetch, and locks nobody out."""
    pool.failure = RuntimeError("a bug")
    with pytest.raises(RuntimeError):
        pool.knows()
    pool.failure = None
    pool.now += 2
    assert pool.knows()


class SlowPool(Pool):
    """Its fetches wait until they are let go; `asked` says that one is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def fetch(self, url: str) -> bytes:
        self.asked.set()
        assert self.let_go.wait(10)
        return super().fetch(url)


def test_threads_that_need_the_same_keys_share_one_fetch() -> None:
    """All wait for the first one's, and all are served by it."""
    pool = SlowPool()
    with ThreadPoolExecutor(16) as threads:
        waiting = [threads.submit(pool.knows) for _ in range(64)]
        assert pool.asked.wait(10)
        pool.let_go.set()
        assert all(each.result(10) for each in waiting)
    assert pool.fetches == 1


def test_threads_that_wait_in_vain_share_one_failure() -> None:
    """They do not try one after another."""
    pool = SlowPool()
    pool.failure = OSError("no route")
    with ThreadPoolExecutor(16) as threads:
        waiting = [threads.submit(pool.knows) for _ in range(64)]
        assert pool.asked.wait(10)
        pool.let_go.set()
        assert all(isinstance(each.exception(10), Unavailable) for each in waiting)
    assert pool.fetches == 1


def test_known_keys_are_served_while_others_fetch() -> None:
    """Neither an old set nor somebody's unknown key makes the others wait."""
    pool = SlowPool()
    pool.let_go.set()
    assert pool.knows()
    for kid in ("key-1", "unknown"):
        pool.now += HOUR
        pool.asked.clear()
        pool.let_go.clear()
        with ThreadPoolExecutor(1) as threads:
            fetching = threads.submit(pool.knows, kid)
            assert pool.asked.wait(10)
            assert pool.knows()
            assert not fetching.done()
            pool.let_go.set()
            assert fetching.result(10) is (kid == "key-1")
    assert pool.fetches == 3
