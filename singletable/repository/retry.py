"""The retry policy of contended writes: how many attempts, and the delay before each."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import field

from singletable.errors.transport import CANCELLED, TransportError
from singletable.records import record

_CONFLICT = "TransactionConflict"
_IN_PROGRESS = "TransactionInProgressException"
_SINGLE_CONFLICT = "TransactionConflictException"
_PASSING = frozenset(
    {
        _CONFLICT,
        "None",
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
        "RequestLimitExceeded",
    }
)


def _jitter() -> float:
    return random.random()  # noqa: S311 - spreads retries, keeps no secret


@record
class Retry:
    """Exponential backoff with full jitter: up to `base` × 2ⁿ seconds, at most `ceiling`.

    `Repository` waits with `sleep`; `AsyncRepository` always with `asyncio.sleep`.
    """

    attempts: int = 6
    base: float = 0.05
    ceiling: float = 1.0
    sleep: Callable[[float], None] = field(default=time.sleep)
    jitter: Callable[[], float] = field(default=_jitter)

    def delay(self, attempt: int) -> float:
        """Seconds to wait after the attempt of this number, from 1."""
        return self.jitter() * min(self.ceiling, self.base * 2.0**attempt)


def is_contention(error: TransportError) -> bool:
    """Whether the same request may succeed once other writers are done."""
    if error.code in (_IN_PROGRESS, _SINGLE_CONFLICT):
        return True
    codes = {reason.code for reason in error.reasons}
    return error.code == CANCELLED and bool(codes - {"None"}) and codes <= _PASSING
