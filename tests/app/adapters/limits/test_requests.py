"""How many requests a caller or a source may make, whatever becomes of the counters."""

from __future__ import annotations

from time import thread_time
from timeit import repeat

import pytest

from app.container import make_limiters
from app.core.settings import Settings
from app.services.limits import (
    REQUESTS_PREFIX,
    Count,
    Counters,
    Kind,
    MemoryCounters,
    QuotaState,
    RequestLimiter,
)
from tests.app.adapters.limits.counting import SECRET, NotingCounters, Seconds, crowd_of

HERE = "192.0.2.1"
FEW = {Kind.READ: 3, Kind.WRITE: 2, Kind.SIGN_IN: 2}


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def requests_of(*counters: Counters, secret: bytes = SECRET) -> RequestLimiter:
    return RequestLimiter(FEW, secret, *counters)


def told(standing: QuotaState) -> tuple[bool, int, int]:
    """Whether it was let in, what is left, in how many seconds there is more."""
    count = standing.count
    return count.admitted, count.left, count.whole_seconds


def test_what_is_left_is_told(clock: Seconds) -> None:
    """Down to nothing; what is refused is told when to come back, and prolongs nothing."""
    requests = requests_of(MemoryCounters(clock))
    seen = list[tuple[bool, int, int]]()
    for _ in range(5):
        seen.append(told(requests.of_caller(Kind.READ, "ada")))
        clock.now += 10
    assert seen == [(True, 2, 60), (True, 1, 50), (True, 0, 40), (False, 0, 30), (False, 0, 20)]
    clock.now += 10
    assert told(requests.of_caller(Kind.READ, "ada")) == (True, 0, 10)


def test_whatever_differs_is_counted_apart(clock: Seconds) -> None:
    """Kinds, callers and sources; a caller who is called like an address is not that source."""
    requests = requests_of(MemoryCounters(clock))
    standings = [
        requests.of_caller(Kind.READ, "ada"),
        requests.of_caller(Kind.WRITE, "ada"),
        requests.of_caller(Kind.SIGN_IN, "ada"),
        requests.of_caller(Kind.READ, "ben"),
        requests.of_source(Kind.READ, HERE),
        requests.of_source(Kind.READ, "192.0.2.2"),
        requests.of_caller(Kind.READ, HERE),
    ]
    assert all(each.count.left == each.quota - 1 for each in standings)
    assert requests.of_source(Kind.READ, f"::ffff:{HERE}").count.left == 1


def test_keys_tell_neither_caller_nor_source() -> None:
    """Digests, and other ones under another secret."""
    counters = NotingCounters()
    for secret in (SECRET, b"another"):
        requests_of(counters, secret=secret).of_caller(Kind.READ, "ada")
        requests_of(counters, secret=secret).of_source(Kind.READ, HERE)
    assert len(set(counters.keys)) == 4
    for key in counters.keys:
        prefix, _, digest = key.rpartition(":")
        assert prefix == REQUESTS_PREFIX
        assert len(digest) == 64
        assert int(digest, 16)


def test_a_crowd_gets_exactly_the_quota(clock: Seconds) -> None:
    """200 threads at one moment."""
    requests = RequestLimiter({Kind.READ: 70}, SECRET, MemoryCounters(clock))
    seen = crowd_of([lambda: told(requests.of_caller(Kind.READ, "ada"))] * 200)
    assert sorted(left for admitted, left, _ in seen if admitted) == list(range(70))
    assert seen.count((False, 0, 60)) == 130


class ClosedAtTheEnd(NotingCounters):
    def close(self) -> None:
        self.down = True


def test_each_process_counts_for_itself_while_shared_counts_are_away(clock: Seconds) -> None:
    """The quota holds all the same; back again, the shared counts are as they were."""
    shared, own = ClosedAtTheEnd(down=True), MemoryCounters(clock)
    requests = requests_of(shared, own)
    lefts = [told(requests.of_caller(Kind.WRITE, "ada"))[:2] for _ in range(3)]
    assert lefts == [(True, 1), (True, 0), (False, 0)]
    shared.down = False
    assert requests.of_caller(Kind.WRITE, "ada").count.admitted
    requests.close()
    assert shared.down


def test_whoever_finds_no_room_to_be_counted_is_let_in(clock: Seconds) -> None:
    """A flood of sources turns no newcomer away, and opens nothing to those who are counted."""
    own = MemoryCounters(clock, most_keys=1)
    requests = requests_of(own)
    lefts = [told(requests.of_source(Kind.WRITE, HERE))[:2] for _ in range(3)]
    assert lefts == [(True, 1), (True, 0), (False, 0)]
    assert [told(requests.of_source(Kind.WRITE, "192.0.2.2"))[:2] for _ in range(3)] == [
        (True, 1)
    ] * 3


def test_without_redis_each_process_counts_by_the_settings(settings: Settings) -> None:
    """Sign-in routes have as many as writes, and use up none of theirs."""
    changed = settings.model_copy(update={"reads_per_minute": 5, "writes_per_minute": 1})
    _, requests = make_limiters(changed)
    assert requests.of_caller(Kind.READ, "ada").quota == 5
    assert requests.of_caller(Kind.SIGN_IN, "ada").count == Count(True, 0, 60)
    assert requests.of_caller(Kind.WRITE, "ada").count.admitted
    assert not requests.of_caller(Kind.WRITE, "ada").count.admitted


def test_counting_in_memory_is_cheap(settings: Settings) -> None:
    """Less than 100 µs of a thread's time, be it of one of many sources or refused."""
    _, requests = make_limiters(settings.model_copy(update={"writes_per_minute": 100}))
    sources = iter(f"198.51.{n // 250}.{n % 250}" for n in range(10_000))

    def of_sources() -> None:
        requests.of_source(Kind.READ, next(sources))

    def of_one() -> None:
        requests.of_caller(Kind.WRITE, "ada")

    for counting in (of_sources, of_one):
        taken = min(repeat(counting, repeat=5, number=500, timer=thread_time)) / 500
        assert taken < 100e-6
