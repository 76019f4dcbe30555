"""Drift of a table whose deployment is declared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Table, create_table
from singletable.check.drift import Drift, Live, drift_of
from singletable.design import compile_table
from singletable.emit.infra.create_table import TableOptions, declared_options
from tests.singletable.deployed import KEY, TABLES, carts, logs, orders

Change = Callable[[dict[str, Any]], object]


def described(table: Table) -> dict[str, Any]:
    """What DescribeTable answers, once it is created and has its replicas."""
    made = create_table(table)
    deployment = table.deployment
    assert deployment is not None
    made["BillingModeSummary"] = {"BillingMode": made["BillingMode"]}
    made["TableArn"] = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table.name}"
    made["TableClassSummary"] = {"TableClass": made.pop("TableClass", "STANDARD")}
    made.setdefault("DeletionProtectionEnabled", False)
    if "SSESpecification" in made:
        key = made.pop("SSESpecification").get("KMSMasterKeyId", "arn:aws:kms:eu-west-1:1:key/2")
        made["SSEDescription"] = {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}
    made["Replicas"] = [{"RegionName": each} for each in deployment.replicas]
    return made


def drift(table: Table, live: dict[str, Any]) -> Drift:
    deployment = table.deployment
    assert deployment is not None
    status = "ENABLED" if deployment.recovery else "DISABLED"
    backups = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status}}
    compiled = compile_table(table)
    expiry = {"TimeToLiveStatus": "DISABLED"}
    if compiled.ttl_attribute is not None:
        expiry = {"TimeToLiveStatus": "ENABLED", "AttributeName": compiled.ttl_attribute}
    options = declared_options(compiled, TableOptions())
    return drift_of(compiled, Live(live, expiry, backups), options)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_created_as_declared_is_as_declared(name: str) -> None:
    found = drift(TABLES[name], described(TABLES[name]))
    assert (found.differences, found.not_asked, found.undeclared) == ((), (), ())


def index(live: dict[str, Any]) -> Any:
    return live["GlobalSecondaryIndexes"][0]


@pytest.mark.parametrize(
    ("table", "change", "difference"),
    [
        (
            logs,
            lambda live: live.update(BillingModeSummary={"BillingMode": "PROVISIONED"}),
            "it is billed PROVISIONED, declared is PAY_PER_REQUEST",
        ),
        (
            logs,
            lambda live: live["OnDemandThroughput"].update(MaxReadRequestUnits=300),
            "the table has 300,200 units at most, declared are 400,200",
        ),
        (
            logs,
            lambda live: index(live).pop("OnDemandThroughput"),
            "the global index ByDay has no units at most, declared are 50,40",
        ),
        (
            logs,
            lambda live: index(live)["WarmThroughput"].update(WriteUnitsPerSecond=4000),
            "the global index ByDay has 13000,4000 warm units, declared are 13000,4500",
        ),
        (
            logs,
            lambda live: live["TableClassSummary"].update(TableClass="STANDARD"),
            "the table class is STANDARD, declared is STANDARD_INFREQUENT_ACCESS",
        ),
        (
            logs,
            lambda live: live.pop("SSEDescription"),
            f"it is encrypted by the key of DynamoDB, declared is {KEY}",
        ),
        (
            orders,
            lambda live: live["ProvisionedThroughput"].update(ReadCapacityUnits=21),
            "the table has 21,10 provisioned units, declared are 20,10",
        ),
        (
            orders,
            lambda live: index(live)["ProvisionedThroughput"].update(ReadCapacityUnits=20),
            "the global index ByState has 20,4 provisioned units, declared are 5,4",
        ),
        (
            orders,
            lambda live: live.update(
                StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
            ),
            "the stream holds NEW_IMAGE, declared is none",
        ),
        (
            carts,
            lambda live: live["Replicas"].pop(),
            "the replica in us-east-1 is missing",
        ),
        (
            carts,
            lambda live: live["Replicas"].append({"RegionName": "eu-north-1"}),
            "the replica in eu-north-1 is not declared",
        ),
        (
            carts,
            lambda live: live.update(
                OnDemandThroughput={"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 5}
            ),
            "the table has 5,5 units at most, declared are no",
        ),
    ],
)
def test_each_fact_is_compared(table: Table, change: Change, difference: str) -> None:
    live = described(table)
    change(live)
    assert drift(table, live).differences == (difference,)


def test_warm_units_may_grow_and_no_limit_may_be_said() -> None:
    live = described(carts)
    live["WarmThroughput"] = {"ReadUnitsPerSecond": 90000, "WriteUnitsPerSecond": 90000}
    live["OnDemandThroughput"] = {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
    live["Replicas"].append({"RegionName": "eu-west-1"})
    assert drift(carts, live).differences == ()


def test_what_an_emulator_does_not_know_cannot_be_asked() -> None:
    live = described(logs)
    del live["WarmThroughput"]
    found = drift(logs, live)
    assert (found.differences, found.not_asked) == ((), ("warm units",))
