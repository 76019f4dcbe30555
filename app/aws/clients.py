"""AWS clients with the same time-outs, retries and region: made once, shared by all threads."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from boto3.session import Session
from botocore.config import Config

from app.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient

# What a local endpoint is told: real credentials stay at home.
LOCAL_ACCESS_KEY_ID = "local"
LOCAL_SECRET_ACCESS_KEY = "local"  # noqa: S105


class Clients:
    """Makes a client when it is first asked for: clients are thread-safe, making them is not."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = RLock()

    @property
    def dynamodb(self) -> DynamoDBClient:
        with self._making:
            return self._dynamodb

    @property
    def s3(self) -> S3Client:
        with self._making:
            return self._s3

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

    @cached_property
    def _dynamodb(self) -> DynamoDBClient:
        endpoint = self._settings.dynamodb_endpoint
        client: DynamoDBClient = self._session(endpoint).client(
            "dynamodb", config=client_config(self._settings), endpoint_url=endpoint or None
        )
        return client

    @cached_property
    def _s3(self) -> S3Client:
        endpoint = self._settings.s3_endpoint
        config = client_config(self._settings).merge(_s3_config(path_style=bool(endpoint)))
        client: S3Client = self._session(endpoint).client(
            "s3", config=config, endpoint_url=endpoint or None
        )
        return client

    @cached_property
    def _streams(self) -> DynamoDBStreamsClient:
        """At the table's endpoint, where one is set."""
        endpoint = self._settings.dynamodb_endpoint
        client: DynamoDBStreamsClient = self._session(endpoint).client(
            "dynamodbstreams", config=client_config(self._settings), endpoint_url=endpoint or None
        )
        return client

    @cached_property
    def _sns(self) -> SNSClient:
        endpoint = self._settings.sns_endpoint
        client: SNSClient = self._session(endpoint).client(
            "sns", config=client_config(self._settings), endpoint_url=endpoint or None
        )
        return client

    @cached_property
    def _cognito(self) -> CognitoIdentityProviderClient:
        """In the region of the pool, which its identity starts with."""
        endpoint = self._settings.cognito_endpoint
        region = self._settings.cognito_user_pool_id.partition("_")[0]
        client: CognitoIdentityProviderClient = self._session(endpoint, region).client(
            "cognito-idp", config=client_config(self._settings), endpoint_url=endpoint or None
        )
        return client

    def _session(self, endpoint: str, region: str = "") -> Any:
        """A `Session`, whose overloads for hundreds of services are more than checkers take."""
        region = region or self._settings.aws_region
        if self._settings.is_local and endpoint:
            return Session(LOCAL_ACCESS_KEY_ID, LOCAL_SECRET_ACCESS_KEY, region_name=region)
        return Session(region_name=region)


def client_config(settings: Settings) -> Config:
    """Standard retries: exponential backoff with jitter, throttling included."""
    return Config(
        connect_timeout=settings.aws_connect_timeout_seconds,
        read_timeout=settings.aws_read_timeout_seconds,
        retries={"mode": "standard", "total_max_attempts": settings.aws_max_attempts},
    )


def _s3_config(path_style: bool) -> Config:
    """Signature 4 signs headers; a bucket's own host needs no redirect to its region."""
    return Config(
        signature_version="s3v4", s3={"addressing_style": "path" if path_style else "virtual"}
    )
