"""CreateTable, DescribeTable, DeleteTable, ListTables, and the time to live of a table."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

from singletable.testing.errors import TransportError, build_validation
from singletable.testing.item_operations import Response
from singletable.testing.parameters import (
    Parameters,
    optional_flag,
    optional_mapping,
    optional_number,
    optional_sequence,
    optional_text,
    require_mapping,
    require_text,
)
from singletable.testing.schemas import build_schema
from singletable.testing.tables import Store, Table
from singletable.testing.values import item_size

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_ARN = "arn:aws:dynamodb:local:000000000000:table/"
_LISTED = 100


def create_table(store: Store, parameters: Parameters) -> Response:
    """The table, which is active at once."""
    name = require_text(parameters, "TableName")
    if not _NAME.fullmatch(name):
        raise build_validation(
            "Invalid table/index name.  Table/index names must be between 3 and 255 characters "
            "long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'"
        )
    schema = build_schema(parameters)
    if name in store.tables:
        raise TransportError("ResourceInUseException", f"Table already exists: {name}")
    store.created += 1
    store.tables[name] = Table(schema, dict(parameters), store.clock(), store.created)
    return {"TableDescription": _describe(store.tables[name], "ACTIVE")}


def describe_table(store: Store, parameters: Parameters) -> Response:
    return {"Table": _describe(_find(store, parameters), "ACTIVE")}


def delete_table(store: Store, parameters: Parameters) -> Response:
    table = _find(store, parameters)
    if optional_flag(table.options, "DeletionProtectionEnabled"):
        raise build_validation(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    del store.tables[table.schema.name]
    return {"TableDescription": _describe(table, "DELETING")}


def list_tables(store: Store, parameters: Parameters) -> Response:
    """Names in order; those after a given one, up to a limit."""
    after = optional_text(parameters, "ExclusiveStartTableName") or ""
    limit = optional_number(parameters, "Limit", least=1) or _LISTED
    names = sorted(name for name in store.tables if name > after)
    response: Response = {"TableNames": names[:limit]}
    if len(names) > limit:
        response["LastEvaluatedTableName"] = names[limit - 1]
    return response


def update_time_to_live(store: Store, parameters: Parameters) -> Response:
    table = _find(store, parameters)
    given = require_mapping(parameters, "TimeToLiveSpecification")
    name, enabled = require_text(given, "AttributeName"), optional_flag(given, "Enabled")
    if enabled and table.ttl_attribute is not None:
        raise build_validation("TimeToLive is already enabled")
    if not enabled and table.ttl_attribute is None:
        raise build_validation("TimeToLive is already disabled")
    table.ttl_attribute = name if enabled else None
    return {"TimeToLiveSpecification": {"AttributeName": name, "Enabled": enabled}}


def describe_time_to_live(store: Store, parameters: Parameters) -> Response:
    name = _find(store, parameters).ttl_attribute
    described = {"TimeToLiveStatus": "DISABLED"}
    if name is not None:
        described = {"TimeToLiveStatus": "ENABLED", "AttributeName": name}
    return {"TimeToLiveDescription": described}


def _find(store: Store, parameters: Parameters) -> Table:
    name = require_text(parameters, "TableName")
    if name not in store.tables:
        raise TransportError(
            "ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"
        )
    return store.tables[name]


def _describe(table: Table, status: str) -> Response:
    name, options = table.schema.name, table.options
    billing = optional_text(options, "BillingMode") or "PROVISIONED"
    created = datetime.fromtimestamp(table.created, UTC)
    description: Response = {
        "AttributeDefinitions": options["AttributeDefinitions"],
        "TableName": name,
        "KeySchema": options["KeySchema"],
        "TableStatus": status,
        "CreationDateTime": created,
        "ProvisionedThroughput": _throughput(options),
        "TableSizeBytes": table.size,
        "ItemCount": len(table.records),
        "TableArn": _ARN + name,
        "TableId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{_ARN}{name}#{table.number}")),
        "DeletionProtectionEnabled": optional_flag(options, "DeletionProtectionEnabled"),
    }
    if billing == "PAY_PER_REQUEST":
        description["BillingModeSummary"] = {
            "BillingMode": billing,
            "LastUpdateToPayPerRequestDateTime": created,
        }
    for label in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if indexes := optional_sequence(options, label):
            description[label] = [_describe_index(table, label, each) for each in indexes]
    if vectors := optional_sequence(options, "VectorIndexes"):
        description["VectorIndexes"] = [_describe_vectors(table, each) for each in vectors]
    return description


def _describe_vectors(table: Table, given: Parameters) -> Response:
    name = require_text(given, "IndexName")
    index = table.schema.vectors[name]
    held = [item_size(index.cut(item)) for _, _, item in table.vectors_of(index)]
    return {
        **given,
        "IndexStatus": "ACTIVE",
        "IndexSizeBytes": sum(held),
        "ItemCount": len(held),
        "IndexArn": f"{_ARN}{table.schema.name}/index/{name}",
    }


def _describe_index(table: Table, label: str, given: Parameters) -> Response:
    name = require_text(given, "IndexName")
    index = table.indexes[name]
    held = [
        index.schema.size(record.item)
        for key, record in table.records.items()
        if index.place_of(record.item, key) is not None
    ]
    description: Response = {
        "IndexName": name,
        "KeySchema": given["KeySchema"],
        "Projection": given["Projection"],
        "IndexSizeBytes": sum(held),
        "ItemCount": len(held),
        "IndexArn": f"{_ARN}{table.schema.name}/index/{name}",
    }
    if label == "GlobalSecondaryIndexes":
        description |= {"IndexStatus": "ACTIVE", "ProvisionedThroughput": _throughput(given)}
    return description


def _throughput(options: Parameters) -> Response:
    given = optional_mapping(options, "ProvisionedThroughput") or {}
    return {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": given.get("ReadCapacityUnits", 0),
        "WriteCapacityUnits": given.get("WriteCapacityUnits", 0),
    }
