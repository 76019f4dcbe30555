"""Every setting with its default and its meaning. docs/settings.md is made from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.settings.aws import AwsSettings
from app.core.settings.base import About, SettingsError, Url
from app.core.settings.guards import GuardSettings
from app.core.settings.rules import broken_rules
from app.core.settings.safety import LOCAL_CURSOR_SECRET, LOCAL_TOKEN

TopicArn = Annotated[
    str,
    StringConstraints(pattern=r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[0-9A-Za-z_-]+(\.fifo)?)?$"),
]


class EventSettings(BaseSettings):
    """The part of `Settings` that says what is noted, and who is told."""

    audit_days: Annotated[
        int,
        About("Days after which an entry of the audit log is deleted; 0: never."),
        Field(ge=0, le=36_500),
    ] = 400
    events_topic_arn: Annotated[
        TopicArn,
        About(
            "The SNS topic that the relay sends events to; without one it does not start. The API"
            " writes them into its outbox in any case.",
            default="none",
        ),
    ] = ""
    sns_endpoint: Annotated[
        Url,
        About(
            "SNS's URL, for a local SNS; empty: AWS.",
            required="with `EVENTS_TOPIC_ARN` if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""


class IdempotencySettings(BaseSettings):
    """The part of `Settings` that says how long a repeated request is known."""

    idempotency_seconds: Annotated[
        int,
        About("Seconds for which a request with an `Idempotency-Key` is known, and its answer."),
        Field(ge=600, le=7 * 24 * 3600),
    ] = 24 * 3600
    idempotency_lock_seconds: Annotated[
        int,
        About(
            "Seconds after which an unanswered request with an `Idempotency-Key` counts as cut"
            " short, so that its repetition is carried out; longer than any request takes."
        ),
        Field(ge=30, le=600),
    ] = 60


class LimitSettings(BaseSettings):
    """The part of `Settings` that says how many requests are too many."""

    reads_per_minute: Annotated[
        int,
        About("Reads within any minute: of one caller, or of one source without credentials."),
        Field(ge=1, le=1_000_000),
    ] = 600
    writes_per_minute: Annotated[
        int,
        About(
            "Writes within any minute, likewise. Sign-in routes are counted apart, as many again,"
            " beside their attempts."
        ),
        Field(ge=1, le=1_000_000),
    ] = 120


QueueUrl = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s?#@]+)?$")]


MIB = 1024**2


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
            "Seconds after which another worker takes over from one that died; it is renewed three"
            " times as often, and longer than two attempts at one AWS request may take."
        ),
        Field(ge=1, le=900),
    ] = 15
    jobs_most_attempts: Annotated[
        int,
        About(
            "Workers that may begin a job, or a part of it, until it fails; fewer than the queue's"
            " `maxReceiveCount`."
        ),
        Field(ge=1, le=100),
    ] = 3


class MediaSettings(BaseSettings):
    """The part of `Settings` that says how large, and how long."""

    media_max_bytes: Annotated[
        int,
        About("Largest upload in bytes; S3 copies no more at once than 5 GiB."),
        Field(ge=1, le=5 * 1024 * MIB),
    ] = 25 * MIB
    media_pending_seconds: Annotated[
        int,
        About(
            "Seconds after which an upload that nobody completed is forgotten; at least"
            " `S3_PRESIGN_SECONDS`."
        ),
        Field(ge=1, le=24 * 3600),
    ] = 3600
    preview_seconds: Annotated[
        int,
        About(
            "Seconds for which a preview of a post is good, unless it is asked for less or more."
        ),
        Field(ge=1, le=30 * 24 * 3600),
    ] = 3600
    preview_max_seconds: Annotated[
        int,
        About("The longest that may be asked for a preview, in seconds."),
        Field(ge=1, le=30 * 24 * 3600),
    ] = 7 * 24 * 3600


MetricsForm = Literal["off", "emf"]


Namespace = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z./_#:-]{1,255}$")]


def _metrics(data: dict[str, Any]) -> MetricsForm:
    return "emf" if data.get("aws_lambda_function_name") else "off"


class ObservingSettings(BaseSettings):
    """The part of `Settings` that watches."""

    metrics: Annotated[
        MetricsForm,
        About(
            "`emf`: metrics as log lines that CloudWatch understands; `off`: none.",
            default="`off`, on Lambda `emf`",
        ),
    ] = Field(default_factory=_metrics)
    metrics_namespace: Annotated[
        Namespace, About("The CloudWatch namespace of the metrics, one for each deployment.")
    ] = "fm-web"
    request_seconds: Annotated[
        float,
        About(
            "Seconds that a request may take: nothing is sent to AWS whose answer could come"
            " later. On Lambda, the time that the invocation has left if that is less."
        ),
        Field(ge=1, le=900),
    ] = 28.0


Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


BasePath = Annotated[str, StringConstraints(pattern=r"^(/[0-9A-Za-z._~-]+)*$")]


TableName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_.-]{3,255})?$")]


def _local_cursor_secret(data: dict[str, Any]) -> SecretStr:
    return SecretStr(LOCAL_CURSOR_SECRET if data.get("app_env") == "local" else "")


def _local_token(data: dict[str, Any]) -> SecretStr:
    return SecretStr(LOCAL_TOKEN if data.get("app_env") == "local" else "")


def _older_table_name(data: dict[str, Any]) -> str:
    return data.get("posts_table") or data.get("categories_table") or ""


class Settings(
    ObservingSettings,
    LimitSettings,
    JobSettings,
    IdempotencySettings,
    EventSettings,
    GuardSettings,
    MediaSettings,
    AwsSettings,
):
    """A `Settings` that exists is complete and free of contradictions."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    use_dynamo: Annotated[
        bool, About("Kept from older set-ups; the app has no other store, so `0` is refused.")
    ] = True
    dynamodb_endpoint: Annotated[
        Url,
        About(
            "DynamoDB's URL, for DynamoDB Local; empty: AWS.",
            required="if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
    posts_table: Annotated[
        TableName, About("Older name of `TABLE_NAME`; has to agree with it.", default="none")
    ] = ""
    categories_table: Annotated[
        TableName, About("Older name of `TABLE_NAME`; has to agree with it.", default="none")
    ] = ""
    table_name: Annotated[
        TableName,
        About(
            "The table.",
            required="unless an older name gives it",
            default="`POSTS_TABLE`, `CATEGORIES_TABLE`",
        ),
    ] = Field(default_factory=_older_table_name)
    cursor_secret: Annotated[
        SecretStr,
        About(
            "Encrypts page cursors: at least 32 random characters, the same on every instance.",
            required="unless `APP_ENV=local`",
            default="fixed if local",
            secret=True,
            may_be_reference=True,
        ),
    ] = Field(default_factory=_local_cursor_secret)
    cursor_secret_previous: Annotated[
        SecretStr,
        About(
            "The secret before it, while it is replaced: cursors that it encrypted go on.",
            default="none",
            secret=True,
            may_be_reference=True,
        ),
    ] = SecretStr("")
    admin_api_token: Annotated[
        SecretStr,
        About(
            "The development token: an administrator's, refused outside `APP_ENV=local`.",
            default=f"`{LOCAL_TOKEN}` if local",
            secret=True,
        ),
    ] = Field(default_factory=_local_token)
    media_bucket: Annotated[
        str, About("The bucket of uploads; empty: no uploads.", default="none")
    ] = ""
    s3_endpoint: Annotated[
        Url,
        About(
            "S3's URL, for a local S3; empty: AWS.",
            required="with `MEDIA_BUCKET` if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
    s3_presign_seconds: Annotated[
        int, About("Seconds for which a presigned URL is good."), Field(ge=1, le=3600)
    ] = 300
    max_body_bytes: Annotated[
        int, About("Largest request body in bytes."), Field(ge=1024, le=6 * 1024 * 1024)
    ] = 1024 * 1024
    base_path: Annotated[
        BasePath,
        About(
            "What a gateway puts in front of every path: its stage (`/prod`), or the base path of"
            " a domain; requests without it are answered as well.",
            default="none",
        ),
    ] = ""
    log_level: Annotated[Level, About("From which level the app logs.")] = "INFO"
    api_docs: Annotated[bool, About("Whether `/docs` and `/openapi.json` are served.")] = True

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if problems := tuple(broken_rules(self)):
            raise SettingsError(problems)
        return self
