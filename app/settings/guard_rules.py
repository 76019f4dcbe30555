"""Which settings of the guards are missing, contradict each other, or would open the app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.http.origins import parse_origins
from app.settings.problems import Problem

if TYPE_CHECKING:
    from app.settings.fields import Settings


def broken_guard_rules(settings: Settings) -> Iterator[Problem]:
    yield from _pool(settings)
    yield from _client(settings)
    yield from _plain_http(settings)
    yield from _gateway(settings)
    yield from _origins(settings)


def _pool(settings: Settings) -> Iterator[Problem]:
    if not settings.cognito_user_pool_id and not settings.is_local:
        yield Problem(
            ("COGNITO_USER_POOL_ID",),
            "missing: nobody could sign in",
            "Set it to the identity of the user pool",
        )


def _client(settings: Settings) -> Iterator[Problem]:
    if settings.cognito_user_pool_id and not settings.cognito_client_id:
        yield Problem(
            ("COGNITO_CLIENT_ID",),
            "missing: tokens of any client would have to be taken",
            "Set it to the identity of the user pool's app client",
        )


def _plain_http(settings: Settings) -> Iterator[Problem]:
    """Keys, passwords and cookies travel there."""
    if settings.is_local:
        return
    found = {
        "COGNITO_ISSUER": settings.cognito_issuer,
        "COGNITO_JWKS_URL": settings.cognito_jwks_url,
        "COGNITO_ENDPOINT": settings.cognito_endpoint,
        "DYNAMODB_ENDPOINT": settings.dynamodb_endpoint,
        "S3_ENDPOINT": settings.s3_endpoint,
        "SECRETSMANAGER_ENDPOINT": settings.secretsmanager_endpoint,
        "SSM_ENDPOINT": settings.ssm_endpoint,
        "ALLOWED_ORIGINS": settings.allowed_origins,
    }
    for name, value in found.items():
        if "http://" in value:
            yield Problem(
                (name, "APP_ENV"),
                f"it is not https, and APP_ENV is {settings.app_env}",
                "Set an https address; APP_ENV=local, on your machine, takes http as well",
            )


def _gateway(settings: Settings) -> Iterator[Problem]:
    if settings.cognito_trust_api_gateway and not settings.aws_lambda_function_name:
        yield Problem(
            ("COGNITO_TRUST_API_GATEWAY",),
            "it is 1 outside Lambda, where no gateway stands before the app",
            "Leave it out; it is for Lambda behind an API Gateway with a Cognito authorizer",
        )


def _origins(settings: Settings) -> Iterator[Problem]:
    try:
        parse_origins(settings.allowed_origins)
    except ValueError as error:
        yield Problem(
            ("ALLOWED_ORIGINS",), str(error), "List origins such as https://example.com, by commas"
        )
