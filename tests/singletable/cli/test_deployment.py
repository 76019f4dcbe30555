"""`singletable table` and `singletable drift` of a table whose deployment is declared."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from tests.singletable.cli.conftest import Run

LOGS = "tests.singletable.deployed:logs"


def test_the_table_is_printed_as_declared(run: Run) -> None:
    """What CreateTable does not set is named."""
    ran = run("table", design=LOGS)
    assert ran.data["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert "recovery, by UpdateContinuousBackups" in ran.err


def test_options_come_before_what_is_declared(run: Run) -> None:
    """Stages differ in them."""
    ran = run("table", "--protection", "off", "--stream", "off", "--units", "2,3", design=LOGS)
    assert not {"StreamSpecification", "DeletionProtectionEnabled"} & ran.data.keys()
    assert not {"OnDemandThroughput"} & ran.data.keys()
    holders = [ran.data, *ran.data["GlobalSecondaryIndexes"]]
    units = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}
    assert [each["ProvisionedThroughput"] for each in holders] == [units] * 2
    orders = "tests.singletable.deployed:orders"
    assert run("table", "--units", "off", design=orders).data["BillingMode"] == "PAY_PER_REQUEST"


def test_what_is_printed_and_created_is_as_declared(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On moto, which knows neither table classes nor limits on demand."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(**run("table", design=LOGS).data)
        client.update_time_to_live(**run("table", "--ttl", design=LOGS).data)
        ran = run("drift", "--json", design=LOGS)
    assert ran.code == 1
    assert ran.data["differences"] == [
        "point-in-time recovery is off, declared is on",
        "the table has no units at most, declared are 400,200",
        "the global index ByDay has no units at most, declared are 50,40",
        "the table class is STANDARD, declared is STANDARD_INFREQUENT_ACCESS",
    ]
