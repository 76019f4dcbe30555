"""Tells a person at a terminal what takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")

_PATIENCE_SECONDS = 1.0
_STEP_SECONDS = 0.25
_ERASE = "\r\x1b[K"


class Progress:
    """What is done, and how much of it: `count` is shown where it is not 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.count = 0

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """The same items, counted as they come."""
        for item in items:
            self.count += 1
            yield item


@contextmanager
def show_progress(text: str) -> Generator[Progress]:
    """Shows the text, the count and the seconds on a terminal's error output, until it is left."""
    progress = Progress(text)
    if sys.stderr is None or not sys.stderr.isatty():
        yield progress
        return
    ended = Event()
    thread = Thread(target=_show, args=(progress, ended), daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        ended.set()
        thread.join()


def _show(progress: Progress, ended: Event) -> None:
    begun = time.monotonic()
    if ended.wait(_PATIENCE_SECONDS):
        return
    while not ended.wait(_STEP_SECONDS):
        count = f" {progress.count:,}" if progress.count else ""
        seconds = time.monotonic() - begun
        sys.stderr.write(f"{_ERASE}{progress.text}{count} ({seconds:.0f} s)")
        sys.stderr.flush()
    sys.stderr.write(_ERASE)
    sys.stderr.flush()
