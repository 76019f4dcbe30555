"""A table's declaration → the AWS::DynamoDB::Table resource of a CloudFormation template."""

from __future__ import annotations

from typing import Any

from singletable.emit.create_table import time_to_live
from singletable.emit.table_options import TableOptions, create_table_with
from singletable.emit.verbatim import Text
from singletable.emit.yaml_text import yaml_text
from singletable.table import Table


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


def _properties(table: Table, options: TableOptions, name: Text | None) -> dict[str, Any]:
    properties = create_table_with(table, name, options)
    properties.get("StreamSpecification", {}).pop("StreamEnabled", None)
    expiry = time_to_live(table)
    if expiry is not None:
        properties["TimeToLiveSpecification"] = expiry["TimeToLiveSpecification"]
    properties["PointInTimeRecoverySpecification"] = {
        "PointInTimeRecoveryEnabled": options.recovery
    }
    properties.setdefault("DeletionProtectionEnabled", False)
    return properties
