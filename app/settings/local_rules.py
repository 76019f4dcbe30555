"""What keeps a local stage away from AWS: everyone knows its token, an administrator's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.settings.emulators import is_emulator, is_local_redis
from app.settings.problems import Problem

if TYPE_CHECKING:
    from app.settings.fields import Settings

_EMULATOR = (
    "Set an emulator's address, at a loopback address or a host that EMULATOR_HOSTS names; or set"
    " APP_ENV to dev, stage or prod"
)


def broken_local_rules(settings: Settings) -> Iterator[Problem]:
    if not settings.is_local:
        return
    yield from _runtime(settings)
    yield from _endpoints(settings)
    if settings.media_bucket.startswith("arn:"):
        yield Problem(
            ("MEDIA_BUCKET", "APP_ENV"),
            "the ARN of an access point leads to AWS, whatever the endpoint, and APP_ENV is local",
            "Set the name of the emulator's bucket",
        )
    if settings.redis_url and not is_local_redis(settings.redis_url, settings.emulator_hosts):
        yield elsewhere("REDIS_URL")


def missing_endpoint(name: str) -> Problem:
    return Problem(
        (name, "APP_ENV"), "missing, and APP_ENV is local: AWS itself would be asked", _EMULATOR
    )


def elsewhere(name: str) -> Problem:
    return Problem((name, "APP_ENV"), "no emulator's address, and APP_ENV is local", _EMULATOR)


def _runtime(settings: Settings) -> Iterator[Problem]:
    """`sam local` runs a container that looks like Lambda's, on the machine of its user."""
    on_lambda = settings.aws_lambda_function_name or settings.aws_execution_env
    if settings.aws_container or (on_lambda and not settings.aws_sam_local):
        yield Problem(
            ("APP_ENV",),
            "it is local on AWS (Lambda or a container of its own): everyone knows the local token",
            "Set APP_ENV to dev, stage or prod",
        )


def _endpoints(settings: Settings) -> Iterator[Problem]:
    for name, url, is_used in _asked(settings):
        if url and not is_emulator(url, settings.emulator_hosts):
            yield elsewhere(name)
        elif is_used and not url:
            yield missing_endpoint(name)


def _asked(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Each address that may be asked, and whether something is there that asks it."""
    pool, queue = bool(settings.cognito_user_pool_id), bool(settings.jobs_queue_url)
    yield "DYNAMODB_ENDPOINT", settings.dynamodb_endpoint, True
    yield "COGNITO_ENDPOINT", settings.cognito_endpoint, pool
    yield "COGNITO_JWKS_URL", settings.cognito_jwks_url, pool
    yield "S3_ENDPOINT", settings.s3_endpoint, bool(settings.media_bucket)
    yield "SQS_ENDPOINT", settings.sqs_endpoint, queue
    yield "JOBS_QUEUE_URL", settings.jobs_queue_url, queue
    yield "SNS_ENDPOINT", settings.sns_endpoint, bool(settings.events_topic_arn)
    yield "SECRETSMANAGER_ENDPOINT", settings.secretsmanager_endpoint, False
    yield "SSM_ENDPOINT", settings.ssm_endpoint, False
