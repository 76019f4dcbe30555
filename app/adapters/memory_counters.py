"""Rate counters of one process, with a sliding window."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

from app.services.limits import WINDOW_SECONDS, Count, CountersUnavailable, Window

MOST_KEYS = 100_000


class MemoryCounters:
    """`clock`: seconds that never go back. Full, it refuses rather than forget a count."""

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
            held = [self._held(window.key, now) for window in windows]
            waits = [
                moments[-window.limit] + WINDOW_SECONDS - now
                for window, moments in zip(windows, held, strict=True)
                if len(moments) >= window.limit
            ]
            if waits:
                return Count(False, 0, max(waits))
            if len(self._moments) + held.count(deque()) > self._most_keys:
                raise CountersUnavailable
            return min(map(self._add, windows, held, [now] * len(held)), key=lambda it: it.left)

    def _held(self, key: str, now: float) -> deque[float]:
        moments = self._moments.get(key, deque[float]())
        while moments and moments[0] <= now - WINDOW_SECONDS:
            moments.popleft()
        return moments

    def _add(self, window: Window, moments: deque[float], now: float) -> Count:
        moments.append(now)
        self._moments[window.key] = moments
        self._moments.move_to_end(window.key)
        return Count(True, window.limit - len(moments), moments[0] + WINDOW_SECONDS - now)

    def _free_expired_keys(self, now: float) -> None:
        """From the stalest on: each is freed once, so it costs nothing on the whole."""
        while self._moments:
            stalest = next(iter(self._moments))
            if self._moments[stalest][-1] > now - WINDOW_SECONDS:
                return
            del self._moments[stalest]
