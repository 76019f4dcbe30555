"""Every setting, its default and its meaning: the only place that names an environment variable.

docs/settings.md is made from it. What contradicts what is in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import SettingsConfigDict

from app.settings.about import About, Url
from app.settings.guards import GuardSettings
from app.settings.idempotency import IdempotencySettings
from app.settings.media import MediaSettings
from app.settings.problems import SettingsError
from app.settings.rules import LOCAL_CURSOR_SECRET, LOCAL_TOKEN, broken_rules

Stage = Literal["local", "dev", "stage", "prod"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
TableName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_.-]{3,255})?$")]

LOCAL_REGION = "us-east-1"


def _local_region(data: dict[str, Any]) -> str:
    return LOCAL_REGION if data.get("app_env") == "local" else ""


def _local_cursor_secret(data: dict[str, Any]) -> SecretStr:
    return SecretStr(LOCAL_CURSOR_SECRET if data.get("app_env") == "local" else "")


def _local_token(data: dict[str, Any]) -> SecretStr:
    return SecretStr(LOCAL_TOKEN if data.get("app_env") == "local" else "")


def _older_table_name(data: dict[str, Any]) -> str:
    return data.get("posts_table") or data.get("categories_table") or ""


class Settings(GuardSettings, MediaSettings, IdempotencySettings):
    """A `Settings` that exists is complete and free of contradictions."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    app_env: Annotated[
        Stage,
        About("The stage. Only `local` opens the development token and the fixed local secrets."),
    ] = "prod"
    use_dynamo: Annotated[
        bool, About("Kept from older set-ups; the app has no other store, so `0` is refused.")
    ] = True
    dynamodb_endpoint: Annotated[
        Url, About("DynamoDB's URL, for DynamoDB Local; empty: AWS.", default="AWS")
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
    aws_region: Annotated[
        str,
        About(
            "The region of table and bucket; Lambda sets it.",
            required="unless `APP_ENV=local`",
            default=f"`{LOCAL_REGION}` if local",
        ),
    ] = Field(
        default_factory=_local_region,
        validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION"),
    )
    aws_connect_timeout_seconds: Annotated[
        float, About("Seconds to wait for a connection to AWS."), Field(gt=0, le=30)
    ] = 2.0
    aws_read_timeout_seconds: Annotated[
        float, About("Seconds to wait for an answer of AWS."), Field(gt=0, le=60)
    ] = 5.0
    aws_max_attempts: Annotated[
        int, About("Attempts at one AWS request, the first included."), Field(ge=1, le=10)
    ] = 3
    cursor_secret: Annotated[
        SecretStr,
        About(
            "Signs page cursors: at least 32 characters, the same on every instance.",
            required="unless `APP_ENV=local`",
            default="fixed if local",
            secret=True,
        ),
    ] = Field(default_factory=_local_cursor_secret)
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
    s3_endpoint: Annotated[Url, About("S3's URL, for a local S3; empty: AWS.", default="AWS")] = ""
    s3_presign_seconds: Annotated[
        int, About("Seconds for which a presigned URL is good."), Field(ge=1, le=3600)
    ] = 300
    max_body_bytes: Annotated[
        int, About("Largest request body in bytes."), Field(ge=1024, le=6 * 1024 * 1024)
    ] = 1024 * 1024
    log_level: Annotated[Level, About("From which level the app logs.")] = "INFO"
    api_docs: Annotated[bool, About("Whether `/docs` and `/openapi.json` are served.")] = True

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if problems := tuple(broken_rules(self)):
            raise SettingsError(problems)
        return self

    @property
    def is_local(self) -> bool:
        return self.app_env == "local"
