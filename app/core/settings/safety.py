"""Keeps a local stage away from AWS, and refuses secrets that anyone could guess."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from math import log2
from typing import TYPE_CHECKING

from app.core.settings.base import SettingProblem

if TYPE_CHECKING:
    from app.core.settings.fields import Settings


_EMULATOR = (
    "Set an emulator's address, at a loopback address or a host that EMULATOR_HOSTS names; or set"
    " APP_ENV to dev, stage or prod"
)


def broken_local_rules(settings: Settings) -> Iterator[SettingProblem]:
    if not settings.is_local:
        return
    yield from _runtime(settings)
    yield from _endpoints(settings)
    if settings.media_bucket.startswith("arn:"):
        yield SettingProblem(
            ("MEDIA_BUCKET", "APP_ENV"),
            "the ARN of an access point leads to AWS, whatever the endpoint, and APP_ENV is local",
            "Set the name of the emulator's bucket",
        )
    if settings.redis_url and not is_local_redis(settings.redis_url, settings.emulator_hosts):
        yield elsewhere("REDIS_URL")


def missing_endpoint(name: str) -> SettingProblem:
    return SettingProblem(
        (name, "APP_ENV"), "missing, and APP_ENV is local: AWS itself would be asked", _EMULATOR
    )


def elsewhere(name: str) -> SettingProblem:
    return SettingProblem(
        (name, "APP_ENV"), "no emulator's address, and APP_ENV is local", _EMULATOR
    )


def _runtime(settings: Settings) -> Iterator[SettingProblem]:
    """`sam local` runs a container that looks like Lambda's, on the machine of its user."""
    on_lambda = settings.aws_lambda_function_name or settings.aws_execution_env
    if settings.aws_container or (on_lambda and not settings.aws_sam_local):
        yield SettingProblem(
            ("APP_ENV",),
            "it is local on AWS (Lambda or a container of its own): everyone knows the local token",
            "Set APP_ENV to dev, stage or prod",
        )


def _endpoints(settings: Settings) -> Iterator[SettingProblem]:
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


# Public on purpose: they open nothing but a stage that says it is `local`.
LOCAL_TOKEN = "local-dev-token"  # noqa: S105


LOCAL_CURSOR_SECRET = "cursors-of-a-local-stage-are-not-secret"  # noqa: S105


DOCUMENTED_SECRET = "only signs examples in the documentation"  # noqa: S105


SHORTEST_SECRET = 32


FEWEST_BITS = 64


FEWEST_CHARACTERS = 5


def broken_secret_rules(settings: Settings) -> Iterator[SettingProblem]:
    yield from _cursor_secret(settings)
    yield from _previous_cursor_secret(settings)
    yield from _client_secret(settings)


def estimate_bits(secret: str) -> float:
    """How much there is to guess: what repeats, characters or pieces of three, counts once."""
    shares = [count / len(secret) for count in Counter(secret).values()]
    pieces = {secret[at : at + 3] for at in range(len(secret) - 2)}
    return -sum(share * log2(share) for share in shares) * (len(pieces) + 2)


def _cursor_secret(settings: Settings) -> Iterator[SettingProblem]:
    secret = settings.cursor_secret.get_secret_value()
    remedy = f"Set at least {SHORTEST_SECRET} random characters, or APP_ENV=local on your machine"
    if not secret:
        yield SettingProblem(
            ("CURSOR_SECRET", "APP_ENV"),
            f"the secret is missing, and APP_ENV is {settings.app_env}",
            remedy,
        )
    else:
        yield from _weakness("CURSOR_SECRET", secret, remedy, is_local=settings.is_local)


def _previous_cursor_secret(settings: Settings) -> Iterator[SettingProblem]:
    secret = settings.cursor_secret_previous.get_secret_value()
    remedy = "Set the CURSOR_SECRET of the deployment before this one, or leave it out"
    if secret:
        yield from _weakness("CURSOR_SECRET_PREVIOUS", secret, remedy, is_local=settings.is_local)


def _weakness(name: str, secret: str, remedy: str, *, is_local: bool) -> Iterator[SettingProblem]:
    if len(secret) < SHORTEST_SECRET:
        yield SettingProblem((name,), f"shorter than {SHORTEST_SECRET} characters", remedy)
    elif is_local:
        return
    elif secret in {LOCAL_CURSOR_SECRET, DOCUMENTED_SECRET}:
        yield SettingProblem((name,), "a public value of local stages or of documents", remedy)
    elif estimate_bits(secret) < FEWEST_BITS:
        yield SettingProblem((name,), "too uniform: it could be guessed", remedy)


def _client_secret(settings: Settings) -> Iterator[SettingProblem]:
    """Cognito makes it, at random."""
    secret = settings.cognito_client_secret.get_secret_value()
    if secret and len(set(secret)) < FEWEST_CHARACTERS and not settings.is_local:
        yield SettingProblem(
            ("COGNITO_CLIENT_SECRET",),
            "too uniform to be one that Cognito made",
            "Set the secret of the user pool's app client",
        )


# The whole authority is matched, so that no other reader can find another host in the same text.
_WEB = re.compile(r"https?://([^\s/?#@\\:\[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[^\\\s]*)?")


_REDIS = re.compile(
    r"rediss?://(?:[^@/?#\\\s]*@)?([^\s/?#@\\:\[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:[/?]\S*)?"
)


def is_emulator(url: str, hosts: str) -> bool:
    """Whether an http or https address is at a loopback address or one of `hosts`, by commas."""
    return _is_local(_WEB.fullmatch(url), hosts)


def is_local_redis(url: str, hosts: str) -> bool:
    """The same for Redis; a socket of this machine's file system is local, too."""
    return url.startswith("unix:///") or _is_local(_REDIS.fullmatch(url), hosts)


def _is_local(found: re.Match[str] | None, hosts: str) -> bool:
    if found is None:
        return False
    host = found[1].strip("[]").lower()
    return host == "localhost" or host in hosts.split(",") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
