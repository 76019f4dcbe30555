"""Settings of the way to AWS: all that is needed before a secret can be read there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.settings.base import Url, endpoint, setting

Stage = Literal["local", "dev", "stage", "prod"]
EmulatorHosts = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9_-]{0,62}(\.docker\.internal)?"
        r"(,[a-z][a-z0-9_-]{0,62}(\.docker\.internal)?)*$"
    ),
]
LOCAL_REGION = "us-east-1"
DAY = 24 * 3600


def if_local(value: str) -> Callable[[dict[str, Any]], str]:
    return lambda data: value if data.get("app_env") == "local" else ""


class AwsSettings(BaseSettings):
    """The part of `Settings` that AWS clients are made of. Good by itself, too."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    app_env: Stage = setting(
        "prod",
        "The stage. Only `local` opens the development token and the fixed local secrets; it "
        "asks emulators alone, and does not start on AWS.",
    )
    emulator_hosts: EmulatorHosts = setting(
        "host.docker.internal",
        "Hosts, separated by commas, that a local stage may ask beside loopback addresses: "
        "services of `docker compose` by their names, without dots.",
    )
    aws_sam_local: bool = setting(False, "Set by `sam local`: its Lambda is this machine.")
    aws_execution_env: str = setting(
        "",
        "Set by AWS where it runs programs; there a stage named `local` is refused.",
        env=("AWS_EXECUTION_ENV", "AWS_LAMBDA_RUNTIME_API"),
    )
    aws_container: str = setting(
        "",
        "Set by AWS in its containers; there a stage named `local` is refused.",
        env=(
            "ECS_CONTAINER_METADATA_URI_V4",
            "ECS_CONTAINER_METADATA_URI",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ),
    )
    aws_region: str = setting(
        if_local(LOCAL_REGION),
        "The region of table, bucket and secrets; Lambda sets it.",
        required="unless `APP_ENV=local`",
        env=("AWS_REGION", "AWS_DEFAULT_REGION"),
        shown=f"`{LOCAL_REGION}` if local",
    )
    aws_connect_timeout_seconds: float = setting(
        2.0, "Seconds to wait for a connection to AWS.", within=(0.1, 30)
    )
    aws_read_timeout_seconds: float = setting(
        5.0, "Seconds to wait for an answer of AWS.", within=(0.1, 60)
    )
    aws_max_attempts: int = setting(
        3, "Attempts at one AWS request, the first included.", within=(1, 10)
    )
    secretsmanager_endpoint: Url = endpoint(
        "Secrets Manager", required="for its references if `APP_ENV=local`"
    )
    ssm_endpoint: Url = endpoint(
        "Parameter Store", required="for its references if `APP_ENV=local`"
    )
    secret_cache_seconds: float = setting(
        300.0,
        "Seconds for which a secret that was read from AWS is used before it is read again; "
        "`COGNITO_CLIENT_SECRET` alone may change while the app runs.",
        within=(10, DAY),
    )

    @property
    def is_local(self) -> bool:
        return self.app_env == "local"
