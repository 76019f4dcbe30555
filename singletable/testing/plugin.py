"""The pytest plugin: tables for one test, in memory or on a DynamoDB; golden files.

pytest loads it wherever the package is installed, so it loads no SDK until it is used.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from typing_extensions import Unpack

from singletable import Repository, Table, boto3_transport, create_table
from singletable.repository import Options
from singletable.testing.golden import MODE, UPDATE
from singletable.testing.memory import memory_transport
from singletable.transport import Transport

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ENDPOINT = "--dynamodb-endpoint"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("singletable")
    group.addoption(
        _ENDPOINT, metavar="URL", help="open tables on this DynamoDB instead of in memory"
    )
    group.addoption(UPDATE, action="store_true", help="write the files that assert_golden reads")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(UPDATE):
        MODE.is_updating = True


class OpenTables:
    """Creates declared tables for one test; `transport` leads to them, `names` has their names."""

    def __init__(self, transport: Transport, wait: Callable[[str], object]) -> None:
        self.transport = transport
        self.names: dict[Table, str] = {}
        self._wait = wait

    def __call__(self, *tables: Table, **options: Unpack[Options]) -> Repository:
        """Returns a repository on these tables; each is created once, by a name of its own."""
        return self.over(self.transport, *tables, **options)

    def over(self, transport: Transport, *tables: Table, **options: Unpack[Options]) -> Repository:
        """Likewise through another transport, such as `faulty(open_tables.transport, ...)`."""
        for table in tables:
            self._create(table)
        return Repository(transport, {table: self.names[table] for table in tables}, **options)

    def _create(self, table: Table) -> None:
        if table not in self.names:
            name = f"{table.name[:200]}-{uuid.uuid4().hex}"
            self.transport("CreateTable", create_table(table, name))
            self._wait(name)
            self.names[table] = name


@pytest.fixture
def open_tables(request: pytest.FixtureRequest) -> Iterator[OpenTables]:
    """`open_tables(library)` is a repository on an empty table of this test alone."""
    endpoint = cast("str | None", request.config.getoption(_ENDPOINT))
    if endpoint is None:
        yield OpenTables(memory_transport(), lambda _: None)
        return
    client = _client(endpoint)
    with ExitStack() as opened:
        opened.callback(client.close)
        tables = OpenTables(
            boto3_transport(client), lambda name: _await_table(client, name, opened)
        )
        yield tables


def _await_table(client: Any, name: str, opened: ExitStack) -> None:
    opened.callback(client.delete_table, TableName=name)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def _client(endpoint: str) -> Any:
    """A client; an endpoint on this machine needs neither credentials nor region."""
    import boto3  # noqa: PLC0415

    options: dict[str, Any] = {"endpoint_url": endpoint}
    if urlsplit(endpoint).hostname in _LOOPBACK:
        options["region_name"] = os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        if not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE"} & set(os.environ):
            options |= {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return cast(Any, boto3).client("dynamodb", **options)
