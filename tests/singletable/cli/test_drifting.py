"""`singletable drift`, against moto and DynamoDB Local."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from singletable.cli.run import connect
from singletable.design import compile_table
from singletable.emit.infra.create_table import TableOptions, create_table, time_to_live
from singletable.errors.transport import TransportError
from singletable.transport import Transport
from tests.backends import client_of, local_endpoint
from tests.singletable.cli.conftest import Run
from tests.singletable.library import library

BARE = ("--stream", "off", "--recovery", "off", "--protection", "off")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A mocked AWS with the library's table as it would be deployed."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(**create_table(compile_table(library), None, TableOptions()))
        client.update_time_to_live(**(time_to_live(compile_table(library)) or {}))
        client.update_continuous_backups(
            TableName="library",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        yield client


def test_a_table_as_declared_is_said_to_be(run: Run, service: Any) -> None:
    """Exit code 0."""
    ran = run("drift", "--stream", "NEW_AND_OLD_IMAGES", "--recovery", "on", "--protection", "on")
    assert (ran.code, ran.out) == (0, "library is as declared\nbilling: PAY_PER_REQUEST\n")


def test_what_nobody_declared_is_no_difference(run: Run, service: Any) -> None:
    """It is told: a stream, recovery and protection; a table that has none of them is as good."""
    ran = run("drift")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "library is as declared",
        "there is, and nobody declared: a stream, point-in-time recovery, deletion protection",
        "billing: PAY_PER_REQUEST",
    ]
    service.create_table(**{**run("table", "--name", "printed").data})
    service.update_time_to_live(**run("table", "--name", "printed", "--ttl").data)
    ran = run("drift", "--table", "printed")
    assert (ran.code, ran.out) == (0, "printed is as declared\nbilling: PAY_PER_REQUEST\n")


@pytest.mark.parametrize("option", ["--stream=KEYS_ONLY", "--recovery=off", "--protection=off"])
def test_what_somebody_says_is_compared(run: Run, service: Any, option: str) -> None:
    """That alone."""
    ran = run("drift", option, "--json")
    assert ran.code == 1
    assert len(ran.data["differences"]) == 1
    assert len(ran.data["undeclared"]) == 2


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({"TableClass": "STANDARD_INFREQUENT_ACCESS"}, False),
        ({"Tags": [{"Key": "team", "Value": "blog"}]}, False),
        ({"SSESpecification": {"Enabled": True, "SSEType": "KMS"}}, False),
        ({"StreamSpecification": {"StreamEnabled": False}}, False),
        ({"DeletionProtectionEnabled": True}, True),
        ({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}, True),
    ],
)
def test_options_of_a_deployment_are_no_drift(
    run: Run, service: Any, change: dict[str, Any], is_told: bool
) -> None:
    """Class, tags, encryption, stream and protection are nobody's declaration."""
    service.create_table(**create_table(compile_table(library), "other"), **change)
    service.update_time_to_live(**(time_to_live(compile_table(library), "other") or {}))
    ran = run("drift", "--table", "other")
    assert ran.code == 0
    assert ("nobody declared" in ran.out) is is_told


def test_every_difference_is_told(run: Run, service: Any) -> None:
    """A line each; exit code 1."""
    ran = run("drift", *BARE)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "the stream holds NEW_AND_OLD_IMAGES, declared is none",
        "point-in-time recovery is on, declared is off",
        "deletion protection is on, declared is off",
        "billing: PAY_PER_REQUEST",
    ]


def test_it_is_also_data(run: Run, service: Any) -> None:
    """For other programs; the exit code is the same."""
    service.create_table(**create_table(compile_table(library), "bare"))
    wanted = ("--stream", "NEW_AND_OLD_IMAGES", "--recovery", "off", "--protection", "on")
    ran = run("drift", "--table", "bare", *wanted, "--json")
    assert ran.code == 1
    assert ran.data == {
        "table": "bare",
        "differences": [
            "TTL is on no attribute, declared is forgotten_at",
            "the stream holds nothing, declared is NEW_AND_OLD_IMAGES",
            "deletion protection is off, declared is on",
        ],
        "not_asked": [],
        "billing": "PAY_PER_REQUEST",
        "undeclared": [],
    }


def test_a_table_that_is_not_there_cannot_be_asked(run: Run, service: Any) -> None:
    """Exit code 3: this is no drift, and no answer either."""
    ran = run("drift", "--table", "elsewhere")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(
        "singletable: [not-asked] elsewhere could not be asked: ResourceNotFound"
    )


def test_neither_can_an_endpoint_that_does_not_answer(run: Run) -> None:
    """Without a traceback."""
    ran = run("drift", "--endpoint", "http://127.0.0.1:9")
    assert (ran.code, ran.out) == (3, "")
    assert "library at http://127.0.0.1:9 could not be asked: Unreachable" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("code", "expected"), [("UnknownOperationException", 0), ("AccessDeniedException", 3)]
)
def test_a_question_that_is_not_known_is_not_one_that_is_forbidden(
    run: Run, service: Any, monkeypatch: pytest.MonkeyPatch, code: str, expected: int
) -> None:
    """The first is of an emulator and told; after the second nothing is known to be right."""

    def narrowed(endpoint: str | None, region: str | None) -> Transport:
        send = connect(endpoint, region)

        def sent(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            if operation == "DescribeContinuousBackups":
                raise TransportError(code, "no")
            return send(operation, parameters)

        return sent

    monkeypatch.setattr("singletable.cli.run.connect", narrowed)
    ran = run("drift")
    assert ran.code == expected
    told = ran.out if expected == 0 else ran.err
    assert ("cannot be asked here: point-in-time recovery" in told) == (expected == 0)
    assert (f"could not be asked: {code}: no" in told) == (expected == 3)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--protection", "!If [A, true, false]"], "drift takes values"),
        (["--endpoint", "nonsense", "--region", "x-y-1"], "Invalid endpoint: nonsense"),
        (["--units", "5,5"], "unrecognized arguments: --units"),
    ],
)
def test_wrong_usage_says_what_is_right(run: Run, words: list[str], problem: str) -> None:
    """Exit code 2."""
    ran = run("drift", *words)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err


@pytest.mark.connected
def test_dynamodb_local_is_asked_what_it_knows(run: Run) -> None:
    """Nothing is taken for drift that it cannot tell."""
    endpoint, name = local_endpoint(), f"library-{uuid.uuid4().hex}"
    client = client_of(endpoint)
    options = TableOptions(protection=False)
    client.create_table(**create_table(compile_table(library), name, options))
    client.update_time_to_live(**(time_to_live(compile_table(library), name) or {}))
    words = ("drift", "--endpoint", endpoint, "--region", "eu-west-1", "--table", name)
    try:
        ran = run(*words, "--recovery", "off", "--protection", "off")
        assert (ran.code, ran.err) == (0, "")
        assert f"{name} is as declared" in ran.out
        assert "declared is none" in run(*words, *BARE).out
    finally:
        client.delete_table(TableName=name)
