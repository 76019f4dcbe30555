"""Pulls a part of the stack out for the middle third of the load, and puts it back.

Stopped, not ended: it keeps its data and its connections, and answers nothing. That is the harder
case: what has ended refuses at once.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scripts.load.measures import WITHOUT


@dataclass(frozen=True)
class Disturbance:
    """`part`: its name, for people; `pid`: its process."""

    part: str
    pid: int

    @contextmanager
    def pulled_out(self) -> Iterator[None]:
        """Always put back: a stopped process cannot even be ended politely."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


def in_thirds(
    seconds: float,
    disturbance: Disturbance,
    wait: Callable[[float], None],
    enter: Callable[[str], None],
) -> None:
    """`wait`: lets the load go on for seconds; `enter`: told each phase's name as it begins."""
    enter("before")
    wait(seconds / 3)
    with disturbance.pulled_out():
        enter(WITHOUT + disturbance.part)
        wait(seconds / 3)
    enter("after")
    wait(seconds / 3)
