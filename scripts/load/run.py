"""Carries a load out: workers, phases, memory, and at the end what is still there."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event

from scripts.load.capacity import Capacity
from scripts.load.client import ApiClient
from scripts.load.disturbance import Disturbance, in_thirds
from scripts.load.ledger import Ledger
from scripts.load.measures import OK, Measures
from scripts.load.memory import Memory
from scripts.load.readback import Unreadable, lost
from scripts.load.result import Result
from scripts.load.stack import Stack
from scripts.load.worker import Worker

ADMINISTRATOR = "ada@example.com"
ACCOUNTS = (ADMINISTRATOR, "grace@example.com", "sejong@example.com")
NOBODY = ""
READING_BACK = "reading back"
PROGRESS_SECONDS = 5.0
TICKS = 12


class NobodySignedIn(Exception):
    """The load cannot begin: a demo account is refused."""

    def __init__(self, email: str, outcome: str) -> None:
        super().__init__(f"{email} cannot sign in: {outcome}; is this a local stack with its demo?")


@dataclass
class Load:
    """One load. Interrupted, it ends early, reads back, and tells what it measured."""

    url: str
    seconds: float
    workers: int
    stack: Stack
    bound_mb: float
    disturbance: Disturbance | None = None
    measures: Measures = field(default_factory=Measures)
    ledger: Ledger = field(default_factory=Ledger)
    interrupted: bool = False
    _resident: list[float] = field(default_factory=list)

    def run(self) -> Result:
        with ExitStack() as until_read_back:
            workers = [self._worker(number, until_read_back) for number in range(self.workers)]
            log_end = self.stack.log_end()
            seconds = self._work(workers)
            capacity = self.stack.capacity(log_end)
            self.measures.enter(READING_BACK)
            lost_ones = self._lost([worker.client for worker in workers])
        return self._result(seconds, capacity, lost_ones)

    def _worker(self, number: int, connections: ExitStack) -> Worker:
        """Readers are nobody: answers to known callers come from the table, not from the cache."""
        writer, reader = (
            connections.enter_context(ApiClient(self.url, email, self.measures))
            for email in (ACCOUNTS[number % len(ACCOUNTS)], NOBODY)
        )
        if not (answer := writer.sign_in()).is_ok:
            raise NobodySignedIn(writer.email, answer.outcome)
        is_administrator = writer.email == ADMINISTRATOR
        return Worker(writer, reader, self.ledger, number, may_delete=is_administrator)

    def _work(self, workers: Sequence[Worker]) -> float:
        """The seconds that it took; an interrupt makes them fewer."""
        over, began = Event(), time.monotonic()
        with ThreadPoolExecutor(self.workers) as threads:
            working = [threads.submit(worker.work, over) for worker in workers]
            try:
                self._go_on()
            except KeyboardInterrupt:
                self.interrupted = True
                _say("interrupted: reading back what was written; again ends at once")
            finally:
                over.set()
            for each in working:
                each.result()
        return time.monotonic() - began

    def _lost(self, clients: Sequence[ApiClient]) -> list[str]:
        try:
            return lost(self.ledger, clients)
        except Unreadable as error:
            return [f"{error}: what is lost is unknown"]

    def _go_on(self) -> None:
        if self.disturbance is None:
            self._wait(self.seconds)
        else:
            in_thirds(self.seconds, self.disturbance, self._wait, self.measures.enter)

    def _wait(self, seconds: float) -> None:
        """Lets the workers work, and says how they do."""
        end = time.monotonic() + seconds
        tick = min(PROGRESS_SECONDS, self.seconds / TICKS)
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(tick, left))
            self._look()

    def _look(self) -> None:
        if (resident := self.stack.memory()) is not None:
            self._resident.append(resident)
        samples = self.measures.of()
        failed = sum(each.outcome != OK for each in samples)
        _say(
            f"{self.measures.phase}: {len(samples)} requests, {failed} failed,"
            f" {self.ledger.writes} writes acknowledged"
        )

    def _result(self, seconds: float, capacity: Capacity, lost_ones: list[str]) -> Result:
        return Result(
            measures=self.measures,
            seconds=seconds,
            workers=self.workers,
            phases=self.measures.phases(),
            writes=self.ledger.writes,
            posts=len(self.ledger.posts()),
            lost=lost_ones,
            memory=self._memory(),
            bound_mb=self.bound_mb,
            capacity=capacity,
        )

    def _memory(self) -> Memory | None:
        """The first quarter fills caches and pools, and counts as no start."""
        seen = self._resident
        if not seen:
            return None
        start = seen[len(seen) // 4 :]
        return Memory(start[0], start[len(start) // 2], start[-1])


def _say(words: str) -> None:
    """Beside the report, which is on standard output."""
    print(words, file=sys.stderr, flush=True)
