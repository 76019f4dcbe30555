"""Every setting, its default and its meaning: the only place that names an environment variable.

docs/settings.md is made from it. What contradicts what is in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import SettingsConfigDict

from app.settings.about import About, Url
from app.settings.aws import AwsSettings
from app.settings.events import EventSettings
from app.settings.guards import GuardSettings
from app.settings.idempotency import IdempotencySettings
from app.settings.jobs import JobSettings
from app.settings.limits import LimitSettings
from app.settings.media import MediaSettings
from app.settings.observing import ObservingSettings
from app.settings.problems import SettingsError
from app.settings.rules import broken_rules
from app.settings.secret_rules import LOCAL_CURSOR_SECRET, LOCAL_TOKEN

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
