"""What is counted together, and how much of it is too much: data that `Attempts` goes through.

A new kind of limit is a rule, a new route only a name.
"""

from __future__ import annotations

import hmac
import ipaddress
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from app.limits.windows import Window

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
