"""Jobs for those who wait for them: how far they are, and what came of them."""

from __future__ import annotations

from fastapi import Depends

from access_patterns import jobs as asked
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import Conflict, InvalidCursor, NotConfigured, NotFound
from app.http.ulids import JOB
from app.jobs import requesting
from app.routers import private_read_router
from app.v1.jobs_access import OnJobs, ReadJob, Results
from app.v1.jobs_schemas import JobOut, shown
from app.v1.media_schemas import DownloadOut, download_out
from app.wiring import Stored

router = private_read_router("/v1/jobs", "jobs")


@router.get(
    "",
    summary="All jobs",
    dependencies=[Depends(OnJobs("jobs.list"))],
    responses=problems(InvalidCursor),
)
def newest(repository: Stored, paging: Paging) -> Envelope[PageOut[JobOut]]:
    """Exports and imports in whatever state, newest first."""
    page = repository.fetch(asked.newest().page(paging.limit, paging.cursor))
    return ok(PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))


@router.get(JOB, summary="A job", responses=problems(NotFound))
def by_id(job: ReadJob) -> Envelope[JobOut]:
    """How far it is. Ask again until it succeeded or failed."""
    return ok(shown(job))


@router.get(
    f"{JOB}/result",
    summary="Where a job's result can be had",
    responses=problems(NotFound, Conflict, NotConfigured),
)
def result(job: ReadJob, objects: Results) -> Envelope[DownloadOut]:
    """A URL in the bucket that is good for a short while: the posts of an export, the report of
    an import. Both are NDJSON."""
    return ok(download_out(requesting.result_of(objects, job)))
