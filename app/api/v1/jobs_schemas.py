"""Schemas of jobs."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from app.api.v1.media_schemas import TransferOut
from app.core.wire import In, Out
from app.services.objects import PresignedUpload
from model import Job, JobId, JobKind, JobStatus, UserId
from model.media import MAX_OBJECT_SIZE


class ImportIn(In):
    """Lines that are going to be uploaded: NDJSON, an item a line."""

    size: int = Field(
        strict=True,
        ge=1,
        le=MAX_OBJECT_SIZE,
        examples=[52_100],
        description="Bytes, exactly; the stage has a limit.",
    )


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
    job_id: JobId = Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RC"])
    kind: JobKind = Field(examples=[JobKind.IMPORT.value])
    status: JobStatus = Field(
        examples=[JobStatus.RUNNING.value],
        description="What succeeded may have refused lines: see `progress.failed`.",
    )
    reason: str = Field(
        examples=["given up after 3 attempts: StorageUnavailable"],
        description="Why it failed, or waits; otherwise empty.",
    )
    requested_by: UserId = Field(examples=["ada"])
    progress: ProgressOut
    has_result: bool = Field(
        examples=[False], description="Whether `/result` has the lines, or the report."
    )
    created_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    started_at: datetime | None = Field(examples=["2026-03-14T09:26:54Z"])
    finished_at: datetime | None = Field(examples=["2026-03-14T09:27:10Z"])
    expires_at: datetime | None = Field(
        examples=["2026-04-13T09:27:10Z"],
        description="When it is forgotten; null while it is queued or running.",
    )


class JobUploadOut(Out):
    """A job that waits for its lines, and where they go."""

    job: JobOut
    upload: TransferOut


def shown(job: Job) -> JobOut:
    return JobOut(
        **job.model_dump(include=_AS_IT_IS),
        progress=_progress(job),
        has_result=job.result is not None,
    )


_AS_IT_IS = {
    "job_id",
    "kind",
    "status",
    "reason",
    "requested_by",
    "created_at",
    "started_at",
    "finished_at",
    "expires_at",
}


def _progress(job: Job) -> ProgressOut:
    made = job.done - job.existing - job.failed if job.kind is JobKind.IMPORT else 0
    return ProgressOut(
        done=job.done,
        total=job.total,
        imported=made,
        existing=job.existing,
        failed=job.failed,
    )


def upload_out(job: Job, upload: PresignedUpload) -> JobUploadOut:
    return JobUploadOut(job=shown(job), upload=TransferOut.model_validate(upload))
