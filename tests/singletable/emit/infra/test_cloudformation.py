"""The table as a CloudFormation resource."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from singletable import Table as DeclaredTable
from singletable import include
from singletable.check.drift import Live, drift_of
from singletable.design import compile_table
from singletable.design.ir import Table
from singletable.emit.data_text import RawExpression
from singletable.emit.infra.cloudformation import cloudformation_table
from singletable.emit.infra.create_table import TableOptions
from tests.singletable.library import library

LIBRARY = compile_table(library)
BARE = TableOptions(stream=None, recovery=False, protection=False, units=(3, 4))


def resource(table: Table = LIBRARY, options: TableOptions | None = None) -> dict[str, Any]:
    return yaml.safe_load(cloudformation_table(table, options or TableOptions()))["Table"]


def test_nothing_is_lost_by_default() -> None:
    """Not with the stack, not by replacement, not by a mistaken delete, not by an overwrite."""
    made = resource()
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = made["Properties"]
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_the_declaration_is_in_it() -> None:
    """Keys, attribute types, indexes with their projections, TTL."""
    properties = resource()["Properties"]
    assert properties["TableName"] == "library"
    assert [index["IndexName"] for index in properties["GlobalSecondaryIndexes"]] == [
        "GSI1",
        "GSI2",
    ]
    held = properties["GlobalSecondaryIndexes"][1]["Projection"]
    assert (held["ProjectionType"], len(held["NonKeyAttributes"])) == ("INCLUDE", 10)
    assert properties["TimeToLiveSpecification"] == {
        "AttributeName": "forgotten_at",
        "Enabled": True,
    }


def test_options_take_things_away() -> None:
    """Each of them explicitly; units are those of the table and of each global index."""
    properties = resource(options=BARE)["Properties"]
    assert "StreamSpecification" not in properties
    assert properties["DeletionProtectionEnabled"] is False
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    holders = [properties, *properties["GlobalSecondaryIndexes"]]
    assert [holder["ProvisionedThroughput"] for holder in holders] == [units] * 3


def test_local_indexes_are_in_it() -> None:
    """They have no throughput of their own; without TTL none is said."""
    shelf = DeclaredTable("shelf")
    shelf.local_index("by-title", sort_key="title", projection=include("author"))
    properties = resource(compile_table(shelf), BARE)["Properties"]
    (index,) = properties["LocalSecondaryIndexes"]
    assert index["IndexName"] == "by-title"
    assert "ProvisionedThroughput" not in index
    assert "TimeToLiveSpecification" not in properties


def test_names_and_switches_may_be_expressions() -> None:
    """Stages differ in them."""
    options = TableOptions(protection=RawExpression("!If [Kept, true, false]"))
    text = cloudformation_table(LIBRARY, options, name=RawExpression("!Ref Name"), resource="Books")
    assert text.startswith("Books:\n  Type: AWS::DynamoDB::Table\n")
    assert "\n    TableName: !Ref Name\n" in text
    assert "\n    DeletionProtectionEnabled: !If [Kept, true, false]\n" in text


@pytest.mark.parametrize("options", [TableOptions(), BARE])
def test_the_stack_makes_the_declared_table(
    options: TableOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deployed to a mocked CloudFormation, which ignores TTL and recovery, nothing differs."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    resources = "".join(
        f"  {line}\n" for line in cloudformation_table(LIBRARY, options).splitlines()
    )
    with mock_aws():
        stacks = boto3.client("cloudformation", region_name="eu-west-1")
        stacks.create_stack(StackName="library", TemplateBody=f"Resources:\n{resources}")
        client = boto3.client("dynamodb", region_name="eu-west-1")
        live = Live(client.describe_table(TableName="library")["Table"], None, None)
    assert drift_of(LIBRARY, live, options).differences == ()
