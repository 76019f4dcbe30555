"""A table → the parameters of CreateTable and UpdateTimeToLive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from singletable.design.ir import Capacity, Index, JsonObject, Table, Units, VectorSearch
from singletable.emit.data_text import RawExpression, Switch, Text

STREAM_VIEWS = ("NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY")
STANDARD = "STANDARD"
AWS_KEY = "aws"
"""The encryption by the key of an account that AWS manages."""


@dataclass(frozen=True)
class TableOptions:
    """How a table is deployed: as its design says, and where it does not, safely.

    `stream` is a view of STREAM_VIEWS or None; `recovery` is that to a point in time.
    `units`: provisioned read and write units, of the table and of each index that has none of its
    own; None: on demand. The others are as in `Deployment`.
    """

    stream: str | None = "NEW_AND_OLD_IMAGES"
    recovery: Switch = True
    protection: Switch = True
    table_class: str = STANDARD
    encryption: str | None = None
    replicas: tuple[str, ...] = ()
    units: Units | None = None
    max_units: Units | None = None
    warm_units: Units | None = None

    @property
    def expressions(self) -> Iterator[str]:
        """The options that are expressions, for commands that need values."""
        for each in (self.recovery, self.protection):
            if isinstance(each, RawExpression):
                yield each.text

    @property
    def capacity(self) -> Capacity:
        """The capacity of the table itself."""
        max_units = None if self.units is not None else self.max_units
        return Capacity(self.units, max_units, self.warm_units)

    def capacity_of(self, index: Index) -> Capacity:
        """The capacity of a global index."""
        own = index.capacity
        if self.units is None:
            return Capacity(None, own.max_units, own.warm_units)
        return Capacity(own.units or self.units, None, own.warm_units)


BARE = TableOptions(stream=None, recovery=False, protection=False)
"""A table as CreateTable makes it where it is told of keys and indexes alone."""


def declared_options(table: Table, unsaid: TableOptions) -> TableOptions:
    """The options that a table declares; `unsaid` if it declares none."""
    return unsaid if table.deployment is None else TableOptions(**vars(table.deployment))


def create_table(
    table: Table, name: Text | None = None, options: TableOptions | None = None
) -> JsonObject:
    """CreateTable's parameters with these options, or the declared ones; and with every index.

    All but `recovery` and `replicas`, which it cannot set. TTL is set by `time_to_live`.
    """
    options = options or declared_options(table, BARE)
    parameters: JsonObject = {
        "TableName": name or table.name,
        "BillingMode": "PAY_PER_REQUEST" if options.units is None else "PROVISIONED",
        "AttributeDefinitions": [
            {"AttributeName": attribute.name, "AttributeType": attribute.type}
            for _, attribute in sorted(table.defined_attributes.items())
        ],
        "KeySchema": _key_schema(table.primary),
    }
    indexes = _global_indexes(table, options), _local_indexes(table), _vector_indexes(table)
    labels = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "VectorIndexes")
    parameters |= {label: made for label, made in zip(labels, indexes, strict=True) if made}
    return parameters | _capacity(options.capacity) | _facts(options)


def _global_indexes(table: Table, options: TableOptions) -> list[JsonObject]:
    indexes = (index for index in table.indexes if index.kind == "global")
    return [_index(index) | _capacity(options.capacity_of(index)) for index in indexes]


def _local_indexes(table: Table) -> list[JsonObject]:
    return [_index(index) for index in table.indexes if index.kind == "local"]


def _vector_indexes(table: Table) -> list[JsonObject]:
    known = ((index, index.vector) for index in table.indexes)
    return [_vector_index(index, vector) for index, vector in known if vector is not None]


def _vector_index(index: Index, vector: VectorSearch) -> JsonObject:
    sides = (("HASH", index.partition), ("INLINE_FILTER", vector.filters))
    schema = [
        {"AttributeName": attribute.name, "SearchSchemaElementType": kind}
        for kind, attributes in sides
        for attribute in attributes
    ]
    return {
        "IndexName": index.name,
        "VectorAttribute": {"AttributeName": vector.attribute},
        **({"SearchSchema": schema} if schema else {}),
        "Projection": _projection(index),
        "Dimensions": vector.dimensions,
        "DistanceFunction": vector.distance.upper(),
    }


CAPACITIES = {
    "units": ("ProvisionedThroughput", "ReadCapacityUnits", "WriteCapacityUnits"),
    "max_units": ("OnDemandThroughput", "MaxReadRequestUnits", "MaxWriteRequestUnits"),
    "warm_units": ("WarmThroughput", "ReadUnitsPerSecond", "WriteUnitsPerSecond"),
}


def _capacity(capacity: Capacity) -> JsonObject:
    made: JsonObject = {}
    for name, (label, *names) in CAPACITIES.items():
        units: Units | None = getattr(capacity, name)
        if units is not None:
            made[label] = dict(zip(names, units, strict=True))
    return made


def _facts(options: TableOptions) -> JsonObject:
    """What is said of the table as a whole, where it is not what DynamoDB does anyway."""
    made: JsonObject = {}
    if options.stream is not None:
        made["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": options.stream}
    if options.table_class != STANDARD:
        made["TableClass"] = options.table_class
    if options.encryption is not None:
        made["SSESpecification"] = {"Enabled": True, "SSEType": "KMS"}
        if options.encryption != AWS_KEY:
            made["SSESpecification"]["KMSMasterKeyId"] = options.encryption
    if options.protection is not False:
        made["DeletionProtectionEnabled"] = options.protection
    return made


def time_to_live(table: Table, name: str | None = None) -> JsonObject | None:
    """UpdateTimeToLive's parameters; None if no entity expires."""
    if table.ttl_attribute is None:
        return None
    return {
        "TableName": name or table.name,
        "TimeToLiveSpecification": {"Enabled": True, "AttributeName": table.ttl_attribute},
    }


def _index(index: Index) -> JsonObject:
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index),
        "Projection": _projection(index),
    }


def _projection(index: Index) -> JsonObject:
    projection: JsonObject = {"ProjectionType": index.projection.kind}
    if index.projection.names:
        projection["NonKeyAttributes"] = list(index.projection.names)
    return projection


def _key_schema(index: Index) -> list[dict[str, str]]:
    sides = (("HASH", index.partition), ("RANGE", index.sort))
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for kind, attributes in sides
        for attribute in attributes
    ]
