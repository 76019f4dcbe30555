"""What settings are made of: declarations, problems, origins; the way to AWS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo

Stage = Literal["local", "dev", "stage", "prod"]
URL = r"^(https?://[^\s/?#@]+/?)?$"
_EMULATOR_HOST = r"[a-z][a-z0-9_-]{0,62}(\.docker\.internal)?"
LOCAL_REGION = "us-east-1"
DAY = 24 * 3600


def setting(
    default: object,
    meaning: str,
    *,
    required: str = "",
    shown: str = "",
    secret: bool = False,
    reference: bool = False,
    env: tuple[str, ...] = (),
    within: tuple[float, float] | None = None,
    pattern: str | None = None,
) -> Any:
    """Declares a setting: `default` may be a function of the settings before it.

    `required` says when, and `shown` what the default is where it depends on others; `reference`:
    it may say where in AWS the value is kept; `env`: the variables, if not the field's name.
    """
    value = {"default_factory": default} if callable(default) else {"default": default}
    about: Any = {"required": required, "shown": shown, "secret": secret, "reference": reference}
    return Field(
        **cast("dict[str, Any]", value),
        description=meaning,
        repr=not secret,
        validation_alias=AliasChoices(*env) if env else None,
        json_schema_extra=about,
        ge=within[0] if within else None,
        le=within[1] if within else None,
        pattern=pattern,
    )


def endpoint(service: str, *, required: str) -> Any:
    meaning = f"{service}'s URL, for a local one; empty: AWS."
    return setting("", meaning, required=required, shown="AWS", pattern=URL)


def if_local(value: str) -> Callable[[dict[str, Any]], str]:
    return lambda data: value if data.get("app_env") == "local" else ""


def secret_if_local(value: str) -> Callable[[dict[str, Any]], SecretStr]:
    return lambda data: SecretStr(if_local(value)(data))


def by_runtime(on_lambda: str, elsewhere: str) -> Callable[[dict[str, Any]], str]:
    return lambda data: on_lambda if data.get("aws_lambda_function_name") else elsewhere


def pool_issuer(data: dict[str, Any]) -> str:
    """Where Amazon says that the pool's tokens come from."""
    pool: str = data.get("cognito_user_pool_id", "")
    region = pool.partition("_")[0]
    return f"https://cognito-idp.{region}.amazonaws.com/{pool}" if pool else ""


def pool_jwks_url(data: dict[str, Any]) -> str:
    issuer = data.get("cognito_issuer", "")
    return f"{issuer.rstrip('/')}/.well-known/jwks.json" if issuer else ""


def older_table_name(data: dict[str, Any]) -> str:
    return data.get("posts_table") or data.get("categories_table") or ""


class AwsSettings(BaseModel):
    """The part of `Settings` that is needed before a secret can be read in AWS."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, validate_default=True
    )

    app_env: Stage = setting(
        "prod",
        "The stage. Only `local` opens the development token and the fixed local secrets; it "
        "asks emulators alone, and does not start on AWS.",
    )
    emulator_hosts: str = setting(
        "host.docker.internal",
        "Hosts, separated by commas, that a local stage may ask beside loopback addresses: "
        "services of `docker compose` by their names, without dots.",
        pattern=rf"^{_EMULATOR_HOST}(,{_EMULATOR_HOST})*$",
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
    secretsmanager_endpoint: str = endpoint(
        "Secrets Manager", required="for its references if `APP_ENV=local`"
    )
    ssm_endpoint: str = endpoint(
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


@dataclass(frozen=True)
class SettingRow:
    """`names` has the preferred variable first; `default` is text to show."""

    names: tuple[str, ...]
    meaning: str
    default: str
    required: str
    secret: bool
    may_be_reference: bool


def row_of(name: str, field: FieldInfo) -> SettingRow:
    """What a declaration says, without its environment."""
    alias, about = field.validation_alias, cast("dict[str, Any]", field.json_schema_extra)
    names = alias.choices if isinstance(alias, AliasChoices) else [name.upper()]
    default = int(field.default) if isinstance(field.default, bool) else field.default
    return SettingRow(
        names=tuple(map(str, names)),
        meaning=field.description or "",
        default=about["shown"] or (f"`{default}`" if str(default) else "none"),
        required=about["required"],
        secret=about["secret"],
        may_be_reference=about["reference"],
    )


@dataclass(frozen=True)
class SettingProblem:
    """One missing or contradictory setting; `names` are environment variables."""

    names: tuple[str, ...]
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{', '.join(self.names)}: {self.says}. {self.remedy}."


class SettingsError(Exception):
    """The app refuses to start; lists every problem at once."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"The app cannot start with this configuration:{lines}")


DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]"
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_HOST})(?::(?P<port>[1-9][0-9]{{0,4}}))?")


def parse_origins(text: str) -> frozenset[str]:
    """Origins between commas, each in the one form in which they are compared.

    Raises `ValueError` for what no browser would send: a path, a user, letters beyond ASCII.
    """
    origins = {
        each.strip(): normalize_origin(each.strip()) for each in text.split(",") if each.strip()
    }
    if wrong := [each for each, origin in origins.items() if origin is None]:
        raise ValueError(f"not an origin (scheme://host[:port]): {', '.join(wrong)}")
    return frozenset(origin for origin in origins.values() if origin)


def parse_hosts(text: str) -> frozenset[str]:
    """Names of hosts between commas, without ports and brackets."""
    hosts = (urlsplit(f"//{each.strip()}").hostname for each in text.split(","))
    return frozenset(host for host in hosts if host)


def normalize_origin(text: str) -> str | None:
    """Lower case, without a port that goes without saying; None if it is not an origin."""
    if not text.isascii() or not (found := _ORIGIN.fullmatch(text.lower())):
        return None
    scheme, host, port = found["scheme"], found["host"], int(found["port"] or 0)
    if port > 65_535:
        return None
    return f"{scheme}://{host}" + (f":{port}" if port not in (0, DEFAULT_PORTS[scheme]) else "")
