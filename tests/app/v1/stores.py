"""A table to run against: moto in this process, or DynamoDB Local if its endpoint is given."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import pytest
from boto3.session import Session
from moto import mock_aws

from access_patterns import blog
from singletable import Repository
from singletable.emit.create_table import create_table
from singletable.transport import Transport
from singletable.transport.boto3_adapter import boto3_transport

ENDPOINT = "DYNAMODB_LOCAL_ENDPOINT"
SECRET = b"cursors of the tests"


@dataclass(frozen=True)
class Store:
    """A table that is there, and the way to it."""

    transport: Transport
    table: str

    def repository(self, through: Transport | None = None) -> Repository:
        return Repository(through or self.transport, self.table, cursor_secret=SECRET)


@contextmanager
def in_moto() -> Iterator[Store]:
    with mock_aws():
        client = _client(None)
        client.create_table(**create_table(blog, "blog"))
        yield Store(_one_at_a_time(boto3_transport(client)), "blog")


@contextmanager
def in_dynamodb_local() -> Iterator[Store]:
    endpoint = os.environ.get(ENDPOINT)
    if not endpoint:
        missing = f"{ENDPOINT} is not set; scripts/dynamodb_local.sh start prints it"
        (pytest.fail if os.environ.get("REQUIRE_CONNECTED") == "1" else pytest.skip)(missing)
    client, name = _client(endpoint), f"blog-{uuid.uuid4()}"
    client.create_table(**create_table(blog, name))
    try:
        yield Store(boto3_transport(client), name)
    finally:
        client.delete_table(TableName=name)
        client.close()


def _client(endpoint: str | None) -> Any:
    return Session("test", "test", region_name="us-east-1").client(
        "dynamodb", endpoint_url=endpoint
    )


def _one_at_a_time(transport: Transport) -> Transport:
    """Moto undoes a cancelled transaction by restoring a copy: other writers have to wait."""
    lock = Lock()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        with lock:
            return transport(operation, parameters)

    return send

