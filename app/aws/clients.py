"""AWS clients with the same time-outs, retries and region, shared by all threads."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

from botocore.config import Config
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import Session

from app.core.context import seconds_left
from app.core.settings import Settings
from app.core.settings_base import AwsSettings
from app.core.settings_rules import is_emulator

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


class Descriptions(Loader):
    """Reads the descriptions of services: half of what making a client costs, once in a process.

    Which services there are, it need not look for in hundreds of folders.
    """

    def list_available_services(self, type_name: str) -> list[str]:
        return SERVICES


SERVICES = [
    "cognito-idp",
    "dynamodb",
    "dynamodbstreams",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
]
_DESCRIPTIONS = Descriptions()
CONNECTIONS = 64  # as many as threads that serve requests, and some to spare

# What a local endpoint is told: real credentials stay at home.
LOCAL_ACCESS_KEY_ID = "local"
LOCAL_SECRET_ACCESS_KEY = "local"  # noqa: S105


class Clients:
    """A client for each service, made when it is first used; `close` gives up all connections."""

    def __init__(self, settings: Settings) -> None:
        self._made: list[LazyClient] = []
        self._is_local, self._session = settings.is_local, Session()
        tables, buckets = settings.dynamodb_endpoint, settings.s3_endpoint
        pool_region = settings.cognito_user_pool_id.partition("_")[0]
        add = partial(self._add, settings)
        self.dynamodb: DynamoDBClient = add("dynamodb", tables)
        self.streams: DynamoDBStreamsClient = add("dynamodbstreams", tables)
        # Signature 4 signs headers; a bucket's own host needs no redirect to its region.
        style: Literal["path", "virtual"] = "path" if buckets else "virtual"
        signed = Config(signature_version="s3v4", s3={"addressing_style": style})
        self.s3: S3Client = add("s3", buckets, config=signed)
        self.sqs: SQSClient = add("sqs", settings.sqs_endpoint)
        self.sns: SNSClient = add("sns", settings.sns_endpoint)
        self.cognito: CognitoIdentityProviderClient = add(
            "cognito-idp", settings.cognito_endpoint, region=pool_region
        )

    def _add(self, *arguments: Any, **options: Any) -> Any:
        self._made.append(LazyClient(partial(make_client, *arguments, **options)))
        return self._made[-1]

    def credentials(self) -> ReadOnlyCredentials | None:
        """Those that its clients sign with, as they are now; None where there are none."""
        if self._is_local:
            return ReadOnlyCredentials(LOCAL_ACCESS_KEY_ID, LOCAL_SECRET_ACCESS_KEY, None)
        found: Any = self._session.get_credentials()
        return found.get_frozen_credentials() if found else None

    def close(self) -> None:
        """Asked again, a client makes new connections."""
        for each in self._made:
            each.close()


class LazyClient:
    """Stands for a client that takes long to make: clients are thread-safe, making them is not."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._making = RLock()
        self._client: Any = None

    def __getattr__(self, name: str) -> Any:
        """Called for whatever the stand-in has not, which is kept for the next time."""
        with self._making:
            if self._client is None:
                self._client = self._make()
        found = getattr(self._client, name)
        setattr(self, name, found)
        return found

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def make_client(
    settings: AwsSettings,
    service: str,
    endpoint: str,
    *,
    region: str = "",
    config: Config | None = None,
) -> Any:
    """A client of any service, whose requests end with the time of the request they are for.

    `config` goes before what the settings say. A local stage asks emulators alone, and shows them
    no real credentials.
    """
    given: dict[str, Any] = {}
    if settings.is_local:
        _check_emulator(settings, service, endpoint)
        given["aws_access_key_id"] = LOCAL_ACCESS_KEY_ID
        given["aws_secret_access_key"] = LOCAL_SECRET_ACCESS_KEY
    session = Session()
    session.register_component("data_loader", _DESCRIPTIONS)
    # Standard retries: exponential backoff with jitter, throttling included. A local stage goes
    # through no proxy of the environment, which could lead elsewhere.
    common = Config(
        proxies={} if settings.is_local else None,
        connect_timeout=settings.aws_connect_timeout_seconds,
        read_timeout=settings.aws_read_timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": settings.aws_max_attempts},
        max_pool_connections=CONNECTIONS,
    )
    client: Any = session.create_client(
        service,
        region_name=region or settings.aws_region,
        endpoint_url=endpoint or None,
        config=common.merge(config) if config else common,
        **given,
    )
    client.meta.events.register_first("before-send", Punctual(client.meta.config))
    return client


def transport_options(settings: Settings) -> dict[str, Any]:
    """Options of the transport of the table's items, the same that clients have."""
    options: dict[str, Any] = {
        "attempts": settings.aws_max_attempts,
        "connections": CONNECTIONS,
        "connect_timeout": settings.aws_connect_timeout_seconds,
        "read_timeout": settings.aws_read_timeout_seconds,
        "time_left": seconds_left,
    }
    if settings.aws_region:
        options["region"] = settings.aws_region
    if settings.dynamodb_endpoint:
        options["endpoint_url"] = settings.dynamodb_endpoint
    if settings.is_local:
        _check_emulator(settings, "dynamodb", settings.dynamodb_endpoint)
        options["credentials"] = Credentials(LOCAL_ACCESS_KEY_ID, LOCAL_SECRET_ACCESS_KEY)
        options["proxy"] = ""
    return options


def _check_emulator(settings: AwsSettings, service: str, endpoint: str) -> None:
    """Raises `ValueError` for AWS, which settings that were not checked could lead to."""
    if not is_emulator(endpoint, settings.emulator_hosts):
        raise ValueError(f"a local stage asks no {service} but an emulator's")


def reason_of(error: BotoCoreError | ClientError) -> str:
    """The code of AWS's answer, or the kind of what is no answer."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "unknown")
    return type(error).__name__


@contextmanager
def translate_errors(
    problem_of: Callable[[BotoCoreError | ClientError], Exception],
) -> Generator[None]:
    """Raises what `problem_of` makes of botocore's errors."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise problem_of(error) from error


class TooLate(BotoCoreError):
    """Of botocore's family: adapters take it for a service that cannot be reached."""

    fmt = "the time of the request is used up"


class Punctual:
    """A handler of botocore's `before-send`. `config`: the client's, which has its time-outs."""

    def __init__(self, config: Any) -> None:
        self._attempt: float = config.connect_timeout + config.read_timeout

    def __call__(self, **_: Any) -> None:
        left = seconds_left()
        if left is not None and left < self._attempt:
            raise TooLate
