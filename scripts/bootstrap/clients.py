"""AWS clients of the bootstraps, and how their failures read. Knows no table, pool or bucket."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# What local endpoints are told: real keys stay at home.
LOCAL_KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


def client_of(service: str, endpoint: str, region: str, keys: dict[str, str]) -> Any:
    """A client of few, short attempts: a service on this machine answers or is not there."""
    return boto3.session.Session(region_name=region, **keys).client(
        service,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=3,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 3},
            s3={"addressing_style": "path"},  # no bucket has a host name of its own here
        ),
    )


def explained(error: ClientError | BotoCoreError, endpoint: str, service: str) -> str:
    """A service names its errors; a bare status is the answer of something else."""
    if not isinstance(error, ClientError):
        return f"{endpoint} does not answer as {service}: {error}"
    problem = error.response.get("Error", {})
    code, message = str(problem.get("Code")), problem.get("Message")
    if code.isdigit():
        return f"{endpoint} does not answer as {service}: HTTP status {code}"
    return f"{code}: {message}"
