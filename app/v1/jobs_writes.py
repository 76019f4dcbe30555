"""Asking for exports and imports: they are done by a worker, after the answer."""

from __future__ import annotations

from fastapi import Depends, Response

from access_patterns import jobs as asked
from app.auth.guard import KnownCaller
from app.clock import Now
from app.http.documented import carrying, problems
from app.http.envelope import Envelope, ok
from app.http.refusals import Conflict, NotConfigured, NotFound
from app.http.ulids import JOB
from app.idempotency.once import Once
from app.routers import write_router
from app.v1.jobs_access import Desk, OnJobs, StartedJob
from app.v1.jobs_schemas import ImportIn, JobOut, JobUploadOut, shown, upload_out
from model import JobId, UserId

router = write_router("/v1/jobs", "jobs")


@router.post(
    "/exports",
    status_code=202,
    summary="Export all posts",
    dependencies=[Depends(OnJobs("jobs.export"))],
    responses={202: carrying("Location"), **problems(NotConfigured)},
)
def export(caller: KnownCaller, desk: Desk, response: Response, now: Now) -> Envelope[JobOut]:
    """Begins to write every post, in whatever state, as a line of NDJSON."""
    job = desk.begin_export(UserId(caller.subject), now)
    response.headers["Location"] = _path(job.job_id)
    return ok(shown(job))


@router.post(
    "/imports",
    status_code=201,
    summary="Announce an import",
    dependencies=[Depends(OnJobs("jobs.import"))],
    responses={201: carrying("Location"), **problems(NotConfigured)},
)
def announce(
    wanted: ImportIn, caller: KnownCaller, desk: Desk, once: Once, response: Response, now: Now
) -> Envelope[JobUploadOut]:
    """Where the lines go, in exactly this size. Start the job once they are there."""
    planned, upload = desk.planned_import(wanted.size, UserId(caller.subject), now)
    response.headers["Location"] = _path(planned.job_id)
    return once(
        lambda repository: repository.write(asked.create(planned)),
        lambda job: ok(upload_out(job, upload)),
    )


@router.post(
    f"{JOB}/start",
    status_code=202,
    summary="Start a job",
    responses={202: carrying("Location"), **problems(NotFound, Conflict, NotConfigured)},
)
def start(job: StartedJob, desk: Desk, response: Response, now: Now) -> Envelope[JobOut]:
    """Begins an import whose lines are there, and goes on with a job that waits, failed or lost
    its worker. Lines that are finished are not done again."""
    response.headers["Location"] = _path(job.job_id)
    return ok(shown(desk.start(job, now)))


def _path(job_id: JobId) -> str:
    return f"{router.prefix}/{job_id}"
