"""A table's declaration → the parameters of CreateTable and UpdateTimeToLive."""

from __future__ import annotations

from typing import Any

from singletable.patterns import declarations_of
from singletable.table import Index
from singletable.table import TableDefinition as Table


def create_table(table: Table, name: str | None = None) -> dict[str, Any]:
    """CreateTable's parameters: on-demand, with every index; TTL is set by `time_to_live`."""
    parameters: dict[str, Any] = {
        "TableName": name or table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute.name, "AttributeType": attribute.type}
            for _, attribute in sorted(table.key_attributes.items())
        ],
        "KeySchema": _key_schema(table.primary_index),
    }
    for kind, label in (("global", "GlobalSecondaryIndexes"), ("local", "LocalSecondaryIndexes")):
        indexes = [_index(index) for index in table.indexes if index.kind == kind]
        if indexes:
            parameters[label] = indexes
    return parameters


def time_to_live(table: Table, name: str | None = None) -> dict[str, Any] | None:
    """UpdateTimeToLive's parameters; None if no entity expires."""
    attribute = ttl_attribute(table)
    if attribute is None:
        return None
    return {
        "TableName": name or table.name,
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": attribute},
    }


def ttl_attribute(table: Table) -> str | None:
    """The one attribute that expiring entities of the table share."""
    for schema in declarations_of(table).entities.values():
        if schema.ttl is not None:
            return schema.ttl.stored
    return None


def _index(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection.kind}
    if index.projection.names:
        projection["NonKeyAttributes"] = list(index.projection.names)
    return {
        "IndexName": index.label,
        "KeySchema": _key_schema(index),
        "Projection": projection,
    }


def _key_schema(index: Index) -> list[dict[str, str]]:
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for kind, attributes in (("HASH", index.partition), ("RANGE", index.sort))
        for attribute in attributes
    ]
