"""DynamoDBs to test against: moto within the process, DynamoDB Local by its endpoint."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from singletable import Repository, Retry, Table
from singletable.emit.create_table import create_table
from singletable.repository import Sent
from singletable.transport.boto3_adapter import boto3_transport

ENDPOINT = "DYNAMODB_LOCAL_ENDPOINT"
COMPULSORY = "REQUIRE_CONNECTED"
SECRET = b"a secret of the tests alone, 32+"
START = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


@cache  # making one takes longer than most tests do
def client_of(endpoint: str | None = None, **options: Any) -> Any:
    """A DynamoDB client with credentials that open nothing."""
    config: dict[str, Any] = {"retries": {"mode": "standard", "total_max_attempts": 3}}
    return boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        endpoint_url=endpoint,
        config=Config(**(config | options)),
    )


class Clock:
    """Stands still until it is told; `tick` gives the next moment."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **by: float) -> datetime:
        self.now += timedelta(**(by or {"seconds": 1}))
        return self.now


class Backend:
    """One real table of a declaration, a repository on it, and a view of the raw items."""

    def __init__(self, client: Any, table: Table) -> None:
        self.client = client
        self.name = f"{table.name}-{uuid.uuid4().hex}"
        self.declaration = table
        self.clock = Clock()
        self.sent: list[Sent] = []
        client.create_table(**create_table(table, self.name))
        self.repository = self.another()

    def another(self, **options: Any) -> Repository:
        """A further repository on the same table."""
        given: dict[str, Any] = {
            "cursor_secret": SECRET,
            "clock": self.clock,
            "observe": self.sent.append,
            "retry": Retry(attempts=30, base=0.002, ceiling=0.02),
        }
        return Repository(boto3_transport(self.client), self.name, **(given | options))

    def raw(self, **key: str) -> dict[str, Any] | None:
        """The stored item of a primary key given as text, in DynamoDB's own form."""
        wire = {name: {"S": value} for name, value in key.items()}
        answer = self.client.get_item(TableName=self.name, Key=wire, ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def items(self) -> list[dict[str, Any]]:
        """Everything that is in the table."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]


@contextmanager
def moto_backend(table: Table) -> Iterator[Backend]:
    """In the process, without a network."""
    with mock_aws():
        yield Backend(client_of(), table)


def local_endpoint() -> str:
    """DynamoDB Local's; the test is skipped without one, and fails where it is compulsory."""
    endpoint = os.environ.get(ENDPOINT)
    if endpoint:
        return endpoint
    reason = f"{ENDPOINT} is not set: scripts/dynamodb_local.sh start prints one"
    if os.environ.get(COMPULSORY) == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def local_backend(table: Table) -> Iterator[Backend]:
    """On DynamoDB Local."""
    backend = Backend(client_of(local_endpoint()), table)
    try:
        yield backend
    finally:
        backend.client.delete_table(TableName=backend.name)


BACKENDS: dict[str, Callable[[Table], Any]] = {"moto": moto_backend, "local": local_backend}
