"""Limits of attempts at sign-in and of requests; rate counters of one process, and the port to
others.

All limits are of any 60 seconds: room comes back a minute after each request, not at the turn of
a minute.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import ClassVar, Protocol

from app.core.problems import TooManyRequests, Unavailable
from app.core.settings import Settings

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Window:
    """At most `limit` within any minute; `key` names what is counted and stays out of logs."""

    key: str = field(repr=False)
    limit: int


@dataclass(frozen=True)
class Count:
    """Whether one more was counted, how many more would be now, and when there is more room.

    `seconds` are those of the fullest window, until its next place comes back.
    """

    admitted: bool
    left: int
    seconds: float

    @property
    def whole_seconds(self) -> int:
        """At least one; 60 of 60.00000001, which is what arithmetic made of 60."""
        return max(math.ceil(round(self.seconds, 3)), 1)


class CountersUnavailable(Exception):
    """Nothing is known of the counts."""


class Counters(Protocol):
    """Counts that are exact, however many count at once. `may_block`: a server counts."""

    may_block: ClassVar[bool]

    def count(self, *windows: Window) -> Count:
        """Counts one more in all windows, or in none where one is full.

        Raises `CountersUnavailable`.
        """
        ...

    def close(self) -> None:
        """Gives up connections."""
        ...


MOST_KEYS = 100_000


class MemoryCounters:
    """`clock`: seconds that never go back. Full, it refuses rather than forget a count."""

    may_block: ClassVar[bool] = False

    def __init__(self, clock: Callable[[], float] = monotonic, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most_keys = most_keys
        self._lock = Lock()
        # The moments that count, oldest first; by key, least recently counted first.
        self._moments = OrderedDict[str, deque[float]]()

    def close(self) -> None:
        """Nothing is held open."""

    def count(self, *windows: Window) -> Count:
        with self._lock:
            now = self._clock()
            self._free_expired_keys(now)
            held, wait = list[deque[float]](), 0.0
            for window in windows:
                held.append(moments := self._held(window.key, now))
                if len(moments) >= window.limit:
                    wait = max(wait, moments[-window.limit] + WINDOW_SECONDS - now)
            if wait:
                return Count(False, 0, wait)
            if len(self._moments) + held.count(deque()) > self._most_keys:
                raise CountersUnavailable
            left, room = math.inf, now  # of the fullest window
            for window, moments in zip(windows, held, strict=True):
                moments.append(now)
                self._moments[window.key] = moments
                self._moments.move_to_end(window.key)
                if window.limit - len(moments) < left:
                    left, room = window.limit - len(moments), moments[0] + WINDOW_SECONDS
            return Count(True, int(left), room - now)

    def _held(self, key: str, now: float) -> deque[float]:
        moments = self._moments.get(key, deque[float]())
        while moments and moments[0] <= now - WINDOW_SECONDS:
            moments.popleft()
        return moments

    def _free_expired_keys(self, now: float) -> None:
        """From the stalest on: each is freed once, so it costs nothing on the whole."""
        while self._moments:
            stalest = next(iter(self._moments))
            if self._moments[stalest][-1] > now - WINDOW_SECONDS:
                return
            del self._moments[stalest]


# So many times the setting, for all attempts at a route that agree in these parts.
# One stranger is stopped by the first before the third could shut the owner out.
RULES = ((1, ("source", "account")), (3, ("source",)), (10, ("account",)))

# In braces: a Redis cluster keeps the windows of one attempt on one node, where a script sees all.
ATTEMPTS_PREFIX = "{attempts}"

# A process that counts alone admits a third: others, which it knows nothing of, admit as many.
ALONE = 3


class AttemptLimiter:
    """`base`: attempts a minute at one account from one source; `RULES` has what follows of it.

    `secret`: whoever shares the counts has to share it. `own`: counts while `counters` are
    unavailable, with a third of the limits; without it, no attempt is admitted meanwhile.
    """

    def __init__(
        self, counters: Counters, base: int, secret: bytes, own: Counters | None = None
    ) -> None:
        self._counters = [(counters, base)]
        if own is not None:
            self._counters.append((own, max(base // ALONE, 1)))
        self._key = hmac.digest(secret, b"keys of attempt limits", sha256)

    def hit(self, route: str, source: str, account: str | None) -> None:
        """Counts one attempt, or raises `TooManyRequests` or `Unavailable`.

        A refused attempt is not counted: a refusal must not prolong itself. `route`: any name;
        routes are counted apart. `source`: the client's IP address. `account`: the e-mail address
        that is tried, if there is one.
        """
        for counters, base in self._counters:
            try:
                count = counters.count(*self._windows(base, route, source, account))
            except CountersUnavailable:
                continue
            if not count.admitted:
                raise TooManyRequests(seconds=count.whole_seconds)
            return
        raise Unavailable

    def close(self) -> None:
        """Gives up connections."""
        for counters, _ in self._counters:
            counters.close()

    def _windows(self, base: int, route: str, source: str, account: str | None) -> Iterator[Window]:
        """A window per rule whose parts are all known."""
        known = {"source": network(source)}
        if account is not None:
            known["account"] = _normal_account(account)
        for factor, parts in RULES:
            if known.keys() >= set(parts):
                values = (f"{part}={known[part]}" for part in parts)
                name = _name(self._key, ATTEMPTS_PREFIX, route, *values)
                yield Window(name, base * factor)


class Kind(StrEnum):
    """Each has a quota of its own; its name is that of the policy in `RateLimit`."""

    READ = "read"
    WRITE = "write"
    SIGN_IN = "sign-in"


REQUESTS_PREFIX = "requests"


@dataclass(frozen=True)
class QuotaState:
    """How a caller or a source stands with its quota after a request was counted or refused."""

    kind: Kind
    quota: int
    count: Count


class RequestLimiter:
    """Counts requests of callers, or of sources without one; never a reason for an outage.

    `quotas`: requests a minute. `secret`: whoever shares the counts has to share it. The first of
    `counters` that is available counts; where none is, the request is admitted. `may_block`:
    counting may have to wait for a server.
    """

    def __init__(self, quotas: Mapping[Kind, int], secret: bytes, *counters: Counters) -> None:
        self._quotas = quotas
        self._counters = counters
        self._key = hmac.digest(secret, b"keys of request limits", sha256)
        self.may_block = any(each.may_block for each in counters)

    def of_caller(self, kind: Kind, subject: str) -> QuotaState:
        return self._count(kind, "caller", subject)

    def of_source(self, kind: Kind, source: str) -> QuotaState:
        """`source`: the client's IP address; an IPv6 network counts as one."""
        return self._count(kind, "source", network(source))

    def close(self) -> None:
        """Gives up connections."""
        for counters in self._counters:
            counters.close()

    def _count(self, kind: Kind, *who: str) -> QuotaState:
        quota = self._quotas[kind]
        window = Window(_name(self._key, REQUESTS_PREFIX, kind, *who), quota)
        for counters in self._counters:
            with suppress(CountersUnavailable):
                return QuotaState(kind, quota, counters.count(window))
        return QuotaState(kind, quota, Count(True, quota - 1, WINDOW_SECONDS))  # as if the first


def quotas(settings: Settings) -> Mapping[Kind, int]:
    """Sign-in routes have the quota of writes, and use up none of it."""
    reads, writes = settings.reads_per_minute, settings.writes_per_minute
    return {Kind.READ: reads, Kind.WRITE: writes, Kind.SIGN_IN: writes}


def _name(key: bytes, prefix: str, *parts: str) -> str:
    """Names what is counted, and tells nobody who it is: neither addresses nor accounts."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return f"{prefix}:{hmac.digest(key, text, sha256).hex()}"


def _normal_account(account: str) -> str:
    """One spelling of an e-mail address: folding too much only makes strangers share a limit."""
    return unicodedata.normalize("NFKC", account).strip().casefold()


UNKNOWN_SOURCE = "unknown"
_IPV6_NETWORK_BITS = 64


def network(source: str) -> str:
    """An IPv4 address, or the network of an IPv6 one: a household has 2^64 of those."""
    try:
        address = ipaddress.ip_address(source.partition("%")[0])
    except ValueError:
        return UNKNOWN_SOURCE
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False))
