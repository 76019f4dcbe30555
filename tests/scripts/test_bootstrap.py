"""The bootstrap makes the declared table, once, locally, and says what is wrong otherwise."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from access_patterns import blog
from singletable.check import table_differences
from singletable.design import compile_table
from singletable.emit.infra.create_table import create_table

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "dynamodb_local_bootstrap.py"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(endpoint: str) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def bootstrap(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def count(client: Any, table: str) -> int:
    items: int = client.scan(TableName=table, Select="COUNT")["Count"]
    return items


def test_it_makes_the_table_as_declared(endpoint: str, client: Any) -> None:
    """Keys, indexes, projections and TTL of the new table are those of the declarations."""
    done = bootstrap("--endpoint", endpoint, "--table", "made")
    assert done.returncode == 0, done.stderr
    table = client.describe_table(TableName="made")["Table"]
    expiry = client.describe_time_to_live(TableName="made")["TimeToLiveDescription"]
    assert table_differences(compile_table(blog), table, expiry) == []
    assert expiry["AttributeName"] == "expires_at"


@pytest.mark.slow
def test_repeating_it_changes_nothing(endpoint: str, client: Any) -> None:
    """A second run with demo content finds everything done and leaves the same items."""
    first = bootstrap("--endpoint", endpoint, "--table", "twice", "--seed")
    items = count(client, "twice")
    second = bootstrap("--endpoint", endpoint, "--table", "twice", "--seed")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert items > 40
    assert count(client, "twice") == items


@pytest.mark.slow
def test_a_table_that_differs_is_listed_and_left_alone(endpoint: str, client: Any) -> None:
    """Every difference is named; the table keeps its items until --recreate --yes."""
    other = create_table(compile_table(blog), "differs")
    other["GlobalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "KEYS_ONLY"}
    del other["GlobalSecondaryIndexes"][1]
    del other["DeletionProtectionEnabled"]
    schemas = [other["KeySchema"], *(each["KeySchema"] for each in other["GlobalSecondaryIndexes"])]
    used = {part["AttributeName"] for schema in schemas for part in schema}
    other["AttributeDefinitions"] = [
        each for each in other["AttributeDefinitions"] if each["AttributeName"] in used
    ]
    client.create_table(**other)
    refused = bootstrap("--endpoint", endpoint, "--table", "differs")
    assert refused.returncode == 1
    assert "GSI1 projects KEYS_ONLY, declared is ALL" in refused.stderr
    assert "index GSI2 is missing" in refused.stderr
    assert "--recreate" in refused.stderr
    done = bootstrap("--endpoint", endpoint, "--table", "differs", "--recreate", "--yes")
    assert done.returncode == 0, done.stderr
    table = client.describe_table(TableName="differs")["Table"]
    assert table_differences(compile_table(blog), table) == []


@pytest.mark.slow
def test_a_foreign_table_keeps_all_its_items(endpoint: str, client: Any) -> None:
    """TTL stays off on a table that is not the declared one: it would delete what has expired."""
    client.create_table(
        TableName="foreign",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    refused = bootstrap("--endpoint", endpoint, "--table", "foreign")
    assert refused.returncode == 1
    assert "It was left as it is" in refused.stderr
    expiry = client.describe_time_to_live(TableName="foreign")["TimeToLiveDescription"]
    assert expiry["TimeToLiveStatus"] == "DISABLED"


def test_an_endpoint_that_is_no_dynamodb_is_named() -> None:
    """A web server's status is told as what it is, with the endpoint."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        done = bootstrap("--endpoint", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert done.returncode == 1
    assert "does not answer as DynamoDB: HTTP status 501" in done.stderr
    assert str(server.server_port) in done.stderr


@pytest.mark.slow
def test_recreating_needs_a_yes(endpoint: str, client: Any) -> None:
    """Where nobody can answer, --recreate without --yes deletes nothing."""
    bootstrap("--endpoint", endpoint, "--table", "kept", "--seed")
    items = count(client, "kept")
    refused = bootstrap("--endpoint", endpoint, "--table", "kept", "--recreate")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert count(client, "kept") == items


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "--endpoint"),
        (("--endpoint", "https://dynamodb.us-east-1.example.com"), 2, "not local"),
        (("--endpoint", "localhost:8000"), 2, "no URL"),
        (("--endpoint", "http://127.0.0.1:9"), 1, "does not answer"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], code: int, words: str) -> None:
    """A mistake ends with its own exit code and one message, without a traceback."""
    done = bootstrap(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
