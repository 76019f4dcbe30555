"""A table → the AWS::DynamoDB::Table resource of a CloudFormation template."""

from __future__ import annotations

from singletable.design.ir import JsonObject, Table
from singletable.emit.data_text import Text, yaml_text
from singletable.emit.infra.create_table import TableOptions, create_table, time_to_live


def cloudformation_table(
    table: Table, options: TableOptions, *, name: Text | None = None, resource: str = "Table"
) -> str:
    """YAML of one resource, which no deployment deletes: not with its stack, nor by replacing."""
    return yaml_text(
        {
            resource: {
                "Type": "AWS::DynamoDB::Table",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": _properties(table, options, name),
            }
        }
    )


def _properties(table: Table, options: TableOptions, name: Text | None) -> JsonObject:
    properties = create_table(table, name, options)
    properties.get("StreamSpecification", {}).pop("StreamEnabled", None)
    expiry = time_to_live(table)
    if expiry is not None:
        properties["TimeToLiveSpecification"] = expiry["TimeToLiveSpecification"]
    properties["PointInTimeRecoverySpecification"] = {
        "PointInTimeRecoveryEnabled": options.recovery
    }
    properties.setdefault("DeletionProtectionEnabled", False)
    return properties
