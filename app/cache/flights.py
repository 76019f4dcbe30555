"""One computation of each page at a time within the process. Knows no Redis."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Lock


class Flights:
    """Whoever comes first leads; the others wait until it is done, and no longer than they may."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way = dict[str, Event]()

    @contextmanager
    def alone(self, page: str, seconds: float) -> Generator[bool]:
        """Whether the caller leads. It does not wait then; the others have waited."""
        mine = Event()
        with self._lock:
            leader = self._under_way.setdefault(page, mine)
        if leader is not mine:
            leader.wait(seconds)
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._under_way[page]
            mine.set()
