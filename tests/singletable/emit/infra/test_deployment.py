"""A declared deployment, as AWS, CloudFormation and Terraform take it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from botocore.session import get_session
from botocore.validate import ParamValidator
from cfnlint.api import lint

from singletable import Table, create_table
from singletable.design import compile_design, compile_table
from singletable.emit.docs.tables import table_section
from singletable.emit.infra.cloudformation import cloudformation_table
from singletable.emit.infra.create_table import TableOptions, declared_options
from singletable.emit.infra.terraform import terraform_table
from singletable.testing import memory_transport
from tests.singletable.deployed import KEY, TABLES, carts, logs, orders


def options_of(table: Table) -> TableOptions:
    return declared_options(compile_table(table), TableOptions())


def template(table: Table) -> dict[str, Any]:
    text = cloudformation_table(compile_table(table), options_of(table))
    return yaml.safe_load(text.replace("!Ref AWS::Region", '{"Ref": "AWS::Region"}'))["Table"]


def terraform(table: Table) -> str:
    return terraform_table(compile_table(table), options_of(table))


def test_create_table_has_what_is_declared() -> None:
    made = create_table(logs)
    assert made["BillingMode"] == "PAY_PER_REQUEST"
    assert made["OnDemandThroughput"] == {"MaxReadRequestUnits": 400, "MaxWriteRequestUnits": 200}
    assert made["WarmThroughput"] == {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}
    assert made["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert made["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert made["DeletionProtectionEnabled"] is True
    assert made["SSESpecification"] == {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    (index,) = made["GlobalSecondaryIndexes"]
    assert index["OnDemandThroughput"]["MaxWriteRequestUnits"] == 40
    assert index["WarmThroughput"]["ReadUnitsPerSecond"] == 13000


def test_provisioned_indexes_have_their_own_units_or_the_tables() -> None:
    made = create_table(orders)
    assert made["BillingMode"] == "PROVISIONED"
    holders = [made, *made["GlobalSecondaryIndexes"]]
    units = [tuple(each["ProvisionedThroughput"].values()) for each in holders]
    assert units == [(20, 10), (5, 4), (20, 10)]
    assert not {"StreamSpecification", "DeletionProtectionEnabled"} & made.keys()


@pytest.mark.parametrize("name", TABLES)
def test_the_service_knows_the_parameters(name: str) -> None:
    """By its own model; and DynamoDB in memory makes the table."""
    shape = get_session().get_service_model("dynamodb").operation_model("CreateTable").input_shape
    assert not ParamValidator().validate(create_table(TABLES[name]), shape).has_errors()
    described = memory_transport()("CreateTable", create_table(TABLES[name]))
    assert described["TableDescription"]["TableName"] == name


@pytest.mark.parametrize("name", TABLES)
def test_cloudformation_knows_the_properties(name: str) -> None:
    """By its own schema, without errors; hints about attributes of replicas aside."""
    text = cloudformation_table(compile_table(TABLES[name]), options_of(TABLES[name]))
    body = "".join(f"  {line}\n" for line in text.splitlines())
    found = lint(f"Resources:\n{body}", regions=["eu-west-1"])
    assert [str(each) for each in found if each.rule.id.startswith("E")] == []


def test_a_table_is_a_resource_of_its_own() -> None:
    made = template(logs)
    assert made["Type"] == "AWS::DynamoDB::Table"
    properties = made["Properties"]
    assert properties["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": KEY,
    }
    assert properties["WarmThroughput"]["WriteUnitsPerSecond"] == 5000
    assert properties["TimeToLiveSpecification"]["AttributeName"] == "gone_at"


def test_a_table_with_replicas_is_a_global_table() -> None:
    """What belongs to a replica stands in each, the stack's own region first."""
    made = template(carts)
    assert made["Type"] == "AWS::DynamoDB::GlobalTable"
    assert made["DeletionPolicy"] == "Retain"
    properties = made["Properties"]
    own, *others = properties["Replicas"]
    assert own["Region"] == {"Ref": "AWS::Region"}
    assert [each["Region"] for each in others] == ["eu-central-1", "us-east-1"]
    for replica in (own, *others):
        assert replica["DeletionProtectionEnabled"] is True
        assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        (index,) = replica["GlobalSecondaryIndexes"]
        assert index["ReadOnDemandThroughputSettings"] == {"MaxReadRequestUnits": 50}
    assert "DeletionProtectionEnabled" not in properties
    (index,) = properties["GlobalSecondaryIndexes"]
    assert index["WriteOnDemandThroughputSettings"] == {"MaxWriteRequestUnits": 40}
    assert properties["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}


def test_terraform_has_blocks_for_it() -> None:
    text = terraform(logs)
    assert 'table_class                 = "STANDARD_INFREQUENT_ACCESS"' in text
    assert f'kms_key_arn = "{KEY}"' in text
    assert "  on_demand_throughput {\n    max_read_request_units  = 400\n" in text
    assert "    warm_throughput {\n      read_units_per_second  = 13000\n" in text
    assert 'replica {\n    region_name                 = "eu-central-1"\n' in terraform(carts)
    assert "read_capacity               = 20" in terraform(orders)


def test_the_page_says_how_it_is_deployed() -> None:
    page = "\n".join(table_section(compile_design([logs])))
    assert "at most 400 read and 200 write units" in page
    assert "Its stream holds `KEYS_ONLY`. Point-in-time recovery is on." in page
    assert "everything; on demand, at most 50 read and 40 write units" in page
    page = "\n".join(table_section(compile_design([carts])))
    assert "It has replicas in `eu-central-1`, `us-east-1`." in page
