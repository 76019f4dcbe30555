"""What is read of an index as data: by key, with partitions, sort conditions and order.

Knows no entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import ClassVar, TypeAlias

from singletable.codec import AttributeValue
from singletable.operations.reads.key_conditions import (
    KeyCondition,
    Range,
    is_inverted,
    partition_conditions,
    sort_conditions,
)
from singletable.records import record
from singletable.schema import CompiledKey, Values
from singletable.schema.isolation import QueryShape, query_shape
from singletable.table import SHARD

PartitionKey: TypeAlias = tuple[AttributeValue, ...]
"""The values of the partition key's attributes."""


@record
class IndexRead:
    """What is read of the index of a key, in one or several partitions that are read as one."""

    operation: ClassVar[str]
    is_ordered: ClassVar[bool]

    key: CompiledKey
    is_backwards: bool = field(default=False, kw_only=True)
    is_consistent: bool = field(default=False, kw_only=True)

    @property
    def members(self) -> tuple[CompiledKey, ...]:
        """The keys that are asked: this one, or those of an item collection."""
        return (self.key,)

    @property
    def label(self) -> str:
        """The keys as shown in errors and documents: `Game.key + Player.key`."""
        return " + ".join(key.label for key in self.members)

    @property
    def partition_count(self) -> int:
        """How many partitions are read as one."""
        raise NotImplementedError

    @property
    def key_fields(self) -> frozenset[str]:
        """The fields that are key attributes themselves, by which nothing can be filtered."""
        return frozenset()

    @cached_property
    def partitions(self) -> tuple[PartitionKey, ...]:
        """The partition keys to ask."""
        raise NotImplementedError

    @property
    def is_drained(self) -> bool:
        """Whether a page takes all that its requests read, and so more than it was to have."""
        return False

    def conditions(self, partition: PartitionKey) -> tuple[KeyCondition, ...]:
        """The key conditions for one of the partitions."""
        raise NotImplementedError

    @property
    def is_empty(self) -> bool:
        """Whether it can find nothing, so that nothing is sent."""
        return False

    def source(self, table: str) -> dict[str, object]:
        """The parameters that say what is read: table and index."""
        index = self.key.index.name
        return {"TableName": table} if index is None else {"TableName": table, "IndexName": index}

    def manner(self, partition: int) -> dict[str, object]:
        """The parameters that say how one of the partitions is read: order and consistency."""
        order: dict[str, object] = {"ScanIndexForward": False} if self.is_backwards else {}
        return {**order, "ConsistentRead": True} if self.is_consistent else order

    def facts(self) -> Mapping[str, object]:
        """The facts that decide which items are read, and in which order: for cursors."""
        raise NotImplementedError


@record
class KeyQuery(IndexRead):
    """A query by key; `equals` are values of the partition key fields and first sort key fields."""

    operation: ClassVar[str] = "Query"
    is_ordered: ClassVar[bool] = True

    equals: Values
    bounds: Range | None = None

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

    @property
    def key_fields(self) -> frozenset[str]:
        parts = [part for key in self.members for part in key.parts]
        return frozenset(name for part in parts if part.natural for name in part.fields)

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
        return (*partition_conditions(self.key, partition), *self.sort_conditions)

    @property
    def is_empty(self) -> bool:
        bounds = self.bounds
        if bounds is None or not (bounds.excludes_low or bounds.excludes_high):
            return False
        return is_inverted(self.sort_conditions[-1], bounds)

    @property
    def free_fields(self) -> tuple[str, ...]:
        """The fields of the sort key by which items are ordered."""
        return tuple(name for name in self.key.sort_fields if name not in self.equals)

    def facts(self) -> Mapping[str, object]:
        return {
            "key": self.label,
            "partitions": self.partitions,
            "sort": [(each.operator, each.values) for each in self.sort_conditions],
            "backwards": self.is_backwards,
        }
