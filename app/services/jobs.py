"""Jobs: requested by administrators, then worked on by whoever holds their lease.

The item comes first, then the message: nothing is lost silently. Whatever a worker writes is
conditional on its lease. A heartbeat beside the work renews the lease and hides the message, so
that both may be short: a worker that is killed is replaced one lease later.
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
from typing import Any, Protocol, TypeAlias

from ulid import ULID

from access_patterns import jobs as asked
from app.core.problems import Conflict, Problem, Unavailable, invalid
from app.core.settings import Settings
from app.services.objects import DownloadOut, ObjectMissing, ObjectStore, TransferOut
from model import Job, JobId, JobKind, JobStatus, UserId
from singletable import Repository
from singletable.errors import ConditionFailed, ItemMissing, SingleTableError, TransactionCancelled

NDJSON = "application/x-ndjson"
LONGEST_DELAY = 900
NOT_QUEUED = "the queue did not take it; start it again"
STILL_SECONDS = 600
"""Without a step for so long, a worker hangs: its lease is renewed no more."""

log = logging.getLogger("app.jobs")


class Poison(Exception):
    """A message that no worker can do anything with."""


class LeaseLost(Exception):
    """Another worker has the job, or it has ended: there is nothing more to do here."""


class Interrupted(Exception):
    """There is no time left: what is done is stored, the rest is for the next worker."""


class Hopeless(Exception):
    """The job cannot go on, and repeating it mends nothing; its words become the job's reason."""


class JobQueue(Protocol):
    """Delivers each message at least once."""

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        """Raises `Unavailable`; then the message may still have been taken."""
        ...

    def hide(self, receipt: str, seconds: int) -> None:
        """Keeps a message that was received from others, for so long from now."""
        ...


def arriving(job: Job) -> str:
    """The key of the presigned upload, which stays good for a while after it was used."""
    return f"pending/{job.object_name}"


def new_key(job: Job) -> str:
    """A key that nothing else has."""
    return f"jobs/{job.object_name}/{secrets.token_hex(8)}"


def presign_result(objects: ObjectStore, job: Job) -> DownloadOut:
    """The lines of an export, or the report of an import. Raises `Conflict` if there is none."""
    if job.result is None:
        raise Conflict(slug="has-no-result", reason=f"the job is {job.status} and has no result")
    what = "stage" if job.kind is JobKind.EXPORT else "report"
    disposition = f'attachment; filename="{what}-{job.job_id}.ndjson"'
    return objects.presign_download(job.result, NDJSON, disposition)


@dataclass(frozen=True)
class JobService:
    """What administrators ask for."""

    repository: Repository
    objects: ObjectStore
    queue: JobQueue
    settings: Settings

    @property
    def _waiting(self) -> timedelta:
        """For the start, from the announcement on."""
        return timedelta(seconds=self.settings.jobs_waiting_seconds)

    def begin_export(self, caller: UserId, now: datetime) -> Job:
        """A job that is queued. Raises `Unavailable`; then it waits for a start."""
        queued = {"status": JobStatus.QUEUED, "expires_at": None}
        made = self._job(JobKind.EXPORT, caller, now).model_copy(update=queued)
        return self._send(self.repository.write(asked.create(made)), now)

    def planned_import(self, size: int, caller: UserId, now: datetime) -> tuple[Job, TransferOut]:
        """A job yet to be announced, and how its lines are to be sent. Raises `Unprocessable`."""
        if size > (most := self.settings.import_max_bytes):
            words = f"no import may be larger than {most} bytes"
            raise invalid("body.size", "too-large", words, max=most)
        made = self._job(JobKind.IMPORT, caller, now).model_copy(update={"size": size})
        return made, self.objects.presign_upload(arriving(made), NDJSON, size)

    def start(self, job: Job, now: datetime) -> Job:
        """Queues it: for the first time, or again if it waits, failed or is not worked on."""
        is_new = job.kind is JobKind.IMPORT and job.status is JobStatus.WAITING
        queued = self._begin_import(job) if is_new and not job.started_at else None
        return self._send(queued or self.repository.write(asked.enqueue(job.job_id, now)), now)

    def cancel(self, job: Job, now: datetime) -> Job:
        """Ends a job that has not ended; its worker stops at its next write."""
        keeping = timedelta(days=self.settings.jobs_keep_days)
        return self.repository.write(asked.cancel(job.job_id, now, now + keeping))

    def _begin_import(self, job: Job) -> Job | None:
        """What is imported is a copy, where no URL ever leads for writing. None: begun already."""
        arrived, kept = arriving(job), new_key(job)
        try:
            facts = self.objects.confirm(arrived, NDJSON, job.size or 0)
            self.objects.copy(arrived, kept, facts)
        except ObjectMissing as error:
            raise Conflict(slug="nothing-uploaded") from error
        try:
            return self.repository.write(asked.enqueue_import(job.job_id, kept))
        except ConditionFailed:
            self.objects.delete(kept)
            return None

    def _send(self, job: Job, now: datetime) -> Job:
        """Where the queue does not take it, it waits again; should that fail, it stays queued,
        and a start sends it once more."""
        try:
            self.queue.send(job.job_id)
        except Unavailable:
            try:
                self.repository.write(asked.defer(job.job_id, NOT_QUEUED, now + self._waiting))
            except SingleTableError as error:
                log.warning("%s stays queued without a message: %s", job.job_id, error)
            raise
        return job

    def _job(self, kind: JobKind, caller: UserId, now: datetime) -> Job:
        return Job(
            job_id=JobId(str(ULID.from_datetime(now))),
            kind=kind,
            requested_by=caller,
            object_name=secrets.token_hex(20),
            created_at=now,
            expires_at=now + self._waiting,
        )


IsOver: TypeAlias = Callable[[], bool]
"""Whether there is no time for more than to put things down."""


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

    def give_back(self, attempts: int, delay_seconds: int = 0) -> None:
        """Queues it for the next worker."""
        self.job = self.write(asked.release(self.job.job_id, self.lease, attempts))
        self.shop.queue.send(self.job.job_id, delay_seconds=delay_seconds)

    def finish(self, status: JobStatus, reason: str, result: str | None, total: int | None) -> None:
        now = self.shop.clock()
        ended = asked.finish(
            self.job.job_id, self.lease, status, reason, result, total, now, self.forgotten
        )
        self.job = self.write(ended)
        facts = {"jobId": self.job.job_id, "kind": self.job.kind, "done": self.job.done}
        log.info("a job ended: %s", status, extra={"facts": facts})
