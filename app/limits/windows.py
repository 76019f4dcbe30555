"""What counters are asked: the port. Knows no store, and not what is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Window:
    """At most `limit` within any `seconds`; `key` names what is counted and stays out of logs."""

    key: str = field(repr=False)
    limit: int
    seconds: int = 60


class CountersUnavailable(Exception):
    """Nothing is known of the counts, so nothing may be let in."""


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
