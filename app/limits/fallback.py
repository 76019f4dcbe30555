"""Counters for what goes on uncounted rather than not at all. Never used for attempts.

Knows neither Redis nor requests.
"""

from __future__ import annotations

from app.limits.windows import Counted, Counters, CountersUnavailable, Window


class ElseOwn:
    """Counts in `shared`, and in `own` while that does not answer. Raises nothing."""

    def __init__(self, shared: Counters, own: Counters) -> None:
        self._shared = shared
        self._own = own

    def close(self) -> None:
        self._shared.close()
        self._own.close()

    def count(self, window: Window) -> Counted:
        for counters in (self._shared, self._own):
            try:
                return counters.count(window)
            except CountersUnavailable:
                continue
        return Counted(True, window.limit - 1, window.seconds)  # as if it were the first
