"""Access patterns of jobs. Reads exclude expired jobs.

A worker holds the lease of its job. Every write of a worker has the lease as its condition, so
that a worker whose lease was taken over writes nothing more.
"""

from __future__ import annotations

from datetime import datetime

from model import Job, JobId, JobLine, JobStatus
from singletable import (
    Create,
    Get,
    Label,
    Patch,
    Query,
    Transaction,
    access_pattern,
    attr,
    transaction,
)
from singletable import create as create_item

LEASE_LOST = Label("lease-lost", "another worker holds the lease of the job")
NOT_STARTABLE = Label("not-startable", "the job is under way or has ended")
NOT_CANCELLABLE = Label("not-cancellable", "the job has ended")


def _if_leased(job_id: JobId, lease: str) -> Patch[Job]:
    is_held = attr("lease").equals(lease)
    return Job.key.patch(job_id=job_id).when(is_held, label=LEASE_LOST)


@access_pattern
def by_id(job_id: JobId) -> Get[Job]:
    """A job by its id, in any status."""
    return Job.key.get(job_id=job_id).excluding_expired()


@access_pattern
def newest() -> Query[Job]:
    """Jobs of every kind and status, newest first."""
    return Job.newest.query().newest_first().excluding_expired()


@access_pattern
def lines(job_id: JobId) -> Query[JobLine]:
    """Outcomes of the lines of an import, ordered by line number."""
    return JobLine.key.query(job_id=job_id)


@access_pattern
def create(job: Job) -> Create[Job]:
    """Creates a job. Its queue message is sent afterwards: every message has a job."""
    return create_item(job)


@access_pattern
def enqueue_import(job_id: JobId, work_object: str) -> Patch[Job]:
    """Queues an import after its upload, once."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.QUEUED, work_object=work_object)
    patch = patch.set(reason="").unset("expires_at")
    return patch.when(attr("status").equals(JobStatus.WAITING), label=NOT_STARTABLE)


@access_pattern
def enqueue(job_id: JobId, now: datetime) -> Patch[Job]:
    """Queues a job that waits, failed, or whose queue message or worker was lost."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.QUEUED, attempts=0, reason="")
    is_idle = attr("status").is_in(JobStatus.WAITING, JobStatus.QUEUED, JobStatus.FAILED)
    is_abandoned = attr("status").equals(JobStatus.RUNNING) & attr("lease_until").less_than(now)
    patch = patch.unset("lease", "lease_until", "result", "finished_at", "expires_at")
    return patch.when(is_idle | is_abandoned, label=NOT_STARTABLE)


@access_pattern
def defer(job_id: JobId, reason: str, until: datetime) -> Patch[Job]:
    """Puts a queued job back to waiting, because its queue message could not be sent."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.WAITING, reason=reason)
    return patch.set(expires_at=until).when(attr("status").equals(JobStatus.QUEUED))


@access_pattern
def cancel(job_id: JobId, now: datetime, until: datetime) -> Patch[Job]:
    """Cancels a job that has not ended, and takes the lease from its worker."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.CANCELLED, reason="")
    patch = patch.set(finished_at=now, expires_at=until).unset("lease", "lease_until")
    is_open = attr("status").is_in(JobStatus.WAITING, JobStatus.QUEUED, JobStatus.RUNNING)
    return patch.when(is_open, label=NOT_CANCELLABLE)


@access_pattern
def acquire(job_id: JobId, lease: str, now: datetime, until: datetime) -> Patch[Job]:
    """Acquires the lease of a job that is queued, or whose lease has expired."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.RUNNING, lease=lease)
    patch = patch.set(lease_until=until).set_if_absent(started_at=now).add(attempts=1)
    is_abandoned = attr("status").equals(JobStatus.RUNNING) & attr("lease_until").less_than(now)
    return patch.when(attr("status").equals(JobStatus.QUEUED) | is_abandoned)


@access_pattern
def renew(job_id: JobId, lease: str, until: datetime) -> Patch[Job]:
    """Renews the lease: the heartbeat of a worker."""
    return _if_leased(job_id, lease).set(lease_until=until)


@access_pattern
def record_progress(
    job_id: JobId, lease: str, until: datetime, done: int, total: int | None
) -> Patch[Job]:
    """Renews the lease and records how many posts or lines are done."""
    return _if_leased(job_id, lease).set(lease_until=until, done=done, total=total)


@access_pattern
def complete_line(
    line: JobLine, lease: str, until: datetime, position: str, existing: int, failed: int
) -> Transaction[None]:
    """Records the outcome of an import's line, in the transaction that writes the line's item.

    `existing` and `failed` are 1 for a line of that outcome, and 0 otherwise. Progress resets
    `attempts` to 1.
    """
    job = _if_leased(line.job_id, lease).set(lease_until=until, position=position, attempts=1)
    return transaction(job.add(done=1, existing=existing, failed=failed), create_item(line))


@access_pattern
def checkpoint(job_id: JobId, lease: str, position: str, work_object: str, done: int) -> Patch[Job]:
    """Stores a checkpoint of an export: the object with the lines so far, and where to continue."""
    return _if_leased(job_id, lease).set(position=position, work_object=work_object, done=done)


@access_pattern
def release(job_id: JobId, lease: str, attempts: int) -> Patch[Job]:
    """Releases the lease and queues the job for the next worker."""
    patch = _if_leased(job_id, lease).set(status=JobStatus.QUEUED, attempts=attempts)
    return patch.unset("lease", "lease_until")


@access_pattern
def finish(
    job_id: JobId,
    lease: str,
    status: JobStatus,
    reason: str,
    result: str | None,
    total: int | None,
    now: datetime,
    until: datetime,
) -> Patch[Job]:
    """Ends a job as succeeded or failed; its TTL deletes it after it has expired."""
    patch = _if_leased(job_id, lease).set(status=status, reason=reason, result=result, total=total)
    patch = patch.set(finished_at=now, expires_at=until)
    return patch.unset("lease", "lease_until")
