"""A table → Terraform's aws_dynamodb_table, laid out as `terraform fmt` does."""

from __future__ import annotations

import json
from collections.abc import Iterator

from singletable.design.ir import JsonObject, Table
from singletable.emit.data_text import RawExpression, Switch, Text
from singletable.emit.infra.create_table import TableOptions, create_table

Block = tuple[str, JsonObject, list[tuple[str, JsonObject]]]
"""A block's label and arguments, and those of the blocks within."""

_CAPACITIES = {
    "OnDemandThroughput": (
        "on_demand_throughput",
        {
            "MaxReadRequestUnits": "max_read_request_units",
            "MaxWriteRequestUnits": "max_write_request_units",
        },
    ),
    "WarmThroughput": (
        "warm_throughput",
        {
            "ReadUnitsPerSecond": "read_units_per_second",
            "WriteUnitsPerSecond": "write_units_per_second",
        },
    ),
}


def terraform_table(
    table: Table, options: TableOptions, *, name: Text | None = None, resource: str = "table"
) -> str:
    """HCL of one resource, which no plan destroys; names may hold `${...}`."""
    created = create_table(table, name, options)
    lines = [f'resource "aws_dynamodb_table" "{resource}" {{', *_arguments(_own(created))]
    for label, arguments, inner in _blocks(table, options, created):
        lines += ["", f"  {label} {{", *(f"  {line}" for line in _arguments(arguments))]
        for within, each in inner:
            lines += [
                "",
                f"    {within} {{",
                *(f"    {line}" for line in _arguments(each)),
                "    }",
            ]
        lines.append("  }")
    return "\n".join([*lines, "}"]) + "\n"


def _own(created: JsonObject) -> JsonObject:
    stream = created.get("StreamSpecification")
    return {
        "name": created["TableName"],
        "billing_mode": created["BillingMode"],
        **_units(created),
        **_key(created),
        "stream_enabled": stream is not None,
        "stream_view_type": stream and stream["StreamViewType"],
        "deletion_protection_enabled": created.get("DeletionProtectionEnabled", False),
        "table_class": created.get("TableClass"),
    }


def _blocks(table: Table, options: TableOptions, created: JsonObject) -> Iterator[Block]:
    for attribute in created["AttributeDefinitions"]:
        yield (
            "attribute",
            {"name": attribute["AttributeName"], "type": attribute["AttributeType"]},
            [],
        )
    for index in created.get("GlobalSecondaryIndexes", ()):
        own = {"name": index["IndexName"], **_units(index), **_projection(index)}
        yield "global_secondary_index", own, [*_key_schema(index), *_capacities(index)]
    for index in created.get("LocalSecondaryIndexes", ()):
        key = {"range_key": _key(index)["range_key"]}
        yield "local_secondary_index", {"name": index["IndexName"], **key, **_projection(index)}, []
    if table.ttl_attribute is not None:
        yield "ttl", {"attribute_name": table.ttl_attribute, "enabled": True}, []
    yield "point_in_time_recovery", {"enabled": options.recovery}, []
    yield from ((label, arguments, []) for label, arguments in _capacities(created))
    if options.encryption is not None:
        key = created["SSESpecification"].get("KMSMasterKeyId")
        yield "server_side_encryption", {"enabled": True, "kms_key_arn": key}, []
    for region in options.replicas:
        yield "replica", _replica(region, options), []
    yield "lifecycle", {"prevent_destroy": True}, []


def _key(holder: JsonObject) -> dict[str, str]:
    names = {"HASH": "hash_key", "RANGE": "range_key"}
    return {names[part["KeyType"]]: part["AttributeName"] for part in holder["KeySchema"]}


def _key_schema(index: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """In blocks, since `hash_key` and `range_key` of a global index are deprecated."""
    for part in index["KeySchema"]:
        own = {"attribute_name": part["AttributeName"], "key_type": part["KeyType"]}
        yield "key_schema", own


def _capacities(holder: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for label, (block, names) in _CAPACITIES.items():
        if label in holder:
            yield block, {name: holder[label][known] for known, name in names.items()}


def _replica(region: str, options: TableOptions) -> JsonObject:
    return {
        "region_name": region,
        "point_in_time_recovery": options.recovery,
        "deletion_protection_enabled": options.protection,
    }


def _units(holder: JsonObject) -> dict[str, int]:
    units = holder.get("ProvisionedThroughput")
    if units is None:
        return {}
    return {
        "read_capacity": units["ReadCapacityUnits"],
        "write_capacity": units["WriteCapacityUnits"],
    }


def _projection(index: JsonObject) -> JsonObject:
    projection = index["Projection"]
    return {
        "projection_type": projection["ProjectionType"],
        "non_key_attributes": projection.get("NonKeyAttributes"),
    }


def _arguments(arguments: JsonObject) -> Iterator[str]:
    """`name = value`, the signs under one another; those without a value are left out."""
    given = {name: value for name, value in arguments.items() if value is not None}
    width = max(map(len, given))
    for name, value in given.items():
        yield f"  {name.ljust(width)} = {_value(value)}"


def _value(value: Switch | Text | int | list[str]) -> str:
    return value.text if isinstance(value, RawExpression) else json.dumps(value, ensure_ascii=False)
