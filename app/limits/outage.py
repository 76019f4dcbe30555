"""Whether a service answers: one log line when that changes, one question a second while not.

Knows neither the service nor what is asked of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0


class Outage:
    """`what`: the service's name in the log. `clock`: seconds that never go back."""

    def __init__(self, what: str, clock: Callable[[], float]) -> None:
        self._what = what
        self._clock = clock
        self._lock = Lock()
        self._ask_again_at: float | None = None

    def may_ask(self) -> bool:
        """While it is silent, one caller per pause may ask; the others need not wait for it."""
        with self._lock:
            if self._ask_again_at is None:
                return True
            now = self._clock()
            if now < self._ask_again_at:
                return False
            self._ask_again_at = now + PAUSE_SECONDS
            return True

    def failed(self, cause: Exception) -> None:
        """Logs the kind of the cause alone: its words may hold addresses and keys."""
        with self._lock:
            was_up, self._ask_again_at = self._ask_again_at is None, self._clock() + PAUSE_SECONDS
        if was_up:
            log.error("%s does not answer: %s", self._what, type(cause).__name__)

    def answered(self) -> None:
        with self._lock:
            was_down, self._ask_again_at = self._ask_again_at is not None, None
        if was_down:
            log.warning("%s answers again", self._what)
