"""A table → the parameters of CreateTable and UpdateTimeToLive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from singletable.design.ir import Index, JsonObject, Table
from singletable.emit.data_text import RawExpression, Switch, Text

STREAM_VIEWS = ("NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY")


@dataclass(frozen=True)
class TableOptions:
    """Options of a deployed table that a design does not decide; the defaults are the safe ones.

    `stream` is a view of STREAM_VIEWS or None; `recovery` is that to a point in time.
    `units`: provisioned read and write units, of the table and of each index; None: on demand.
    """

    stream: str | None = "NEW_AND_OLD_IMAGES"
    recovery: Switch = True
    protection: Switch = True
    units: tuple[int, int] | None = None

    @property
    def expressions(self) -> Iterator[str]:
        """The options that are expressions, for commands that need values."""
        for each in (self.recovery, self.protection):
            if isinstance(each, RawExpression):
                yield each.text


BARE = TableOptions(stream=None, recovery=False, protection=False)
"""A table as CreateTable makes it where it is told of keys and indexes alone."""


def create_table(
    table: Table, name: Text | None = None, options: TableOptions = BARE
) -> JsonObject:
    """CreateTable's parameters with these options, all but `recovery`, which it cannot set.

    On demand unless there are units, and with every index; TTL is set by `time_to_live`.
    """
    parameters: JsonObject = {
        "TableName": name or table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute.name, "AttributeType": attribute.type}
            for _, attribute in sorted(table.key_attributes.items())
        ],
        "KeySchema": _key_schema(table.primary),
    }
    for kind, label in (("global", "GlobalSecondaryIndexes"), ("local", "LocalSecondaryIndexes")):
        indexes = [_index(index) for index in table.indexes if index.kind == kind]
        if indexes:
            parameters[label] = indexes
    _add_options(parameters, options)
    return parameters


def _add_options(parameters: JsonObject, options: TableOptions) -> None:
    if options.units is not None:
        parameters["BillingMode"] = "PROVISIONED"
        for holder in (parameters, *parameters.get("GlobalSecondaryIndexes", ())):
            holder["ProvisionedThroughput"] = dict(
                zip(("ReadCapacityUnits", "WriteCapacityUnits"), options.units, strict=True)
            )
    if options.stream is not None:
        parameters["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": options.stream,
        }
    if options.protection is not False:
        parameters["DeletionProtectionEnabled"] = options.protection


def time_to_live(table: Table, name: str | None = None) -> JsonObject | None:
    """UpdateTimeToLive's parameters; None if no entity expires."""
    if table.ttl_attribute is None:
        return None
    return {
        "TableName": name or table.name,
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": table.ttl_attribute},
    }


def _index(index: Index) -> JsonObject:
    projection: JsonObject = {"ProjectionType": index.projection.kind}
    if index.projection.names:
        projection["NonKeyAttributes"] = list(index.projection.names)
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index),
        "Projection": projection,
    }


def _key_schema(index: Index) -> list[dict[str, str]]:
    sides = (("HASH", index.partition), ("RANGE", index.sort))
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for kind, attributes in sides
        for attribute in attributes
    ]
