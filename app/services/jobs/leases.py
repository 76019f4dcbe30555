"""The lease of a job: whatever its worker writes is conditional on it.

A heartbeat beside the work renews the lease and hides the message, so that both may be short: a
worker that is killed is replaced one lease later.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeAlias

from access_patterns import jobs as asked
from app.core.problems import Problem
from app.services.jobs.jobs import Interrupted, JobQueue, LeaseLost
from app.services.objects import ObjectStore
from model import Job, JobId, JobStatus
from singletable import Repository
from singletable.errors import ConditionFailed, ItemMissing, SingleTableError, TransactionCancelled

IsOver: TypeAlias = Callable[[], bool]
"""Whether there is no time for more than to put things down."""
STILL_SECONDS = 600
"""Without a step for so long, a worker hangs: its lease is renewed no more."""
log = logging.getLogger("app.jobs")


@dataclass(frozen=True)
class WorkerDependencies:
    """What a worker has at hand.

    `lease`: for how long a job is a worker's after its last heartbeat. `turn`: after which an
    import lets others go first.
    """

    repository: Repository
    objects: ObjectStore
    queue: JobQueue
    clock: Callable[[], datetime]
    lease: timedelta
    keep: timedelta
    most_attempts: int
    turn: timedelta = timedelta(seconds=20)

    def take(self, job_id: JobId, is_over: IsOver) -> LeasedJob | None:
        """The job, with a lease that nobody else has; None if it is not to be had."""
        lease, now = secrets.token_hex(16), self.clock()
        try:
            job = self.repository.write(asked.acquire(job_id, lease, now, now + self.lease))
        except (ConditionFailed, ItemMissing):
            return None
        return LeasedJob(self, job, lease, is_over)


@dataclass
class LeasedJob:
    """A job that one has. Raises `LeaseLost` as soon as a write shows that one has not.

    `forgotten` is the moment at which what belongs to it expires.
    """

    shop: WorkerDependencies
    job: Job
    lease: str
    is_over: IsOver
    _taken_at: float = field(default_factory=monotonic)
    _last_step: float = field(default_factory=monotonic)

    @property
    def until(self) -> datetime:
        return self.shop.clock() + self.shop.lease

    @property
    def forgotten(self) -> datetime:
        return self.shop.clock() + self.shop.keep

    @contextmanager
    def heartbeat(self, receipt: str) -> Generator[None]:
        """Until the end; `receipt` is the message's, empty where it is not known."""
        stop = Event()
        run = copy_context().run  # the thread asks on behalf of the same worker
        beating = Thread(target=run, args=(self._beat, receipt, stop), daemon=True)
        beating.start()
        try:
            yield
        finally:
            stop.set()
            beating.join()

    def _beat(self, receipt: str, stop: Event) -> None:
        """The lease is fresh at the beginning, the message is hidden for as long as its queue has
        it: what fails is tried again with the next beat, and only another's lease is the end."""
        seconds = self.shop.lease.total_seconds()
        renewed = False
        while monotonic() - self._last_step < STILL_SECONDS:
            try:
                if renewed:
                    renewal = asked.renew(self.job.job_id, self.lease, self.until)
                    self.shop.repository.write(renewal)
                if receipt:
                    self.shop.queue.hide(receipt, ceil(seconds))
            except (ConditionFailed, ItemMissing):
                return
            except (SingleTableError, Problem) as error:
                log.warning("a heartbeat failed: %s", type(error).__name__)
            renewed = True
            if stop.wait(seconds / 3):
                return

    def write(self, operation: Any) -> Any:
        self._last_step = monotonic()
        try:
            return self.shop.repository.write(operation)
        except TransactionCancelled as error:
            if any(each.entity == Job.__name__ for each in error.failures.values()):
                raise LeaseLost from error
            raise
        except (ConditionFailed, ItemMissing) as error:
            raise LeaseLost from error

    def look_again(self) -> None:
        """How far it is by the table: a write may have been done whose answer was lost."""
        try:
            job = self.shop.repository.fetch(asked.by_id(self.job.job_id).consistent())
        except SingleTableError:
            return  # then what is known has to do
        if job is None or job.lease != self.lease:
            raise LeaseLost
        self.job = job

    def progress(self, done: int, total: int | None) -> None:
        """Records how far it is, and renews the lease."""
        renewed = asked.record_progress(self.job.job_id, self.lease, self.until, done, total)
        self.job = self.write(renewed)

    def pause(self) -> None:
        """Between two steps: raises `Interrupted` if there is no time for another."""
        if self.is_over():
            raise Interrupted

    def end_turn(self) -> None:
        """The same, also where others have waited for a whole turn: for what goes on cheaply."""
        self.pause()
        if monotonic() - self._taken_at > self.shop.turn.total_seconds():
            raise Interrupted

    def keep(self, position: str, work_object: str, done: int) -> None:
        kept = asked.checkpoint(self.job.job_id, self.lease, position, work_object, done)
        self.job = self.write(kept)

    def give_back(self, attempts: int) -> None:
        self.job = self.write(asked.release(self.job.job_id, self.lease, attempts))

    def finish(self, status: JobStatus, reason: str, result: str | None, total: int | None) -> None:
        now = self.shop.clock()
        ended = asked.finish(
            self.job.job_id, self.lease, status, reason, result, total, now, self.forgotten
        )
        self.job = self.write(ended)
        facts = {"jobId": self.job.job_id, "kind": self.job.kind, "done": self.job.done}
        log.info("a job ended: %s", status, extra={"facts": facts})
