"""Makes the client of the service that a command sends to. Loads an SDK; sends nothing."""

from __future__ import annotations

import os
from typing import Any, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from singletable.cli.usage import UsageError
from singletable.transport import Transport
from singletable.transport.boto3 import boto3_transport

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard"})


def connect(endpoint: str | None, region: str | None) -> Transport:
    """Endpoints on this machine need neither credentials nor region; `UsageError` elsewhere."""
    local: dict[str, str] = {}
    if endpoint and urlsplit(endpoint).hostname in _LOOPBACK:
        region = region or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        if not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE"} & set(os.environ):
            local = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    try:
        return boto3_transport(
            cast(Any, boto3).client(
                "dynamodb", endpoint_url=endpoint, region_name=region, config=_CONFIG, **local
            )
        )
    except (BotoCoreError, ValueError) as error:
        raise UsageError(f"no client: {error} See --endpoint and --region.") from None
