"""Settings of the way to AWS: all that is needed before a secret can be read there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.settings.base import About, Url

EmulatorHosts = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9_-]{0,62}(\.docker\.internal)?"
        r"(,[a-z][a-z0-9_-]{0,62}(\.docker\.internal)?)*$"
    ),
]


Stage = Literal["local", "dev", "stage", "prod"]


LOCAL_REGION = "us-east-1"


def _local_region(data: dict[str, Any]) -> str:
    return LOCAL_REGION if data.get("app_env") == "local" else ""


class AwsSettings(BaseSettings):
    """The part of `Settings` that AWS clients are made of. Good by itself, too."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    app_env: Annotated[
        Stage,
        About(
            "The stage. Only `local` opens the development token and the fixed local secrets; it"
            " asks emulators alone, and does not start on AWS."
        ),
    ] = "prod"
    emulator_hosts: Annotated[
        EmulatorHosts,
        About(
            "Hosts, separated by commas, that a local stage may ask beside loopback addresses:"
            " services of `docker compose` by their names, without dots."
        ),
    ] = "host.docker.internal"
    aws_sam_local: Annotated[bool, About("Set by `sam local`: its Lambda is this machine.")] = False
    aws_execution_env: Annotated[
        str,
        About("Set by AWS where it runs programs; there a stage named `local` is refused."),
    ] = Field(
        default="", validation_alias=AliasChoices("AWS_EXECUTION_ENV", "AWS_LAMBDA_RUNTIME_API")
    )
    aws_container: Annotated[
        str,
        About("Set by AWS in its containers; there a stage named `local` is refused."),
    ] = Field(
        default="",
        validation_alias=AliasChoices(
            "ECS_CONTAINER_METADATA_URI_V4",
            "ECS_CONTAINER_METADATA_URI",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ),
    )
    aws_region: Annotated[
        str,
        About(
            "The region of table, bucket and secrets; Lambda sets it.",
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
    secretsmanager_endpoint: Annotated[
        Url,
        About(
            "Secrets Manager's URL, for a local one; empty: AWS.",
            required="for its references if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
    ssm_endpoint: Annotated[
        Url,
        About(
            "Parameter Store's URL, for a local one; empty: AWS.",
            required="for its references if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
    secret_cache_seconds: Annotated[
        float,
        About(
            "Seconds for which a secret that was read from AWS is used before it is read again;"
            " `COGNITO_CLIENT_SECRET` alone may change while the app runs."
        ),
        Field(ge=10, le=24 * 3600),
    ] = 300.0

    @property
    def is_local(self) -> bool:
        return self.app_env == "local"
