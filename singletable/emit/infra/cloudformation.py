"""A table → its resource of a CloudFormation template; with replicas a GlobalTable."""

from __future__ import annotations

from singletable.design.ir import JsonObject, Table
from singletable.emit.data_text import RawExpression, Text, yaml_text
from singletable.emit.infra.create_table import TableOptions, create_table, time_to_live


def cloudformation_table(
    table: Table, options: TableOptions, *, name: Text | None = None, resource: str = "Table"
) -> str:
    """YAML of one resource, which no deployment deletes: not with its stack, nor by replacing."""
    kind = "GlobalTable" if options.replicas else "Table"
    properties = _properties(table, options, name)
    return yaml_text(
        {
            resource: {
                "Type": f"AWS::DynamoDB::{kind}",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": _globally(properties, options) if options.replicas else properties,
            }
        }
    )


def _properties(table: Table, options: TableOptions, name: Text | None) -> JsonObject:
    properties = create_table(table, name, options)
    properties.get("StreamSpecification", {}).pop("StreamEnabled", None)
    if "SSESpecification" in properties:
        encryption = properties["SSESpecification"]
        properties["SSESpecification"] = {"SSEEnabled": encryption.pop("Enabled"), **encryption}
    expiry = time_to_live(table)
    if expiry is not None:
        properties["TimeToLiveSpecification"] = expiry["TimeToLiveSpecification"]
    properties["PointInTimeRecoverySpecification"] = {
        "PointInTimeRecoveryEnabled": options.recovery
    }
    properties.setdefault("DeletionProtectionEnabled", False)
    return properties


_OF_REPLICAS = ("TableClass", "DeletionProtectionEnabled", "PointInTimeRecoverySpecification")


def _globally(properties: JsonObject, options: TableOptions) -> JsonObject:
    """The properties of a global table: what each replica has of its own stands with it."""
    own = {name: properties.pop(name) for name in _OF_REPLICAS if name in properties}
    own |= _split_limits(properties)
    indexes = properties.get("GlobalSecondaryIndexes", ())
    limits = ({"IndexName": index["IndexName"], **_split_limits(index)} for index in indexes)
    limited = [each for each in limits if len(each) > 1]
    if limited:
        own["GlobalSecondaryIndexes"] = limited
    regions = (RawExpression("!Ref AWS::Region"), *options.replicas)
    return {**properties, "Replicas": [{"Region": region, **own} for region in regions]}


def _split_limits(holder: JsonObject) -> JsonObject:
    """Takes apart the most units on demand: writes stay here, reads are those of a replica."""
    most = holder.pop("OnDemandThroughput", None)
    if most is None:
        return {}
    writes, reads = "MaxWriteRequestUnits", "MaxReadRequestUnits"
    holder["WriteOnDemandThroughputSettings"] = {writes: most[writes]}
    return {"ReadOnDemandThroughputSettings": {reads: most[reads]}}
