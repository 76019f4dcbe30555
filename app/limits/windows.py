"""What counters are asked: the ports. Knows no store, and not what is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Window:
    """At most `limit` within any `seconds`; `key` names what is counted and stays out of logs."""

    key: str = field(repr=False)
    limit: int
    seconds: int = 60


@dataclass(frozen=True)
class Counted:
    """Whether one more fitted in, how many more would now, and the seconds until room comes back.

    A refused one is not counted; it would fit in after these seconds.
    """

    admitted: bool
    left: int
    seconds: float


class CountersUnavailable(Exception):
    """Nothing is known of the counts."""


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


class Counters(Protocol):
    """The same counts, asked once for all that there is to say. Raises `CountersUnavailable`."""

    def count(self, window: Window) -> Counted:
        """Counts one more if it fits in."""
        ...

    def close(self) -> None:
        """Frees what is held open elsewhere."""
        ...
