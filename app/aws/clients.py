"""AWS clients with the same time-outs, retries and region: made once, shared by all threads."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader
from botocore.session import Session

from app.core.context import seconds_left
from app.core.settings.aws import AwsSettings
from app.core.settings.fields import Settings
from app.core.settings.rules import is_emulator

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


# Reads the descriptions of services: half of what making a client costs, once in a process.
_DESCRIPTIONS = Loader()


CONNECTIONS = 64  # as many as threads that serve requests, and some to spare


# What a local endpoint is told: real credentials stay at home.
LOCAL_ACCESS_KEY_ID = "local"


LOCAL_SECRET_ACCESS_KEY = "local"  # noqa: S105


class Clients:
    """Makes a client when it is first asked for: clients are thread-safe, making them is not.

    `close` gives up the connections of all that were made.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = RLock()
        self._made: list[Any] = []

    @property
    def dynamodb(self) -> DynamoDBClient:
        with self._making:
            return self._dynamodb

    @property
    def s3(self) -> S3Client:
        with self._making:
            return self._s3

    @property
    def sqs(self) -> SQSClient:
        with self._making:
            return self._sqs

    @property
    def streams(self) -> DynamoDBStreamsClient:
        with self._making:
            return self._streams

    @property
    def sns(self) -> SNSClient:
        with self._making:
            return self._sns

    @property
    def cognito(self) -> CognitoIdentityProviderClient:
        with self._making:
            return self._cognito

    def close(self) -> None:
        """Asked again, a client makes new connections."""
        with self._making:
            for client in self._made:
                client.close()

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._client("dynamodb", self._settings.dynamodb_endpoint)
        return client

    @cached_property
    def _s3(self) -> S3Client:
        endpoint = self._settings.s3_endpoint
        client: S3Client = self._client(
            "s3", endpoint, config=_s3_config(path_style=bool(endpoint))
        )
        return client

    @cached_property
    def _sqs(self) -> SQSClient:
        client: SQSClient = self._client("sqs", self._settings.sqs_endpoint)
        return client

    @cached_property
    def _sns(self) -> SNSClient:
        client: SNSClient = self._client("sns", self._settings.sns_endpoint)
        return client

    @cached_property
    def _streams(self) -> DynamoDBStreamsClient:
        """At the table's endpoint, where one is set."""
        client: DynamoDBStreamsClient = self._client(
            "dynamodbstreams", self._settings.dynamodb_endpoint
        )
        return client

    @cached_property
    def _cognito(self) -> CognitoIdentityProviderClient:
        """In the region of the pool, which its identity starts with."""
        region = self._settings.cognito_user_pool_id.partition("_")[0]
        client: CognitoIdentityProviderClient = self._client(
            "cognito-idp", self._settings.cognito_endpoint, region=region
        )
        return client

    def _client(
        self, service: str, endpoint: str, *, region: str = "", config: Config | None = None
    ) -> Any:
        client = make_client(self._settings, service, endpoint, region=region, config=config)
        self._made.append(client)
        return client


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
    given = _of_local_stage(settings, service, endpoint) if settings.is_local else {}
    session = Session()
    session.register_component("data_loader", _DESCRIPTIONS)
    common = client_config(settings)
    client: Any = session.create_client(
        service,
        region_name=region or settings.aws_region,
        endpoint_url=endpoint or None,
        config=common.merge(config) if config else common,
        **given,
    )
    client.meta.events.register_first("before-send", Punctual(client.meta.config))
    return client


def _of_local_stage(settings: AwsSettings, service: str, endpoint: str) -> dict[str, Any]:
    """Raises `ValueError` for AWS, which settings that were not checked could lead to."""
    if not is_emulator(endpoint, settings.emulator_hosts):
        raise ValueError(f"a local stage asks no {service} but an emulator's")
    return {
        "aws_access_key_id": LOCAL_ACCESS_KEY_ID,
        "aws_secret_access_key": LOCAL_SECRET_ACCESS_KEY,
    }


def client_config(settings: AwsSettings) -> Config:
    """Standard retries: exponential backoff with jitter, throttling included.

    A local stage goes through no proxy of the environment, which could lead elsewhere.
    """
    return Config(
        proxies={} if settings.is_local else None,
        connect_timeout=settings.aws_connect_timeout_seconds,
        read_timeout=settings.aws_read_timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": settings.aws_max_attempts},
        max_pool_connections=CONNECTIONS,
    )


def _s3_config(path_style: bool) -> Config:
    """Signature 4 signs headers; a bucket's own host needs no redirect to its region."""
    return Config(
        signature_version="s3v4", s3={"addressing_style": "path" if path_style else "virtual"}
    )


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
