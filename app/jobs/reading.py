"""Lines of a large object, from any of them on, a piece in memory at a time. Knows no S3.

A line ends with a line feed, the last one also without. What is too long is counted and dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

LONGEST_LINE = 400 * 1024
PIECE = 1024 * 1024

Read: TypeAlias = Callable[[int, int], bytes]
"""Up to so many bytes (second) from an offset (first) on; none at the end."""


@dataclass(frozen=True)
class Line:
    """`text` has no line feed, and is None if it was too long; `end` is where the next begins."""

    number: int
    text: bytes | None
    end: int


def lines(read: Read, start: int, done: int) -> Iterator[Line]:
    """Those from the offset `start` on, where `done` lines are over."""
    growing, number, end = _Growing(), done, start
    for piece in pieces(read, start):
        *ends, rest = piece.split(b"\n")
        for text in ends:
            growing.add(text)
            number, end = number + 1, end + growing.size + 1
            yield Line(number, growing.text, end)
            growing = _Growing()
        growing.add(rest)
    if growing.size:
        yield Line(number + 1, growing.text, end + growing.size)


def pieces(read: Read, start: int) -> Iterator[bytes]:
    """All bytes from an offset on."""
    while piece := read(start, PIECE):
        yield piece
        start += len(piece)


@dataclass
class _Growing:
    """A line as far as it was read; what is too long is not kept."""

    size: int = 0
    _parts: list[bytes] = field(default_factory=list[bytes])

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size <= LONGEST_LINE:
            self._parts.append(part)

    @property
    def text(self) -> bytes | None:
        return b"".join(self._parts) if self.size <= LONGEST_LINE else None
