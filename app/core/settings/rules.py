"""Which settings are missing or contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.core.origins import parse_origins
from app.core.settings.base import SettingProblem, is_reference
from app.core.settings.safety import broken_local_rules, broken_secret_rules

if TYPE_CHECKING:
    from app.core.settings.fields import Settings


def broken_rules(settings: Settings) -> Iterator[SettingProblem]:
    """Every problem, so that one start shows them all."""
    yield from _store(settings)
    yield from _table(settings)
    yield from _region(settings)
    yield from broken_secret_rules(settings)
    yield from _development_token(settings)
    yield from broken_local_rules(settings)
    yield from _unread_references(settings)
    yield from broken_guard_rules(settings)
    yield from broken_media_rules(settings)
    yield from broken_job_rules(settings)
    yield from broken_observing_rules(settings)


def _store(settings: Settings) -> Iterator[SettingProblem]:
    if not settings.use_dynamo:
        yield SettingProblem(
            ("USE_DYNAMO",),
            "it is 0, and DynamoDB is the only store the app has",
            "Set it to 1, or leave it out; DYNAMODB_ENDPOINT points to a local DynamoDB",
        )


def _table(settings: Settings) -> Iterator[SettingProblem]:
    given = {
        "TABLE_NAME": settings.table_name,
        "POSTS_TABLE": settings.posts_table,
        "CATEGORIES_TABLE": settings.categories_table,
    }
    named = {name: table for name, table in given.items() if table}
    if not named:
        yield SettingProblem(("TABLE_NAME",), "missing", "Set it to the name of the DynamoDB table")
    elif len(set(named.values())) > 1:
        if "table_name" not in settings.model_fields_set:  # it only repeats an older name
            del named["TABLE_NAME"]
        yield SettingProblem(
            tuple(named),
            "they name different tables ("
            + ", ".join(f"{name}={table}" for name, table in named.items())
            + "), and everything is in one table",
            "Set TABLE_NAME alone",
        )


def _region(settings: Settings) -> Iterator[SettingProblem]:
    if not settings.aws_region:
        yield SettingProblem(
            ("AWS_REGION",), "missing", "Set it (or AWS_DEFAULT_REGION) to the table's region"
        )


def _development_token(settings: Settings) -> Iterator[SettingProblem]:
    if settings.admin_api_token.get_secret_value() and not settings.is_local:
        yield SettingProblem(
            ("ADMIN_API_TOKEN", "APP_ENV"),
            f"a development token is set, and APP_ENV is {settings.app_env}",
            "Remove the token; APP_ENV=local, on your machine, is the only stage that has one",
        )


def _unread_references(settings: Settings) -> Iterator[SettingProblem]:
    """Where a secret is kept, everyone may know: taken for the secret, it would open the app."""
    given = {
        "CURSOR_SECRET": settings.cursor_secret,
        "CURSOR_SECRET_PREVIOUS": settings.cursor_secret_previous,
        "COGNITO_CLIENT_SECRET": settings.cognito_client_secret,
    }
    for name, secret in given.items():
        if is_reference(secret.get_secret_value()):
            yield SettingProblem(
                (name,), "a reference that was not read", "Make the settings with `load_settings`"
            )


def broken_guard_rules(settings: Settings) -> Iterator[SettingProblem]:
    yield from _pool(settings)
    yield from _client(settings)
    yield from _plain_http(settings)
    yield from _gateway(settings)
    yield from _origins(settings)


def _pool(settings: Settings) -> Iterator[SettingProblem]:
    if not settings.cognito_user_pool_id and not settings.is_local:
        yield SettingProblem(
            ("COGNITO_USER_POOL_ID",),
            "missing: nobody could sign in",
            "Set it to the identity of the user pool",
        )


def _client(settings: Settings) -> Iterator[SettingProblem]:
    if settings.cognito_user_pool_id and not settings.cognito_client_id:
        yield SettingProblem(
            ("COGNITO_CLIENT_ID",),
            "missing: tokens of any client would have to be taken",
            "Set it to the identity of the user pool's app client",
        )


def _plain_http(settings: Settings) -> Iterator[SettingProblem]:
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
            yield SettingProblem(
                (name, "APP_ENV"),
                f"it is not https, and APP_ENV is {settings.app_env}",
                "Set an https address; APP_ENV=local, on your machine, takes http as well",
            )


def _gateway(settings: Settings) -> Iterator[SettingProblem]:
    if settings.cognito_trust_api_gateway and not settings.aws_lambda_function_name:
        yield SettingProblem(
            ("COGNITO_TRUST_API_GATEWAY",),
            "it is 1 outside Lambda, where no gateway stands before the app",
            "Leave it out; it is for Lambda behind an API Gateway with a Cognito authorizer",
        )


def _origins(settings: Settings) -> Iterator[SettingProblem]:
    try:
        parse_origins(settings.allowed_origins)
    except ValueError as error:
        yield SettingProblem(
            ("ALLOWED_ORIGINS",), str(error), "List origins such as https://example.com, by commas"
        )


def broken_job_rules(settings: Settings) -> Iterator[SettingProblem]:
    if settings.jobs_waiting_seconds < settings.s3_presign_seconds:
        yield SettingProblem(
            ("JOBS_WAITING_SECONDS", "S3_PRESIGN_SECONDS"),
            "an import would be forgotten while its URL is still good",
            "Set the first to no less than the second",
        )
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    if settings.jobs_queue_url and settings.jobs_lease_seconds <= 2 * attempt:
        yield SettingProblem(
            ("JOBS_LEASE_SECONDS", "AWS_CONNECT_TIMEOUT_SECONDS", "AWS_READ_TIMEOUT_SECONDS"),
            "a worker would lose its job over one answer of AWS that does not come",
            "Set the first to more than what two attempts may take",
        )


def broken_media_rules(settings: Settings) -> Iterator[SettingProblem]:
    if settings.media_pending_seconds < settings.s3_presign_seconds:
        yield SettingProblem(
            ("MEDIA_PENDING_SECONDS", "S3_PRESIGN_SECONDS"),
            "an upload would be forgotten while its URL is still good",
            "Set the first to no less than the second",
        )
    if settings.preview_max_seconds < settings.preview_seconds:
        yield SettingProblem(
            ("PREVIEW_MAX_SECONDS", "PREVIEW_SECONDS"),
            "a preview would be longer than the longest",
            "Set the first to no less than the second",
        )


def broken_observing_rules(settings: Settings) -> Iterator[SettingProblem]:
    if settings.metrics_namespace.startswith("AWS/"):
        yield SettingProblem(
            ("METRICS_NAMESPACE",),
            "namespaces that begin with AWS/ are Amazon's",
            "Name your own, such as the stack's",
        )
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    if settings.request_seconds <= attempt:
        yield SettingProblem(
            ("REQUEST_SECONDS", "AWS_CONNECT_TIMEOUT_SECONDS", "AWS_READ_TIMEOUT_SECONDS"),
            "a request may take no longer than one attempt at AWS, so none would be sent",
            "Set the first to more than the other two together",
        )
