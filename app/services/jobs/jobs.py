"""Requests jobs: the item first, then the message. Nothing is lost silently."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ulid import ULID

from access_patterns import jobs as asked
from app.core.problems import Conflict, NotFound, Unavailable, invalid
from app.services.objects import ObjectMissing, ObjectStore, PresignedDownload, PresignedUpload
from model import Job, JobId, JobKind, JobStatus, UserId
from singletable import Repository
from singletable.errors import ConditionFailed, SingleTableError


class Poison(Exception):
    """A message that no worker can do anything with."""


class LeaseLost(Exception):
    """Another worker has the job, or it has ended: there is nothing more to do here."""


class Interrupted(Exception):
    """There is no time left: what is done is stored, the rest is for the next worker."""


class Hopeless(Exception):
    """The job cannot go on, and repeating it mends nothing; its words become the job's reason."""


LONGEST_DELAY = 900


class JobQueue(Protocol):
    """Delivers each message at least once."""

    def send(self, job_id: JobId, delay_seconds: int = 0) -> None:
        """Raises `Unavailable`; then the message may still have been taken."""
        ...

    def hide(self, receipt: str, seconds: int) -> None:
        """Keeps a message that was received from others, for so long from now."""
        ...


NDJSON = "application/x-ndjson"


def new_name() -> str:
    return secrets.token_hex(20)


def arriving(job: Job) -> str:
    """The key of the presigned upload, which stays good for a while after it was used."""
    return f"pending/{job.object_name}"


def fresh(job: Job) -> str:
    """A key that nothing else has."""
    return f"jobs/{job.object_name}/{secrets.token_hex(8)}"


log = logging.getLogger("app.jobs")


NOT_QUEUED = "the queue did not take it; start it again"


@dataclass(frozen=True)
class JobService:
    """`largest` in bytes; `waiting`: for the start, from the announcement on; `keeping`: of what
    has ended."""

    repository: Repository
    objects: ObjectStore
    queue: JobQueue
    largest: int
    waiting: timedelta
    keeping: timedelta

    def begin_export(self, caller: UserId, now: datetime) -> Job:
        """A job that is queued. Raises `Unavailable`; then it waits for a start."""
        made = self._job(JobKind.EXPORT, caller, now).model_copy(
            update={"status": JobStatus.QUEUED, "expires_at": None}
        )
        job = self.repository.write(asked.create(made))
        self._send(job, now)
        return job

    def planned_import(
        self, size: int, caller: UserId, now: datetime
    ) -> tuple[Job, PresignedUpload]:
        """A job yet to be announced, and how its lines are to be sent. Raises `Unprocessable`."""
        if size > self.largest:
            message = f"no import may be larger than {self.largest} bytes"
            raise invalid("body.size", "too-large", message)
        made = self._job(JobKind.IMPORT, caller, now).model_copy(update={"size": size})
        upload = self.objects.presign_upload(arriving(made), NDJSON, size)
        return made, upload

    def start(self, job: Job, now: datetime) -> Job:
        """Queues it: for the first time, or again if it waits, failed or is not worked on."""
        queued = self._begun(job) if _is_new_import(job) else None
        queued = queued or self.repository.write(asked.enqueue(job.job_id, now))
        self._send(queued, now)
        return queued

    def cancel(self, job: Job, now: datetime) -> Job:
        """Ends a job that has not ended; its worker stops at its next write."""
        return self.repository.write(asked.cancel(job.job_id, now, now + self.keeping))

    def _begun(self, job: Job) -> Job | None:
        """What is imported is a copy, where no URL ever leads for writing. None: begun already."""
        arrived, kept = arriving(job), fresh(job)
        try:
            facts = self.objects.confirm(arrived, NDJSON, job.size or 0)
            self.objects.copy(arrived, kept, facts)
        except ObjectMissing as error:
            raise Conflict(reason="nothing was uploaded yet") from error
        try:
            return self.repository.write(asked.enqueue_import(job.job_id, kept))
        except ConditionFailed:
            self.objects.delete(kept)
            return None

    def _send(self, job: Job, now: datetime) -> None:
        try:
            self.queue.send(job.job_id)
        except Unavailable:
            self._set_aside(job, now)
            raise

    def _set_aside(self, job: Job, now: datetime) -> None:
        """Whatever fails here, the job stays queued, and a start sends it again."""
        until = now + self.waiting
        try:
            self.repository.write(asked.defer(job.job_id, NOT_QUEUED, until))
        except SingleTableError as error:
            log.warning("%s stays queued without a message: %s", job.job_id, error)

    def _job(self, kind: JobKind, caller: UserId, now: datetime) -> Job:
        return Job(
            job_id=JobId(str(ULID.from_datetime(now))),
            kind=kind,
            requested_by=caller,
            object_name=new_name(),
            created_at=now,
            expires_at=now + self.waiting,
        )


def found(repository: Repository, job_id: JobId) -> Job:
    """Raises `NotFound`."""
    job = repository.fetch(asked.by_id(job_id).consistent())
    if job is None:
        raise NotFound(what="the job")
    return job


def result_of(objects: ObjectStore, job: Job) -> PresignedDownload:
    """The lines of an export, or the report of an import. Raises `Conflict` if there is none."""
    if job.result is None:
        raise Conflict(reason=f"the job is {job.status} and has no result")
    what = "stage" if job.kind is JobKind.EXPORT else "report"
    disposition = f'attachment; filename="{what}-{job.job_id}.ndjson"'
    return objects.presign_download(job.result, NDJSON, disposition)


def _is_new_import(job: Job) -> bool:
    return job.kind is JobKind.IMPORT and job.status is JobStatus.WAITING and not job.started_at
