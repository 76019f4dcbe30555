"""`singletable create`, in memory, against moto and DynamoDB Local."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from singletable.cli import creating
from singletable.errors.transport import TransportError
from singletable.testing import memory_transport
from singletable.transport import Transport
from tests.backends import client_of, local_endpoint
from tests.singletable.cli.conftest import Run

TTL = {"TableName": "library", "TimeToLiveSpecification": {"AttributeName": "x", "Enabled": True}}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A mocked AWS without tables."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield boto3.client("dynamodb")


def connect_to(monkeypatch: pytest.MonkeyPatch, send: Transport) -> None:
    monkeypatch.setattr("singletable.cli.run.connect", lambda endpoint, region: send)


def test_a_table_is_created_and_is_as_declared(run: Run, service: Any) -> None:
    """What CreateTable cannot set is set, too."""
    words = ("--stream", "NEW_IMAGE", "--recovery", "on", "--protection", "on")
    ran = run("create", *words)
    assert (ran.code, ran.out.splitlines()) == (
        0,
        ["library is created", "TTL is on now", "point-in-time recovery is on now"],
    )
    drifted = run("drift", *words)
    assert (drifted.code, drifted.out) == (
        0,
        "library is as declared\nbilling: PAY_PER_REQUEST\n",
    )


def test_it_is_created_once(run: Run, service: Any) -> None:
    """Where it is already, it is left."""
    assert run("create", "--table", "dev").code == 0
    ran = run("create", "--table", "dev")
    assert (ran.code, ran.out) == (0, "dev is there, as declared\n")
    assert service.list_tables()["TableNames"] == ["dev"]


def test_what_was_left_half_done_is_completed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """TTL is set of a table that was created, and no more."""
    send = memory_transport()
    connect_to(monkeypatch, send)
    send("CreateTable", run("table").data)
    ran = run("create")
    assert (ran.code, ran.out) == (0, "library is there, as declared\nTTL is on now\n")
    assert run("create").out == "library is there, as declared\n"


def test_another_table_is_refused_with_its_differences(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is changed."""
    send = memory_transport()
    connect_to(monkeypatch, send)
    parameters = run("table").data
    parameters["GlobalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "KEYS_ONLY"}
    send("CreateTable", parameters)
    send("UpdateTimeToLive", TTL)
    ran = run("create")
    assert (ran.code, ran.out.splitlines()) == (
        1,
        [
            "library is there, and is another table:",
            "  the global index GSI1 projects KEYS_ONLY, declared is ALL",
            "  TTL is on x, declared is forgotten_at",
        ],
    )


class Slow:
    """A service that takes its time to create a table and its indexes."""

    def __init__(self, polls: int) -> None:
        self._send, self.left = memory_transport(), polls

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: dict[str, Any] = {**self._send(operation, parameters)}
        if operation == "DescribeTable" and self.left:
            self.left -= 1
            indexes = [
                {**each, "IndexStatus": "CREATING"}
                for each in answer["Table"]["GlobalSecondaryIndexes"]
            ]
            status = "CREATING" if self.left > 1 else "ACTIVE"
            answer["Table"] = {
                **answer["Table"],
                "TableStatus": status,
                "GlobalSecondaryIndexes": indexes,
            }
        return answer


def test_it_waits_for_the_table_and_its_indexes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(polls=3)
    connect_to(monkeypatch, slow)
    monkeypatch.setattr(creating, "_POLL_SECONDS", 0.0)
    assert run("create").out.startswith("library is created\n")
    assert slow.left == 0


def test_its_patience_ends(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next run goes on."""
    connect_to(monkeypatch, Slow(polls=3))
    monkeypatch.setattr(creating, "_WAIT_SECONDS", -1)
    ran = run("create")
    assert (ran.code, "is not active yet; run this again" in ran.err) == (3, True)


def test_nobody_answers(run: Run) -> None:
    ran = run("create", "--endpoint", "http://127.0.0.1:9")
    assert (ran.code, ran.out) == (3, "")
    assert "library at http://127.0.0.1:9 could not be asked: Unreachable" in ran.err


def test_what_is_forbidden_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TransportError("AccessDeniedException", "no")

    connect_to(monkeypatch, refused)
    ran = run("create")
    assert (ran.code, "AccessDeniedException: no" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--table", "x"], "is no table name"),
        (["--recovery", "!If [Kept, true, false]"], "create takes values"),
        (["--endpoint", "nonsense", "--region", "x-y-1"], "no client"),
    ],
)
def test_wrong_usage_says_what_is_right(run: Run, words: list[str], problem: str) -> None:
    ran = run("create", *words)
    assert (ran.code, problem in ran.err) == (2, True)


@pytest.mark.connected
def test_dynamodb_local_creates_it(run: Run) -> None:
    """Twice the same, and the table is as declared."""
    endpoint, name = local_endpoint(), f"library-{uuid.uuid4().hex}"
    words = ("--endpoint", endpoint, "--region", "eu-west-1", "--table", name)
    try:
        assert run("create", *words).out == f"{name} is created\nTTL is on now\n"
        assert run("create", *words).out == f"{name} is there, as declared\n"
        assert run("drift", *words).code == 0
    finally:
        client_of(endpoint).delete_table(TableName=name)
