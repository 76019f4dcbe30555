"""A leased job: whatever its worker writes is conditional on the lease."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from access_patterns import jobs as asked
from app.services.jobs.jobs import Interrupted, JobQueue, LeaseLost
from app.services.objects import ObjectStore
from model import Job, JobId, JobStatus
from singletable import Repository
from singletable.errors import ConditionFailed, ItemMissing, SingleTableError, TransactionCancelled

R = TypeVar("R")


IsOver: TypeAlias = Callable[[], bool]
"""Whether there is no time for more than to put things down."""


log = logging.getLogger("app.jobs")


@dataclass(frozen=True)
class WorkerDependencies:
    """What a worker has at hand. `lease`: for how long one without progress keeps its job."""

    repository: Repository
    objects: ObjectStore
    queue: JobQueue
    clock: Callable[[], datetime]
    lease: timedelta
    keep: timedelta
    most_attempts: int

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

    @property
    def until(self) -> datetime:
        return self.shop.clock() + self.shop.lease

    @property
    def forgotten(self) -> datetime:
        return self.shop.clock() + self.shop.keep

    def write(self, operation: Any) -> Any:
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
        """Says how far it is, and that one is alive."""
        renewed = asked.record_progress(self.job.job_id, self.lease, self.until, done, total)
        self.job = self.write(renewed)

    def pause(self) -> None:
        """Between two steps: raises `Interrupted` if there is no time for another."""
        if self.is_over():
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
