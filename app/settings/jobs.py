"""Settings of exports and imports."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from pydantic_settings import BaseSettings

from app.settings.about import About, Url
from app.settings.media import MIB

QueueUrl = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s?#@]+)?$")]


class JobSettings(BaseSettings):
    """The part of `Settings` that says who does the work, and for how long."""

    jobs_queue_url: Annotated[
        QueueUrl, About("The queue of jobs; empty: no exports, no imports.", default="none")
    ] = ""
    sqs_endpoint: Annotated[
        Url,
        About(
            "SQS's URL, for a local SQS; empty: AWS.",
            required="with `JOBS_QUEUE_URL` if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
    import_max_bytes: Annotated[
        int,
        About("Largest upload of an import in bytes; S3 copies no more at once than 5 GiB."),
        Field(ge=1, le=5 * 1024 * MIB),
    ] = 256 * MIB
    jobs_waiting_seconds: Annotated[
        int,
        About(
            "Seconds after which a job that nobody started is forgotten; at least"
            " `S3_PRESIGN_SECONDS`."
        ),
        Field(ge=1, le=7 * 24 * 3600),
    ] = 24 * 3600
    jobs_keep_days: Annotated[
        int,
        About("Days after its end at which a job is forgotten."),
        Field(ge=1, le=365),
    ] = 30
    jobs_lease_seconds: Annotated[
        int,
        About(
            "Seconds after which another worker takes over from one that shows no progress; more"
            " than all attempts at one AWS request may take."
        ),
        Field(ge=1, le=900),
    ] = 60
    jobs_most_attempts: Annotated[
        int,
        About(
            "Workers that may begin a job, or a part of it, until it fails; fewer than the queue's"
            " `maxReceiveCount`."
        ),
        Field(ge=1, le=100),
    ] = 3
