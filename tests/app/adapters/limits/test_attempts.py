"""What is counted together, when it is too much, and when there is room again."""

from __future__ import annotations

import pytest

from app.container import make_limiters
from app.core.problems import TooManyRequests, Unavailable
from app.core.settings import Settings
from app.services.limits import ATTEMPTS_PREFIX, AttemptLimiter, MemoryCounters
from tests.app.adapters.limits.counting import SECRET, NotingCounters, Seconds, crowd

HERE, ANN = "192.0.2.1", "ann@example.com"


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def attempts_of(clock: Seconds, base: int) -> AttemptLimiter:
    return AttemptLimiter(MemoryCounters(clock), base, SECRET)


def refused(attempts: AttemptLimiter, source: str = HERE, account: str | None = ANN) -> int:
    """The seconds that an attempt at signing in has to wait."""
    with pytest.raises(TooManyRequests) as caught:
        attempts.hit("sign-in", source, account)
    assert caught.value.headers() == {"Retry-After": str(caught.value.seconds)}
    return caught.value.seconds


def test_an_account_is_tried_so_often_from_one_source(clock: Seconds) -> None:
    """The fourth of three is refused; another account is still open to the source."""
    attempts = attempts_of(clock, 3)
    for _ in range(3):
        attempts.hit("sign-in", HERE, ANN)
    assert refused(attempts) == 60
    attempts.hit("sign-in", HERE, "ben@example.com")


def test_a_source_makes_three_times_as_many_in_all(clock: Seconds) -> None:
    """With a new account each time, and without any."""
    attempts = attempts_of(clock, 2)
    for number in range(5):
        attempts.hit("sign-in", HERE, f"user{number}@example.com")
    attempts.hit("sign-in", HERE, None)
    assert refused(attempts, account="another@example.com") == 60
    assert refused(attempts, account=None) == 60
    attempts.hit("sign-in", "192.0.2.2", None)


def test_all_sources_make_ten_times_as_many_at_one_account(clock: Seconds) -> None:
    """A botnet gets no further, and other accounts stay open."""
    attempts = attempts_of(clock, 2)
    for number in range(20):
        attempts.hit("sign-in", f"192.0.2.{number}", ANN)
    assert refused(attempts, "198.51.100.1") == 60
    attempts.hit("sign-in", "198.51.100.1", "ben@example.com")


def test_one_stranger_does_not_lock_the_owner_out(clock: Seconds) -> None:
    """What is refused to the stranger does not count against the account."""
    attempts = attempts_of(clock, 2)
    for _ in range(2):
        attempts.hit("sign-in", "198.51.100.1", ANN)
    for _ in range(500):
        refused(attempts, "198.51.100.1")
    attempts.hit("sign-in", HERE, ANN)


def test_routes_are_counted_apart(clock: Seconds) -> None:
    """Who has used up signing in may still ask for a new password."""
    attempts = attempts_of(clock, 1)
    attempts.hit("sign-in", HERE, ANN)
    refused(attempts)
    attempts.hit("forgot-password", HERE, ANN)


def test_trying_on_does_not_prolong_the_wait(clock: Seconds) -> None:
    """A client that tries each second is let in when the minute is over."""
    attempts = attempts_of(clock, 2)
    attempts.hit("sign-in", HERE, ANN)
    attempts.hit("sign-in", HERE, ANN)
    for left in range(59, 0, -1):
        clock.now += 1
        assert refused(attempts) == left
    clock.now += 1
    attempts.hit("sign-in", HERE, ANN)


def test_a_refusal_by_a_wide_window_spends_nothing_of_a_narrow_one(clock: Seconds) -> None:
    """The owner, shut out by a botnet, has all own attempts left when it is over."""
    attempts = attempts_of(clock, 2)
    for number in range(20):
        attempts.hit("sign-in", f"192.0.2.{number}", ANN)
    clock.now += 59
    for _ in range(100):
        assert refused(attempts, "198.51.100.1") == 1
    clock.now += 1
    attempts.hit("sign-in", "198.51.100.1", ANN)
    attempts.hit("sign-in", "198.51.100.1", ANN)


def test_the_window_moves(clock: Seconds) -> None:
    """Room for each attempt comes back a minute after it, not at the turn of a minute."""
    attempts = attempts_of(clock, 2)
    attempts.hit("sign-in", HERE, ANN)
    clock.now += 40
    attempts.hit("sign-in", HERE, ANN)
    clock.now += 20
    attempts.hit("sign-in", HERE, ANN)
    assert refused(attempts) == 40


@pytest.mark.parametrize(("passed", "seconds"), [(0.2, 60), (59.0, 1), (59.999, 1)])
def test_the_wait_is_rounded_up(clock: Seconds, passed: float, seconds: int) -> None:
    """Whole seconds, at least one: who waits so long is not refused again."""
    attempts = attempts_of(clock, 1)
    attempts.hit("sign-in", HERE, ANN)
    clock.now += passed
    assert refused(attempts) == seconds


@pytest.mark.parametrize("same", [" ANN@example.com ", "Ann@Example.COM", "\uff21nn@example.com"])
def test_spellings_of_an_account_share_its_limit(clock: Seconds, same: str) -> None:
    """Case, spaces and forms of letters open no further attempts."""
    attempts = attempts_of(clock, 1)
    attempts.hit("sign-in", HERE, ANN)
    refused(attempts, account=same)


def test_any_text_can_be_an_account(clock: Seconds) -> None:
    """Half a surrogate pair, as JSON may carry it, and a megabyte are counted like others."""
    attempts = attempts_of(clock, 1)
    for account in ("\ud800", "x" * 1_000_000, ""):
        attempts.hit("sign-in", HERE, account)
    refused(attempts, account="\ud800")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("192.0.2.7", "::ffff:192.0.2.7"),
        ("fe80::1%eth0", "fe80::2"),
        ("testclient", ""),
    ],
)
def test_addresses_of_one_household_share_a_limit(clock: Seconds, first: str, second: str) -> None:
    """An IPv6 /64, an IPv4 address in either form, and all that are no address."""
    attempts = attempts_of(clock, 1)
    attempts.hit("sign-in", first, ANN)
    refused(attempts, second)


@pytest.mark.parametrize("other", ["192.0.2.2", "2001:db8:1:3::1", "unknown host"])
def test_other_networks_have_limits_of_their_own(clock: Seconds, other: str) -> None:
    """The neighbouring address, the neighbouring /64."""
    attempts = attempts_of(clock, 1)
    attempts.hit("sign-in", HERE, ANN)
    attempts.hit("sign-in", "2001:db8:1:2::1", ANN)
    attempts.hit("sign-in", other, ANN)


def test_keys_tell_neither_account_nor_source() -> None:
    """Digests, other ones under another secret, and one for each window."""
    counters = NotingCounters()
    AttemptLimiter(counters, 1, SECRET).hit("sign-in", HERE, ANN)
    AttemptLimiter(counters, 1, b"another").hit("sign-in", HERE, ANN)
    assert len(set(counters.keys)) == 6
    for key in counters.keys:
        prefix, _, digest = key.rpartition(":")
        assert prefix == ATTEMPTS_PREFIX
        assert len(digest) == 64
        assert int(digest, 16)


def test_what_cannot_be_counted_is_not_let_in() -> None:
    """503 when the counters are not to be had."""
    with pytest.raises(Unavailable):
        AttemptLimiter(NotingCounters(down=True), 1, SECRET).hit("sign-in", HERE, ANN)


def test_each_process_admits_a_third_while_shared_counts_are_away(clock: Seconds) -> None:
    """In each of the windows, one attempt at least; back again, the shared counts hold."""
    shared = NotingCounters(down=True)
    attempts = AttemptLimiter(shared, 6, SECRET, own=MemoryCounters(clock))
    attempts.hit("sign-in", HERE, ANN)
    attempts.hit("sign-in", HERE, ANN)
    assert refused(attempts) == 60
    for number in range(4):
        attempts.hit("sign-in", HERE, f"user{number}@example.com")
    assert refused(attempts, account="another@example.com") == 60
    shared.down = False
    attempts.hit("sign-in", HERE, ANN)
    lowest = AttemptLimiter(NotingCounters(down=True), 1, SECRET, own=MemoryCounters(clock))
    lowest.hit("sign-in", HERE, ANN)
    assert refused(lowest) == 60


def test_what_no_counter_has_room_for_is_not_let_in(clock: Seconds) -> None:
    """While shared counts are away, a flood of keys opens nothing in a process either."""
    own = MemoryCounters(clock, most_keys=3)
    attempts = AttemptLimiter(NotingCounters(down=True), 9, SECRET, own=own)
    attempts.hit("sign-in", HERE, ANN)
    with pytest.raises(Unavailable):
        attempts.hit("sign-in", HERE, "ben@example.com")
    attempts.hit("sign-in", HERE, ANN)


@pytest.mark.parametrize(
    ("base", "sources", "accounts", "admitted"),
    [(50, 1, 1, 50), (15, 1, 200, 45), (5, 200, 1, 50)],
    ids=["one account from one source", "one source", "one account"],
)
def test_a_crowd_gets_exactly_the_limit(
    clock: Seconds, base: int, sources: int, accounts: int, admitted: int
) -> None:
    """200 threads at one moment, against each of the windows."""
    attempts = attempts_of(clock, base)
    spending = [
        lambda n=n: attempts.hit("sign-in", f"192.0.2.{n % sources}", str(n % accounts))
        for n in range(200)
    ]
    assert crowd(spending) == {"let in": admitted, "too-many-requests": 200 - admitted}


def test_without_redis_each_process_counts_for_itself(settings: Settings) -> None:
    """The settings give the limit."""
    strict = settings.model_copy(update={"sign_in_attempts_per_minute": 1})
    for attempts, _ in (make_limiters(strict), make_limiters(strict)):
        attempts.hit("sign-in", HERE, ANN)
        assert refused(attempts) in {59, 60}
