"""Background jobs: exports and imports of a stage."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import JobKey, UserKey
from model.media import MAX_OBJECT_SIZE
from model.table import blog, gsi2, primary
from singletable import TTL, Entity

ObjectKey = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0)]


FORMER = {"draft": "material", "work_object": "material", "position": "place"}


class JobKind(StrEnum):
    """What a job does."""

    EXPORT = "export"
    IMPORT = "import"


class JobStatus(StrEnum):
    """State of a job. A job that succeeded may have refused lines: `failed` counts them."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Entity, table=blog, renamed=FORMER):
    """A job with its progress, its checkpoint and the lease of its worker.

    `done` counts finished lines, each processed exactly once. `work_object` is the S3 key that
    the work continues with, from `position`: the upload of an import, or the lines exported so
    far. The worker whose token is `lease` works on the job until `lease_until`; `attempts` counts
    leases since the last progress. `existing` and `failed` count the lines of an import that
    created no post. A job that is never started expires, and a finished one some weeks later.
    """

    job_id: JobKey
    kind: JobKind = Field(examples=["import", "export"])
    requested_by: UserKey
    status: JobStatus = JobStatus.WAITING
    reason: Annotated[str, Field(max_length=500)] = ""
    size: Annotated[int | None, Field(ge=1, le=MAX_OBJECT_SIZE)] = Field(
        default=None, examples=[52_100]
    )
    object_name: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] = Field(
        examples=["0f9a1c2b3d4e5f60718293a4b5c6d7e8f9012345"]
    )
    done: Count = 0
    total: Count | None = None
    existing: Count = 0
    failed: Count = 0
    position: Annotated[str, Field(max_length=5000)] = Field(
        default="", serialization_alias="place"
    )
    work_object: ObjectKey | None = Field(default=None, serialization_alias="material")
    result: ObjectKey | None = None
    lease: str | None = None
    lease_until: AwareDatetime | None = None
    attempts: Count = 0
    created_at: AwareDatetime
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    expires_at: Annotated[datetime | None, TTL] = None

    key = primary.key("JOB#{job_id}", "JOB")
    newest = gsi2.key("JOBS", "{created_at}#{job_id}")
