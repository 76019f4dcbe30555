"""Jobs as they are asked for: the item first, then the message. Nothing is lost silently.

A job that the queue did not take waits, says so, and can be started again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from ulid import ULID

from access_patterns import jobs as asked
from app.aws.errors import ObjectMissing, ObjectStore, PresignedDownload, PresignedUpload
from app.jobs import places
from app.jobs.errors import JobMissing, NoResult, NotUploaded, TooBig
from app.jobs.queue import JobQueue, QueueError
from model import Job, JobId, JobKind, JobStatus, UserId
from singletable import Repository
from singletable.errors import ConditionFailed, SingleTableError

log = logging.getLogger(__name__)

NOT_QUEUED = "the queue did not take it; start it again"


@dataclass(frozen=True)
class JobDesk:
    """`largest` in bytes; `waiting`: for the start, from the announcement on."""

    repository: Repository
    objects: ObjectStore
    queue: JobQueue
    largest: int
    waiting: timedelta

    def begin_export(self, caller: UserId, now: datetime) -> Job:
        """A job that is queued. Raises `QueueError`; then it waits for a start."""
        made = self._job(JobKind.EXPORT, caller, now).model_copy(
            update={"status": JobStatus.QUEUED, "expires_at": None}
        )
        job = self.repository.write(asked.create(made))
        self._send(job, now)
        return job

    def planned_import(
        self, size: int, caller: UserId, now: datetime
    ) -> tuple[Job, PresignedUpload]:
        """A job yet to be announced, and how its lines are to be sent. Raises `TooBig`."""
        if size > self.largest:
            raise TooBig(limit=self.largest)
        made = self._job(JobKind.IMPORT, caller, now).model_copy(update={"size": size})
        upload = self.objects.presign_upload(places.arriving(made), places.NDJSON, size)
        return made, upload

    def start(self, job: Job, now: datetime) -> Job:
        """Queues it: for the first time, or again if it waits, failed or is not worked on."""
        queued = self._begun(job) if _is_new_import(job) else None
        queued = queued or self.repository.write(asked.enqueue(job.job_id, now))
        self._send(queued, now)
        return queued

    def _begun(self, job: Job) -> Job | None:
        """What is imported is a copy, where no URL ever leads for writing. None: begun already."""
        arrived, kept = places.arriving(job), places.fresh(job)
        try:
            facts = self.objects.confirm(arrived, places.NDJSON, job.size or 0)
            self.objects.copy(arrived, kept, facts)
        except ObjectMissing as error:
            raise NotUploaded from error
        try:
            return self.repository.write(asked.enqueue_import(job.job_id, kept))
        except ConditionFailed:
            self.objects.delete(kept)
            return None

    def _send(self, job: Job, now: datetime) -> None:
        try:
            self.queue.send(job.job_id)
        except QueueError:
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
            object_name=places.new_name(),
            created_at=now,
            expires_at=now + self.waiting,
        )


def found(repository: Repository, job_id: JobId) -> Job:
    """Raises `JobMissing`."""
    job = repository.fetch(asked.by_id(job_id).consistent())
    if job is None:
        raise JobMissing
    return job


def result_of(objects: ObjectStore, job: Job) -> PresignedDownload:
    """The posts of an export, or the report of an import. Raises `NoResult`."""
    if job.result is None:
        raise NoResult(status=job.status)
    what = "posts" if job.kind is JobKind.EXPORT else "report"
    disposition = f'attachment; filename="{what}-{job.job_id}.ndjson"'
    return objects.presign_download(job.result, places.NDJSON, disposition)


def _is_new_import(job: Job) -> bool:
    return job.kind is JobKind.IMPORT and job.status is JobStatus.WAITING and not job.started_at
