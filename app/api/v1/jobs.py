"""Exports and imports: requested here, done by a worker after the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import Field
from starlette.convertors import StringConvertor, register_url_convertor

from access_patterns import jobs as asked
from app.api.guards.permission import Allowed, KnownCaller, Loaded
from app.api.guards.routes import private_router
from app.api.kit.answers import Envelope
from app.api.kit.container import NowDep, RepositoryDep, container_of, repository_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import CREATED, carrying, problems
from app.api.kit.requests import PageOut, Paging
from app.api.v1.media import Objects
from app.core.context import asks
from app.core.problems import Conflict, NotConfigured, require_found
from app.core.wire import In, Out, like
from app.services import jobs
from app.services.jobs import JobService
from app.services.objects import DownloadOut, TransferOut
from app.services.policy import ResourceKind
from app.services.uploads import Size
from model import Job, JobId, JobKey, JobKind, JobStatus, UserId

JOBS: ResourceKind[Job] = ResourceKind("job")


class JobConvertor(StringConvertor):
    """Takes no word of another path; whether it is an identity, a type checks."""

    regex = "(?!(?:exports|imports)$)[^/]+"


register_url_convertor("job", JobConvertor())


router = private_router("/v1/jobs", "jobs")


class ImportIn(In):
    """Lines that are going to be uploaded: NDJSON, an item a line."""

    size: Size


class ProgressOut(Out):
    """Lines of an import or of an export. Those up to `done` are finished."""

    done: int = Field(examples=[120])
    total: int | None = Field(
        examples=[480],
        description="Null until it is known; of an export an estimate until its end.",
    )
    imported: int = Field(examples=[117], description="Lines that made an item; 0 for exports.")
    existing: int = Field(examples=[1], description="Lines whose item was there already.")
    failed: int = Field(examples=[2], description="Lines that were refused; the report says why.")


class JobOut(Out):
    model_config = like(Job, reason="given up after 3 attempts: StorageUnavailable")

    job_id: JobId
    kind: JobKind
    status: JobStatus = Field(
        description="What succeeded may have refused lines: see `progress.failed`."
    )
    reason: str = Field(description="Why it failed, or waits; otherwise empty.")
    requested_by: UserId
    progress: ProgressOut
    has_result: bool = Field(description="Whether `/result` has the lines, or the report.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None = Field(
        description="When it is forgotten; null while it is queued or running."
    )


class JobUploadOut(Out):
    """A job that waits for its lines, and where they go."""

    job: JobOut
    upload: TransferOut


def shown(job: Job) -> JobOut:
    """Of an import, the lines that made an item are those that neither existed nor failed."""
    made = job.done - job.existing - job.failed if job.kind is JobKind.IMPORT else 0
    progress = {**job.model_dump(include=set(ProgressOut.model_fields)), "imported": made}
    known = job.model_dump(include=set(JobOut.model_fields))
    return JobOut(**known, progress=ProgressOut(**progress), has_result=job.result is not None)


@asks(asked.by_id)
def load_job(job_id: JobKey, repository: RepositoryDep) -> Job:
    return require_found(repository.fetch(asked.by_id(job_id).consistent()), "the job")


async def _service(request: Request) -> JobService:
    """What it writes is noted as the request's. Raises `NotConfigured`: says what is missing."""
    container = container_of(request)
    queue, objects = container.queue, container.objects
    if queue is None or objects is None:
        parts = {"JOBS_QUEUE_URL": queue, "MEDIA_BUCKET": objects}
        missing = [name for name, part in parts.items() if part is None]
        raise NotConfigured(settings=", ".join(missing))
    return JobService(repository_of(request), objects, queue, container.settings)


JobServiceDep = Annotated[JobService, Depends(_service)]
ReadJob = Annotated[Job, Depends(Loaded(JOBS, "jobs.read", load_job))]
StartedJob = Annotated[Job, Depends(Loaded(JOBS, "jobs.start", load_job))]
CancelledJob = Annotated[Job, Depends(Loaded(JOBS, "jobs.cancel", load_job))]


@router.get("", summary="All jobs", dependencies=[Depends(Allowed("jobs.list", JOBS))])
@asks(asked.newest)
def list_jobs(paging: Paging) -> Envelope[PageOut[JobOut]]:
    """Exports and imports in whatever state, newest first."""
    return paging.load(asked.newest(), shown)


@router.get("/{job_id:job}", summary="A job")
def get_job(job: ReadJob) -> Envelope[JobOut]:
    """How far it is. Ask again until it has ended."""
    return Envelope(data=shown(job))


@router.get(
    "/{job_id:job}/result", summary="Where a job's result can be had", responses=problems(Conflict)
)
def download_job_result(job: ReadJob, objects: Objects) -> Envelope[DownloadOut]:
    """A URL in the bucket that is good for a short while: the lines of an export, the report of
    an import. Both are NDJSON."""
    return Envelope(data=jobs.presign_result(objects, job))


@router.post(
    "/exports",
    status_code=202,
    summary="Export the stage",
    dependencies=[Depends(Allowed("jobs.export", JOBS))],
    responses={202: carrying("Location")},
)
@asks(asked.create, asked.defer)
def create_export(
    caller: KnownCaller, service: JobServiceDep, response: Response, now: NowDep
) -> Envelope[JobOut]:
    """Begins to write a line of NDJSON for each category, file and post, in whatever state."""
    job = service.begin_export(UserId(caller.subject), now)
    response.headers["Location"] = _path(job.job_id)
    return Envelope(data=shown(job))


@router.post(
    "/imports",
    status_code=201,
    summary="Announce an import",
    dependencies=[Depends(Allowed("jobs.import", JOBS))],
    responses=CREATED,
)
@asks(asked.create)
def create_import(
    wanted: ImportIn,
    caller: KnownCaller,
    service: JobServiceDep,
    once: Idempotent,
    response: Response,
    now: NowDep,
) -> Envelope[JobUploadOut]:
    """Where the lines go, in exactly this size. Start the job once they are there."""
    planned, upload = service.planned_import(wanted.size, UserId(caller.subject), now)
    response.headers["Location"] = _path(planned.job_id)
    return once(
        lambda repository: repository.write(asked.create(planned)),
        lambda job: Envelope(data=JobUploadOut(job=shown(job), upload=upload)),
    )


@router.post(
    "/{job_id:job}/start",
    status_code=202,
    summary="Start a job",
    responses={202: carrying("Location"), **problems(Conflict)},
)
@asks(asked.enqueue, asked.enqueue_import, asked.defer)
def start_job(
    job: StartedJob, service: JobServiceDep, response: Response, now: NowDep
) -> Envelope[JobOut]:
    """Begins an import whose lines are there, and goes on with a job that waits, failed or lost
    its worker. Lines that are finished are not done again."""
    response.headers["Location"] = _path(job.job_id)
    return Envelope(data=shown(service.start(job, now)))


@router.post("/{job_id:job}/cancel", summary="Cancel a job", responses=problems(Conflict))
@asks(asked.cancel)
def cancel_job(job: CancelledJob, service: JobServiceDep, now: NowDep) -> Envelope[JobOut]:
    """Ends a job that waits, is queued or is worked on: its worker stops at the next line or page.

    What was imported so far stays; `progress` says how much. There is no result.
    """
    return Envelope(data=shown(service.cancel(job, now)))


def _path(job_id: JobId) -> str:
    return f"{router.prefix}/{job_id}"
