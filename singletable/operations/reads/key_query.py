"""A query of one key as data: index, partitions, sort conditions, order. Knows no entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from singletable.codec import AttributeValue
from singletable.operations.reads.key_conditions import (
    KeyCondition,
    Range,
    partition_conditions,
    sort_conditions,
)
from singletable.schema import CompiledKey, Values
from singletable.schema.isolation import QueryShape, query_shape
from singletable.table import SHARD

PartitionKey: TypeAlias = tuple[AttributeValue, ...]
"""The values of the partition key's attributes."""


@dataclass(frozen=True)
class KeyQuery:
    """A query by key; `equals` are values of the partition key fields and first sort key fields."""

    key: CompiledKey
    equals: Values
    bounds: Range | None = None
    is_backwards: bool = False
    is_consistent: bool = False

    @property
    def members(self) -> tuple[CompiledKey, ...]:
        """The keys that are asked: this one, or those of an item collection."""
        return (self.key,)

    @property
    def label(self) -> str:
        return self.key.label

    def rename(self, values: Values) -> Values:
        """Values by the names that the fields have in `key`."""
        return values

    def shape(self, skipped: tuple[str, ...]) -> QueryShape:
        """What isolation depends on, where items of the skipped entities may be met."""
        entities = (self.key.entity, *skipped)
        return query_shape(self.key, entities, self.equals, self.bounds)

    @property
    def partition_count(self) -> int:
        """How many partitions are read as one: one, or one a shard."""
        shards = self.key.shards
        return 1 if shards is None or SHARD in self.equals else shards.count

    @cached_property
    def partitions(self) -> tuple[PartitionKey, ...]:
        """The partition keys to ask: one, or one a shard."""
        if self.partition_count == 1:
            return (self.key.render_partition(self.equals),)
        every = ({**self.equals, SHARD: shard} for shard in range(self.partition_count))
        return tuple(map(self.key.render_partition, every))

    @cached_property
    def sort_conditions(self) -> tuple[KeyCondition, ...]:
        return sort_conditions(self.key, self.equals, self.bounds)

    def conditions(self, partition: PartitionKey) -> tuple[KeyCondition, ...]:
        """The key conditions for one of the partitions."""
        return (*partition_conditions(self.key, partition), *self.sort_conditions)

    @property
    def free_fields(self) -> tuple[str, ...]:
        """The fields of the sort key by which items are ordered."""
        return tuple(name for name in self.key.sort_fields if name not in self.equals)

    def source(self, table: str) -> dict[str, object]:
        """The parameters that say what is read: table and index."""
        index = self.key.index.name
        return {"TableName": table} if index is None else {"TableName": table, "IndexName": index}

    def manner(self) -> dict[str, object]:
        """The parameters that say how it is read: order and consistency."""
        manner: dict[str, object] = {"ScanIndexForward": False} if self.is_backwards else {}
        return {**manner, "ConsistentRead": True} if self.is_consistent else manner

    def facts(self) -> Mapping[str, object]:
        """The facts that decide which items are read, and in which order: for cursors."""
        return {
            "key": self.label,
            "partitions": self.partitions,
            "sort": [(each.operator, each.values) for each in self.sort_conditions],
            "backwards": self.is_backwards,
        }
