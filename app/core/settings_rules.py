"""What is missing, contradicts, could be guessed, or leads a local stage to AWS."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from math import log2
from operator import attrgetter, lt
from typing import TYPE_CHECKING

from app.core.settings_base import SettingProblem, parse_origins

if TYPE_CHECKING:
    from app.core.settings import Settings

# Public on purpose: they open nothing but a stage that says it is `local`.
LOCAL_TOKEN = "local-dev-token"  # noqa: S105
LOCAL_CURSOR_SECRET = "cursors-of-a-local-stage-are-not-secret"  # noqa: S105
DOCUMENTED_SECRET = "only signs examples in the documentation"  # noqa: S105

SHORTEST_SECRET = 32
FEWEST_BITS = 64
FEWEST_CHARACTERS = 5


@dataclass(frozen=True)
class Rule:
    """`names`: the variables, by spaces; in `says`, `{app_env}` is the stage."""

    names: str
    says: str
    remedy: str
    is_broken: Callable[[Settings], object]


def _at_least(names: str, says: str) -> Rule:
    """Of two lengths of time."""
    lengths = attrgetter(*names.lower().split())
    return Rule(names, says, "Set the first to no less than the second", lambda s: lt(*lengths(s)))


def broken_rules(settings: Settings) -> Iterator[SettingProblem]:
    """Every problem, so that one start shows them all."""
    yield from _tables(settings)
    for rule in RULES:
        if rule.is_broken(settings):
            says = rule.says.format(app_env=settings.app_env)
            yield SettingProblem(tuple(rule.names.split()), says, rule.remedy)
    yield from _secrets(settings)
    yield from _local(settings) if settings.is_local else _plain_http(settings)
    yield from _origins(settings)


RULES = (
    Rule(
        "USE_DYNAMO",
        "it is 0, and DynamoDB is the only store the app has",
        "Set it to 1, or leave it out; DYNAMODB_ENDPOINT points to a local DynamoDB",
        lambda s: not s.use_dynamo,
    ),
    Rule(
        "COOKIE_SECURE",
        "it is 0, and APP_ENV is {app_env}: tokens would travel in the clear",
        "Leave it out",
        lambda s: not s.cookie_secure and not s.is_local,
    ),
    Rule(
        "AWS_REGION",
        "missing",
        "Set it (or AWS_DEFAULT_REGION) to the table's region",
        lambda s: not s.aws_region,
    ),
    Rule(
        "ADMIN_API_TOKEN APP_ENV",
        "a development token is set, and APP_ENV is {app_env}",
        "Remove the token; APP_ENV=local, on your machine, is the only stage that has one",
        lambda s: s.admin_api_token.get_secret_value() and not s.is_local,
    ),
    Rule(
        "APP_ENV",
        "it is local on AWS (Lambda or a container of its own): everyone knows the local token",
        "Set APP_ENV to dev, stage or prod",
        lambda s: s.is_local and _runs_on_aws(s),
    ),
    Rule(
        "MEDIA_BUCKET APP_ENV",
        "the ARN of an access point leads to AWS, whatever the endpoint, and APP_ENV is local",
        "Set the name of the emulator's bucket",
        lambda s: s.is_local and s.media_bucket.startswith("arn:"),
    ),
    Rule(
        "COGNITO_USER_POOL_ID",
        "missing: nobody could sign in",
        "Set it to the identity of the user pool",
        lambda s: not s.cognito_user_pool_id and not s.is_local,
    ),
    Rule(
        "COGNITO_CLIENT_ID",
        "missing: tokens of any client would have to be taken",
        "Set it to the identity of the user pool's app client",
        lambda s: s.cognito_user_pool_id and not s.cognito_client_id,
    ),
    Rule(
        "COGNITO_TRUST_API_GATEWAY",
        "it is 1 outside Lambda, where no gateway stands before the app",
        "Leave it out; it is for Lambda behind an API Gateway with a Cognito authorizer",
        lambda s: s.cognito_trust_api_gateway and not s.aws_lambda_function_name,
    ),
    _at_least(
        "MEDIA_PENDING_SECONDS S3_PRESIGN_SECONDS",
        "an upload would be forgotten while its URL is still good",
    ),
    _at_least("PREVIEW_MAX_SECONDS PREVIEW_SECONDS", "a preview would be longer than the longest"),
    _at_least(
        "JOBS_WAITING_SECONDS S3_PRESIGN_SECONDS",
        "an import would be forgotten while its URL is still good",
    ),
    Rule(
        "JOBS_LEASE_SECONDS AWS_CONNECT_TIMEOUT_SECONDS AWS_READ_TIMEOUT_SECONDS",
        "a worker would lose its job over one answer of AWS that does not come",
        "Set the first to more than what two attempts may take",
        lambda s: s.jobs_queue_url and s.jobs_lease_seconds <= 2 * _attempt(s),
    ),
    Rule(
        "METRICS_NAMESPACE",
        "namespaces that begin with AWS/ are Amazon's",
        "Name your own, such as the stack's",
        lambda s: s.metrics_namespace.startswith("AWS/"),
    ),
    Rule(
        "REQUEST_SECONDS AWS_CONNECT_TIMEOUT_SECONDS AWS_READ_TIMEOUT_SECONDS",
        "a request may take no longer than one attempt at AWS, so none would be sent",
        "Set the first to more than the other two together",
        lambda s: s.request_seconds <= _attempt(s),
    ),
    Rule(
        "CURSOR_SECRET APP_ENV",
        "the secret is missing, and APP_ENV is {app_env}",
        f"Set at least {SHORTEST_SECRET} random characters, or APP_ENV=local on your machine",
        lambda s: not s.cursor_secret,
    ),
)


def _runs_on_aws(settings: Settings) -> bool:
    """`sam local` runs a container that looks like Lambda's, on the machine of its user."""
    on_lambda = bool(settings.aws_lambda_function_name or settings.aws_execution_env)
    return bool(settings.aws_container) or (on_lambda and not settings.aws_sam_local)


def _attempt(settings: Settings) -> float:
    """Seconds that one attempt at AWS may take."""
    return settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds


def _tables(settings: Settings) -> Iterator[SettingProblem]:
    names = ("TABLE_NAME", "POSTS_TABLE", "CATEGORIES_TABLE")
    named = {name: table for name in names if (table := getattr(settings, name.lower()))}
    if not named:
        yield SettingProblem(("TABLE_NAME",), "missing", "Set it to the name of the DynamoDB table")
    elif len(set(named.values())) > 1:
        if "table_name" not in settings.model_fields_set:  # it only repeats an older name
            del named["TABLE_NAME"]
        tables = ", ".join(f"{name}={table}" for name, table in named.items())
        says = f"they name different tables ({tables}), and everything is in one table"
        yield SettingProblem(tuple(named), says, "Set TABLE_NAME alone")


def _origins(settings: Settings) -> Iterator[SettingProblem]:
    try:
        parse_origins(settings.allowed_origins)
    except ValueError as error:
        remedy = "List origins such as https://example.com, by commas"
        yield SettingProblem(("ALLOWED_ORIGINS",), str(error), remedy)


def _plain_http(settings: Settings) -> Iterator[SettingProblem]:
    """Keys, passwords and cookies travel there."""
    for name in ("COGNITO_ISSUER", *_ENDPOINTS, "ALLOWED_ORIGINS"):
        if "http://" in getattr(settings, name.lower()):
            says = f"it is not https, and APP_ENV is {settings.app_env}"
            remedy = "Set an https address; APP_ENV=local, on your machine, takes http as well"
            yield SettingProblem((name, "APP_ENV"), says, remedy)


def _secrets(settings: Settings) -> Iterator[SettingProblem]:
    for name, remedy in _SECRETS.items():
        secret: str = getattr(settings, name.lower()).get_secret_value()
        if secret and (says := _weakness(name, secret, is_local=settings.is_local)):
            yield SettingProblem((name,), says, remedy)


_SECRETS = {
    "CURSOR_SECRET": f"Set at least {SHORTEST_SECRET} random characters",
    "CURSOR_SECRET_PREVIOUS": "Set the CURSOR_SECRET of the deployment before this one, or leave"
    " it out",
    "COGNITO_CLIENT_SECRET": "Set the secret of the user pool's app client",
}


def is_reference(value: str) -> bool:
    """Whether it begins like a reference to a secret in AWS."""
    return value.startswith(("aws-secretsmanager:", "aws-ssm:"))


def _weakness(name: str, secret: str, *, is_local: bool) -> str:
    """Why a secret could be guessed; a local stage's may, for it opens nothing else.

    Where a secret is kept everyone may know: a reference taken for it would open the app.
    """
    if is_reference(secret):
        return "a reference that was not read, as `load_settings` does it"
    if name == "COGNITO_CLIENT_SECRET":
        is_weak = len(set(secret)) < FEWEST_CHARACTERS and not is_local
        return "too uniform to be one that Cognito made" if is_weak else ""
    if len(secret) < SHORTEST_SECRET:
        return f"shorter than {SHORTEST_SECRET} characters"
    if is_local:
        return ""
    if secret in {LOCAL_CURSOR_SECRET, DOCUMENTED_SECRET}:
        return "a public value of local stages or of documents"
    return "too uniform: it could be guessed" if estimate_bits(secret) < FEWEST_BITS else ""


def estimate_bits(secret: str) -> float:
    """How much there is to guess: what repeats, characters or pieces of three, counts once."""
    shares = [count / len(secret) for count in Counter(secret).values()]
    pieces = {secret[at : at + 3] for at in range(len(secret) - 2)}
    return -sum(share * log2(share) for share in shares) * (len(pieces) + 2)


_EMULATOR = (
    "Set an emulator's address, at a loopback address or a host that EMULATOR_HOSTS names; or set"
    " APP_ENV to dev, stage or prod"
)


def endpoint_problem(name: str, url: str) -> SettingProblem:
    """For an address that is no emulator's, or that is missing."""
    elsewhere = "no emulator's address, and APP_ENV is local"
    missing = "missing, and APP_ENV is local: AWS itself would be asked"
    return SettingProblem((name, "APP_ENV"), elsewhere if url else missing, _EMULATOR)


# By the address of each service: the setting with which the app asks there.
_ENDPOINTS = {
    "DYNAMODB_ENDPOINT": "app_env",
    "COGNITO_ENDPOINT": "cognito_user_pool_id",
    "COGNITO_JWKS_URL": "cognito_user_pool_id",
    "S3_ENDPOINT": "media_bucket",
    "SQS_ENDPOINT": "jobs_queue_url",
    "JOBS_QUEUE_URL": "jobs_queue_url",
    "SNS_ENDPOINT": "events_topic_arn",
    "SECRETSMANAGER_ENDPOINT": "",  # `load_settings` knows what asks it
    "SSM_ENDPOINT": "",
}


def _local(settings: Settings) -> Iterator[SettingProblem]:
    for name, used_with in _ENDPOINTS.items():
        url: str = getattr(settings, name.lower())
        is_asked = url or (used_with and getattr(settings, used_with))
        if is_asked and not is_emulator(url, settings.emulator_hosts):
            yield endpoint_problem(name, url)
    redis = settings.redis_url
    if redis and not is_local_redis(redis, settings.emulator_hosts):
        yield endpoint_problem("REDIS_URL", redis)


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
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    return is_loopback or host in hosts.split(",")
