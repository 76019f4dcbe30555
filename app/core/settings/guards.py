"""Settings of guards: the user pool, tokens, sessions, the policy, limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings

from app.core.settings.base import About, Url

SignInFlow = Literal["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"]


PoolId = Annotated[str, StringConstraints(pattern=r"^([a-z0-9-]{1,30}_[0-9A-Za-z]{1,64})?$")]


ClientId = Annotated[str, StringConstraints(pattern=r"^[\w+]{0,128}$")]


LongUrl = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s?#@]+)?$")]


Origins = Annotated[
    str, StringConstraints(pattern=r"^(https?://[^\s/?#@,]+(,https?://[^\s/?#@,]+)*)?$")
]


RedisUrl = Annotated[str, StringConstraints(pattern=r"^((rediss?|unix)://\S+)?$")]


DEVELOPMENT_BUNDLE = "opa/build"


LAYER_BUNDLE = "/opt/opa/bundle"


def _issuer(data: dict[str, Any]) -> str:
    """Where Amazon says that the pool's tokens come from."""
    pool: str = data.get("cognito_user_pool_id", "")
    region = pool.partition("_")[0]
    return f"https://cognito-idp.{region}.amazonaws.com/{pool}" if pool else ""


def _jwks_url(data: dict[str, Any]) -> str:
    issuer = data.get("cognito_issuer", "")
    return f"{issuer.rstrip('/')}/.well-known/jwks.json" if issuer else ""


def _bundle(data: dict[str, Any]) -> str:
    return LAYER_BUNDLE if data.get("aws_lambda_function_name") else DEVELOPMENT_BUNDLE


class GuardSettings(BaseSettings):
    """The part of `Settings` that says who may come in."""

    aws_lambda_function_name: Annotated[
        str,
        About(
            "Set by Lambda, where a stage named `local` is refused; in `sam local` it is not.",
            default="none",
        ),
    ] = ""
    cognito_user_pool_id: Annotated[
        PoolId,
        About(
            "The user pool. Without one, a local stage has no sign-in.",
            required="unless `APP_ENV=local`",
            default="none",
        ),
    ] = ""
    cognito_client_id: Annotated[
        ClientId,
        About("The pool's app client.", required="with `COGNITO_USER_POOL_ID`", default="none"),
    ] = ""
    cognito_client_secret: Annotated[
        SecretStr,
        About(
            "The app client's secret, if it has one.",
            default="none",
            secret=True,
            may_be_reference=True,
        ),
    ] = SecretStr("")
    cognito_endpoint: Annotated[
        Url,
        About(
            "Cognito's URL, for a local Cognito; empty: AWS.",
            required="with `COGNITO_USER_POOL_ID` if `APP_ENV=local`",
            default="AWS",
        ),
    ] = ""
    cognito_issuer: Annotated[
        LongUrl, About("`iss` of the tokens that are taken.", default="the pool's")
    ] = Field(default_factory=_issuer)
    cognito_jwks_url: Annotated[
        LongUrl,
        About(
            "Where the keys that sign tokens are; an emulator's if `APP_ENV=local`.",
            default="below the issuer",
        ),
    ] = Field(default_factory=_jwks_url)
    cognito_auth_flow: Annotated[
        SignInFlow,
        About("How passwords are shown to the pool; `ADMIN_NO_SRP_AUTH` is the older name."),
    ] = "ADMIN_USER_PASSWORD_AUTH"
    cognito_trust_api_gateway: Annotated[
        bool,
        About(
            "Take claims that an API Gateway authorizer verified from the Lambda event instead of"
            " verifying the `Authorization` header again; refused outside Lambda."
        ),
    ] = False
    token_leeway_seconds: Annotated[
        int, About("Seconds by which clocks may differ from the user pool's."), Field(ge=0, le=300)
    ] = 30
    session_seconds: Annotated[
        int,
        About("Seconds after a sign-in at which its session ends; no more than a refresh token's."),
        Field(ge=300, le=365 * 24 * 3600),
    ] = 30 * 24 * 3600
    session_cache_seconds: Annotated[
        float,
        About(
            "Seconds for which instances may take a session for open without asking again: so long"
            " may another process's revocation go unnoticed; 0: it asks each time."
        ),
        Field(ge=0, le=60),
    ] = 2.0
    allowed_origins: Annotated[
        Origins,
        About(
            "Origins, separated by commas, whose pages may ask and write with cookies; the"
            " API's own may.",
            default="none",
        ),
    ] = ""
    opa_bundle_path: Annotated[
        str,
        About(
            "The folder of `policy.wasm` and `data.json`.",
            default=f"`{DEVELOPMENT_BUNDLE}`, on Lambda `{LAYER_BUNDLE}`",
        ),
    ] = Field(default_factory=_bundle)
    redis_url: Annotated[
        RedisUrl,
        About(
            "Redis, where instances count together and share public answers and open sessions;"
            " empty: each counts for itself, and nothing is shared.",
            default="none",
            secret=True,
            may_be_reference=True,
        ),
        Field(repr=False),  # it may hold a password
    ] = ""
    sign_in_without_redis: Annotated[
        Literal["limited", "refused"],
        About(
            "What becomes of attempts at sign-in while the Redis at `REDIS_URL` does not answer:"
            " `limited`, each process counts for itself and admits a third; `refused`, none is"
            " admitted."
        ),
    ] = "limited"
    sign_in_attempts_per_minute: Annotated[
        int,
        About(
            "Attempts a minute at sign-in, sign-up and password routes: for one address of an"
            " account from one source; a source may make three times as many in all."
        ),
        Field(ge=1, le=100_000),
    ] = 10
