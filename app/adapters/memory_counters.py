"""Rate counters of one process, with a sliding window.

Not the library's: it never frees a key that was used, and starts threads to look through all.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from app.services.limits import Counted, CountersUnavailable, Window

MOST_KEYS = 100_000


@dataclass
class _Taken:
    """The moments at which a window was taken from, oldest first, and how long they count."""

    seconds: int
    moments: deque[float] = field(default_factory=deque[float])

    def drop_expired(self, now: float) -> None:
        while self.moments and self.moments[0] <= now - self.seconds:
            self.moments.popleft()


class MemoryWindows:
    """`clock`: seconds that never go back. Full, it refuses rather than forget a count."""

    def __init__(self, clock: Callable[[], float], most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most_keys = most_keys
        self._lock = Lock()
        self._taken: OrderedDict[str, _Taken] = OrderedDict()  # least recently taken from first

    def close(self) -> None:
        """Nothing is held open."""

    def wait(self, window: Window) -> float:
        with self._lock:
            now = self._clock()
            taken = self._current(window, now)
            if taken is None or len(taken.moments) < window.limit:
                return 0.0
            return taken.moments[0] + window.seconds - now

    def take(self, window: Window) -> bool:
        return self.count(window).admitted

    def count(self, window: Window) -> Counted:
        with self._lock:
            now = self._clock()
            taken = self._current(window, now) or self._begun(window, now)
            admitted = len(taken.moments) < window.limit
            if admitted:
                taken.moments.append(now)
                self._taken.move_to_end(window.key)
            left = window.limit - len(taken.moments)
            return Counted(admitted, left, taken.moments[0] + window.seconds - now)

    def _current(self, window: Window, now: float) -> _Taken | None:
        taken = self._taken.get(window.key)
        if taken is not None:
            taken.drop_expired(now)
        return taken

    def _begun(self, window: Window, now: float) -> _Taken:
        self._sweep(now)
        if len(self._taken) >= self._most_keys:
            raise CountersUnavailable
        return self._taken.setdefault(window.key, _Taken(window.seconds))

    def _sweep(self, now: float) -> None:
        """Frees keys from the stalest on: each is freed once, so it costs nothing on the whole."""
        while self._taken:
            stalest = next(iter(self._taken))
            self._taken[stalest].drop_expired(now)
            if self._taken[stalest].moments:
                return
            del self._taken[stalest]
