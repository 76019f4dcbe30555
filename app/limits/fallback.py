"""Counters for what goes on uncounted rather than not at all. Never used for attempts.

Knows neither Redis nor requests.
"""

from __future__ import annotations

from app.limits.windows import Counted, Counters, CountersUnavailable, Window


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
