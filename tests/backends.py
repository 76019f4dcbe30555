"""DynamoDBs to test against: ours in memory, moto in the process, DynamoDB Local by endpoint."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from singletable import Repository, Table, create_table
from singletable.inspect import Retry
from singletable.operations import WriteOperation
from singletable.repository import AsyncRepository, Observed, Sent
from singletable.testing import memory_transport
from singletable.transport import Transport, boto3_transport

ENDPOINT = "DYNAMODB_LOCAL_ENDPOINT"
COMPULSORY = "REQUIRE_CONNECTED"
ON_LOCAL = pytest.param("local", marks=[pytest.mark.connected, pytest.mark.again])
"""A parameter of tests that run in memory as well."""
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


def run(repository: Repository, operation: Any) -> Any:
    """Fetches a read, writes a write."""
    is_write = isinstance(operation, WriteOperation)
    return (repository.write if is_write else repository.fetch)(operation)


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

    def __init__(self, client: Any, table: Table, transport: Transport | None = None) -> None:
        self.client = client
        self.transport = transport or boto3_transport(client)
        self.name = f"{table.name}-{uuid.uuid4().hex}"
        self.declaration = table
        self.clock = Clock()
        self.sent: list[Sent] = []
        client.create_table(**undeployed(table, self.name))
        self.repository = self.another()

    def another(self, **options: Any) -> Repository:
        """A further repository on the same table."""
        tables = {self.declaration: self.name}
        return Repository(self.transport, tables, **self.options(options))

    def options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Those that every repository of the tests has, unless others are given."""
        usual = {
            "cursor_secret": SECRET,
            "clock": self.clock,
            "observe": self._note,
            "retry": Retry(attempts=30, base=0.002, ceiling=0.02),
        }
        return {**usual, **given}

    def _note(self, observed: Observed) -> None:
        self.sent += observed.sent

    def raw(self, **key: str) -> dict[str, Any] | None:
        """The stored item of a primary key given as text, in DynamoDB's own form."""
        wire = {name: {"S": value} for name, value in key.items()}
        answer = self.client.get_item(TableName=self.name, Key=wire, ConsistentRead=True)
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def put(self, **attributes: Any) -> None:
        """Puts an item of text attributes, or of attribute values as they are given."""
        item = {
            name: {"S": value} if isinstance(value, str) else value
            for name, value in attributes.items()
        }
        self.client.put_item(TableName=self.name, Item=item)

    def items(self) -> list[dict[str, Any]]:
        """Everything that is in the table."""
        found: list[dict[str, Any]] = []
        further: dict[str, Any] = {}
        while True:
            page = self.client.scan(TableName=self.name, ConsistentRead=True, **further)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            further = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def undeployed(table: Table, name: str) -> dict[str, Any]:
    """CreateTable's parameters without a stream, and of a table that can be deleted."""
    declared = create_table(table, name)
    deployed = ("DeletionProtectionEnabled", "StreamSpecification")
    return {name: declared[name] for name in declared if name not in deployed}


class MemoryClient:
    """Calls a transport as one calls a boto3 client: `client.get_item(TableName=...)`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = "".join(map(str.capitalize, name.split("_")))
        return lambda **parameters: self._transport(operation, parameters)


@contextmanager
def memory_backend(table: Table) -> Iterator[Backend]:
    """In the process, without botocore."""
    transport = memory_transport()
    yield Backend(MemoryClient(transport), table, transport)


@contextmanager
def moto_backend(table: Table) -> Iterator[Backend]:
    """In the process, without a network."""
    with mock_aws():
        yield Backend(client_of(), table)


def local_endpoint() -> str:
    """DynamoDB Local's."""
    return connected_service(ENDPOINT, "scripts/dynamodb_local.sh start prints one")


def connected_service(variable: str, advice: str) -> str:
    """Where a real service is, by a variable of the environment; the test is skipped without one,
    and fails where it is compulsory."""
    address = os.environ.get(variable)
    if address:
        return address
    reason = f"{variable} is not set: {advice}"
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


class Awaited:
    """An asynchronous repository behind synchronous methods: each call in a loop of its own."""

    def __init__(self, repository: AsyncRepository) -> None:
        self._repository = repository

    def fetch(self, operation: Any) -> Any:
        return asyncio.run(_awaited(lambda: self._repository.fetch(operation)))

    def write(self, operation: Any) -> Any:
        return asyncio.run(_awaited(lambda: self._repository.write(operation)))

    def iterate(self, query: Any) -> Iterator[Any]:
        items = self._repository.iterate(query)  # may refuse the query: then there is no loop yet
        loop = asyncio.new_event_loop()
        try:
            while True:
                yield loop.run_until_complete(anext(items))
        except StopAsyncIteration:
            return
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def with_middleware(self, middleware: Any) -> Awaited:
        return Awaited(self._repository.with_middleware(middleware))

    def for_tenant(self, **bound: Any) -> Awaited:
        return Awaited(self._repository.for_tenant(**bound))


async def _awaited(call: Callable[[], Awaitable[Any]]) -> Any:
    return await call()


class AsyncBackend(Backend):
    """The same, driven by the asynchronous repository."""

    def another(self, **options: Any) -> Any:
        async def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            return self.transport(operation, parameters)

        tables = {self.declaration: self.name}
        return Awaited(AsyncRepository(transport, tables, **self.options(options)))


@contextmanager
def async_backend(table: Table) -> Iterator[Backend]:
    """In the process, by the asynchronous driver."""
    transport = memory_transport()
    yield AsyncBackend(MemoryClient(transport), table, transport)


BACKENDS: dict[str, Callable[[Table], Any]] = {
    "memory": memory_backend,
    "moto": moto_backend,
    "async": async_backend,
    "local": local_backend,
}
