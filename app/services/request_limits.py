"""Request quotas of callers, or of sources without one.

Where the shared counts are not available, each process counts for itself.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

from app.core.settings.fields import Settings
from app.services.limits import Counted, Counters, Kind, Window, network


@dataclass(frozen=True)
class QuotaState:
    """How a caller or a source stands with its quota after a request was counted or refused."""

    kind: Kind
    quota: int
    window: int
    counted: Counted

    @property
    def seconds(self) -> int:
        """Whole ones, until there is more room than now: at least one, and 60 of 60.00000001."""
        return max(ceil(round(self.counted.seconds, 3)), 1)


class RequestLimiter:
    """`quotas`: requests a minute. `secret`: whoever shares the counts has to share it."""

    def __init__(self, counters: Counters, quotas: Mapping[Kind, int], secret: bytes) -> None:
        self._counters = counters
        self._quotas = quotas
        self._secret = hmac.digest(secret, b"keys of request limits", sha256)

    def of_caller(self, kind: Kind, subject: str) -> QuotaState:
        return self._counted(kind, "caller", subject)

    def of_source(self, kind: Kind, source: str) -> QuotaState:
        """`source`: the client's IP address; an IPv6 network counts as one."""
        return self._counted(kind, "source", network(source))

    def close(self) -> None:
        """Gives up the connections, when the app shuts down."""
        self._counters.close()

    def _counted(self, kind: Kind, *who: str) -> QuotaState:
        window = Window(self._digest(kind, *who), self._quotas[kind])
        return QuotaState(kind, window.limit, window.seconds, self._counters.count(window))

    def _digest(self, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, text, sha256).hex()


def quotas(settings: Settings) -> Mapping[Kind, int]:
    """Sign-in routes have the quota of writes, and use up none of it."""
    reads, writes = settings.reads_per_minute, settings.writes_per_minute
    return {Kind.READ: reads, Kind.WRITE: writes, Kind.SIGN_IN: writes}
