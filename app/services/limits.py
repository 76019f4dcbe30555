"""Attempt limits, and the port to rate counters.

Where the counts are not available, no attempt is let in.
"""

from __future__ import annotations

import hmac
import ipaddress
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from math import ceil
from typing import Literal, Protocol

from app.core.problems import TooManyRequests, Unavailable


@dataclass(frozen=True)
class Window:
    """At most `limit` within any `seconds`; `key` names what is counted and stays out of logs."""

    key: str = field(repr=False)
    limit: int
    seconds: int = 60


@dataclass(frozen=True)
class Counted:
    """Whether one more fitted in, how many more would now, and the seconds until room comes back.

    A refused one is not counted; it would fit in after these seconds.
    """

    admitted: bool
    left: int
    seconds: float


class CountersUnavailable(Exception):
    """Nothing is known of the counts."""


class Windows(Protocol):
    """Counts that are exact, however many ask at once. Raises `CountersUnavailable`."""

    def wait(self, window: Window) -> float:
        """Seconds until one more fits in; 0 if it does now. Counts nothing."""
        ...

    def close(self) -> None:
        """Frees what is held open elsewhere."""
        ...

    def take(self, window: Window) -> bool:
        """Counts one more if it fits in."""
        ...


class Counters(Protocol):
    """The same counts, asked once for all that there is to say. Raises `CountersUnavailable`."""

    def count(self, window: Window) -> Counted:
        """Counts one more if it fits in."""
        ...

    def close(self) -> None:
        """Frees what is held open elsewhere."""
        ...


class Kind(StrEnum):
    """Each has a quota of its own; its name is that of the policy in `RateLimit`."""

    READ = "read"
    WRITE = "write"
    SIGN_IN = "sign-in"


Part = Literal["source", "account"]


UNKNOWN_SOURCE = "unknown"


_IPV6_NETWORK_BITS = 64


@dataclass(frozen=True)
class Rule:
    """`factor` times the setting, for all attempts at a route that agree in `parts`."""

    parts: tuple[Part, ...]
    factor: int


# One stranger is stopped by the first before the third could shut the owner out.
RULES = (
    Rule(("source", "account"), factor=1),
    Rule(("source",), factor=3),
    Rule(("account",), factor=10),
)


class Keys:
    """Names of what is counted that tell nobody who it is: neither addresses nor accounts."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"keys of attempt limits", sha256)

    def windows(self, base: int, route: str, source: str, account: str | None) -> Iterator[Window]:
        """A window per rule whose parts are all known, the narrowest first."""
        known = {"source": network(source)}
        if account is not None:
            known["account"] = normalised(account)
        for rule in RULES:
            if known.keys() >= set(rule.parts):
                values = (f"{part}={known[part]}" for part in rule.parts)
                yield Window(self._digest(route, *values), base * rule.factor)

    def _digest(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, text, sha256).hex()


def normalised(account: str) -> str:
    """One spelling of an e-mail address: folding too much only makes strangers share a limit."""
    return unicodedata.normalize("NFKC", account).strip().casefold()


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


class AttemptLimiter:
    """`base`: attempts a minute at one account from one source; `rules` has what follows of it.

    `secret`: whoever shares the counts has to share it.
    """

    def __init__(self, windows: Windows, base: int, secret: bytes) -> None:
        self._windows = windows
        self._base = base
        self._keys = Keys(secret)

    def hit(self, route: str, source: str, account: str | None) -> None:
        """Counts one attempt, or raises `TooManyRequests` or `Unavailable`.

        `route`: any name; routes are counted apart. `source`: the client's IP address.
        `account`: the e-mail address that is tried, if there is one.
        """
        windows = tuple(self._keys.windows(self._base, route, source, account))
        try:
            self._refuse_if_full(windows)
            for window in windows:
                if not self._windows.take(window):  # another was faster since the look
                    self._refuse_if_full((window,), at_least=1)
        except CountersUnavailable:
            raise Unavailable from None

    def close(self) -> None:
        """Gives up the connections, when the app shuts down."""
        self._windows.close()

    def _refuse_if_full(self, windows: tuple[Window, ...], at_least: int = 0) -> None:
        """Looks at all windows before any is counted in: a refusal must not prolong itself."""
        seconds = max(ceil(max(map(self._windows.wait, windows))), at_least)
        if seconds:
            raise TooManyRequests(seconds=seconds)


class Fallback:
    """Counts in the first of `counters` that answers. Raises nothing."""

    def __init__(self, *counters: Counters) -> None:
        self._counters = counters

    def close(self) -> None:
        for counters in self._counters:
            counters.close()

    def count(self, window: Window) -> Counted:
        for counters in self._counters:
            try:
                return counters.count(window)
            except CountersUnavailable:
                continue
        return Counted(True, window.limit - 1, window.seconds)  # as if it were the first
