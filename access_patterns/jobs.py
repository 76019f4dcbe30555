"""Questions about jobs, and the steps of their life. Expired ones are never answered.

Whoever works on a job holds its lease. Every write of a worker demands it, so that one whose
lease another took writes nothing more.
"""

from __future__ import annotations

from datetime import datetime

from model import Job, JobId, JobLine, JobStatus
from singletable import (
    Create,
    Get,
    Patch,
    Query,
    Transaction,
    access_pattern,
    attr,
    create,
    transaction,
)

LEASE_LOST = "the lease of the job is another's"
NOT_TO_START = "the job is under way or done"


def _leased(job_id: JobId, lease: str) -> Patch[Job]:
    held = attr("lease").equals(lease)
    return Job.key.patch(job_id=job_id).when(held, otherwise=LEASE_LOST)


@access_pattern
def by_id(job_id: JobId) -> Get[Job]:
    """A job, in whatever state."""
    return Job.key.get(job_id=job_id).unexpired()


@access_pattern
def newest() -> Query[Job]:
    """Jobs of all kinds and states, newest first."""
    return Job.newest.query().newest_first().unexpired()


@access_pattern
def lines(job_id: JobId) -> Query[JobLine]:
    """What became of an import's lines, in their order."""
    return JobLine.key.query(job_id=job_id)


@access_pattern
def announce(job: Job) -> Create[Job]:
    """Makes a job. The queue is told afterwards, so that no message is about nothing."""
    return create(job)


@access_pattern
def begin(job_id: JobId, material: str) -> Patch[Job]:
    """Has an import begun whose upload is there, once."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.QUEUED, material=material, reason="")
    patch = patch.remove("expires_at")
    return patch.when(attr("status").equals(JobStatus.WAITING), otherwise=NOT_TO_START)


@access_pattern
def enqueue(job_id: JobId, now: datetime) -> Patch[Job]:
    """Has a job begun or gone on with: one that waits, failed, or lost message or worker."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.QUEUED, attempts=0, reason="")
    idle = attr("status").is_in(JobStatus.WAITING, JobStatus.QUEUED, JobStatus.FAILED)
    left = attr("status").equals(JobStatus.RUNNING) & attr("lease_until").less_than(now)
    patch = patch.remove("lease", "lease_until", "result", "finished_at", "expires_at")
    return patch.when(idle | left, otherwise=NOT_TO_START)


@access_pattern
def set_aside(job_id: JobId, reason: str, until: datetime) -> Patch[Job]:
    """Lets a job wait that the queue did not take."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.WAITING, reason=reason)
    return patch.set(expires_at=until).when(attr("status").equals(JobStatus.QUEUED))


@access_pattern
def take(job_id: JobId, lease: str, now: datetime, until: datetime) -> Patch[Job]:
    """Begins to work on a job that is queued, or whose worker let its lease run out."""
    patch = Job.key.patch(job_id=job_id).set(status=JobStatus.RUNNING, lease=lease)
    patch = patch.set(lease_until=until).set_if_absent(started_at=now).add(attempts=1)
    left = attr("status").equals(JobStatus.RUNNING) & attr("lease_until").less_than(now)
    return patch.when(attr("status").equals(JobStatus.QUEUED) | left)


@access_pattern
def progress(
    job_id: JobId, lease: str, until: datetime, done: int, total: int | None
) -> Patch[Job]:
    """Renews the lease, and says how far the work is."""
    return _leased(job_id, lease).set(lease_until=until, done=done, total=total)


@access_pattern
def advance(
    line: JobLine, lease: str, until: datetime, place: str, existing: int, failed: int
) -> Transaction[None]:
    """Finishes a line of an import, in the transaction of what the line does: once or not at all.

    `existing` and `failed` are 1 for a line of that outcome, and 0 otherwise. Who gets on is at
    the first attempt again.
    """
    job = _leased(line.job_id, lease).set(lease_until=until, place=place, attempts=1)
    return transaction(job.add(done=1, existing=existing, failed=failed), create(line))


@access_pattern
def keep(job_id: JobId, lease: str, place: str, material: str, done: int) -> Patch[Job]:
    """Says where the lines so far of an export are, and up to where they reach."""
    return _leased(job_id, lease).set(place=place, material=material, done=done)


@access_pattern
def give_back(job_id: JobId, lease: str, attempts: int) -> Patch[Job]:
    """Leaves a job to the next worker, at once."""
    patch = _leased(job_id, lease).set(status=JobStatus.QUEUED, attempts=attempts)
    return patch.remove("lease", "lease_until")


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
    """Ends a job, with or without success; DynamoDB deletes it after it has expired."""
    patch = _leased(job_id, lease).set(status=status, reason=reason, result=result, total=total)
    patch = patch.set(finished_at=now, expires_at=until)
    return patch.remove("lease", "lease_until")
