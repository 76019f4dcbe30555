"""An index as sorted lists, one for each partition, and the place where a read of it goes on."""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from singletable.testing.errors import build_validation
from singletable.testing.parameters import Parameters
from singletable.testing.schemas import IndexSchema, Key, TableSchema
from singletable.testing.values import Item, decode_item, kind_of

Entry: TypeAlias = tuple[Any, Any]
"""The sort key of an item in this index, and its primary key, which orders equal ones."""

_HASHES = 2**32


@dataclass(frozen=True, slots=True)
class SortCondition:
    """`equal` are values of the leading sort key attributes; the operator is of the next one.

    The operator is begins_with, BETWEEN, <, <=, >, >= or, where no further attribute is
    conditioned, empty.
    """

    equal: Key = ()
    operator: str = ""
    operands: Key = ()

    def bounds(self, entries: list[Entry]) -> tuple[int, int]:
        """The range of the entries that meet the condition."""
        length = len(self.equal) + 1
        low, high = 0, len(entries)
        if self.equal:
            low, high = _span(entries, self.equal, self.equal)
        bound = (*self.equal, *self.operands)
        match self.operator:
            case "":
                return low, high
            case "begins_with":
                return _beginning(entries, self.equal, self.operands[0], (low, high))
            case "BETWEEN":
                return _span(entries, bound[:length], (*self.equal, self.operands[1]))
            case "<" | ">=":
                side = bisect_left
            case _:
                side = bisect_right
        at = side(entries, bound, low, high, key=lambda entry: entry[0][:length])
        return (low, at) if self.operator in {"<", "<="} else (at, high)

    def holds(self, sort: Key) -> bool:
        low, high = self.bounds([(sort, ())])
        return low < high


def _span(entries: list[Entry], lower: Key, upper: Key) -> tuple[int, int]:
    length = len(lower)
    low = bisect_left(entries, lower, key=lambda entry: entry[0][:length])
    return low, bisect_right(entries, upper, low, key=lambda entry: entry[0][:length])


def _beginning(
    entries: list[Entry], equal: Key, beginning: Any, within: tuple[int, int]
) -> tuple[int, int]:
    at, length = len(equal), len(beginning)

    def head(entry: Entry) -> Any:
        return entry[0][at][:length]

    low = bisect_left(entries, beginning, *within, key=head)
    return low, bisect_right(entries, beginning, low, within[1], key=head)


class SortedIndex:
    """Where the items of one index are, by partition key and in the order of their sort keys."""

    def __init__(self, schema: IndexSchema) -> None:
        self.schema = schema
        self._partitions: dict[Key, list[Entry]] = {}
        self._order: list[tuple[int, Any]] = []

    def place_of(self, item: Item, primary: Key) -> tuple[Key, Entry] | None:
        """The item's partition and entry; None if it lacks an attribute of the index's key."""
        try:
            partition = tuple([item[name] for name in self.schema.partition])
            return partition, (tuple([item[name] for name in self.schema.sort]), primary)
        except KeyError:
            return None

    def add(self, item: Item, primary: Key) -> None:
        place = self.place_of(item, primary)
        if place is not None:
            entries = self._partitions.get(place[0])
            if entries is None:
                self._partitions[place[0]] = [place[1]]
                insort(self._order, (_hash(place[0]), place[0]))
            else:
                insort(entries, place[1])

    def remove(self, item: Item, primary: Key) -> None:
        place = self.place_of(item, primary)
        if place is not None:
            entries = self._partitions[place[0]]
            del entries[bisect_left(entries, place[1])]
            if not entries:
                del self._partitions[place[0]]
                del self._order[bisect_left(self._order, (_hash(place[0]), place[0]))]

    def query(
        self, partition: Key, condition: SortCondition, after: Entry | None, *, forward: bool
    ) -> Iterator[Key]:
        """Primary keys of one partition in order, those beyond `after` if it is given."""
        entries = self._partitions.get(partition, [])
        low, high = condition.bounds(entries)
        if after is not None and forward:
            low = max(low, bisect_right(entries, after))
        elif after is not None:
            high = min(high, bisect_left(entries, after))
        positions = range(low, high) if forward else range(high - 1, low - 1, -1)
        return (entries[at][1] for at in positions)

    def scan(self, segment: int, segments: int, after: tuple[Key, Entry] | None) -> Iterator[Key]:
        """Primary keys of one segment in the order of the partitions' hashes."""
        low = bisect_left(self._order, (_first_hash(segment, segments),))
        high = bisect_left(self._order, (_first_hash(segment + 1, segments),))
        if after is not None:
            partition, entry = after
            place = (_hash(partition), partition)
            entries = self._partitions.get(partition, [])
            yield from (key for _, key in entries[bisect_right(entries, entry) :])
            low = max(low, bisect_right(self._order, place))
        for _, partition in self._order[low:high]:
            yield from (key for _, key in self._partitions[partition])


def segment_of(partition: Key, segments: int) -> int:
    """The segment of a parallel scan in which a partition is."""
    return _hash(partition) * segments // _HASHES


def _first_hash(segment: int, segments: int) -> int:
    return -(-segment * _HASHES // segments)


def _hash(partition: Key) -> int:
    return zlib.crc32(repr(partition).encode("utf-8", "surrogatepass"))


class StartingKey(NamedTuple):
    partition: Key
    entry: Entry


def read_starting_key(
    table: TableSchema, index: IndexSchema, given: Parameters | None
) -> StartingKey | None:
    """The place after which a read goes on; it has the index's and the table's key attributes."""
    if given is None:
        return None
    key = decode_item(given)
    if key.keys() != {*table.primary.attributes, *index.attributes}:
        raise build_validation(
            "The provided starting key is invalid"
            if index.kind != "primary"
            else "Exclusive Start Key must have same size as table's key schema"
        )
    for name, value in key.items():
        if kind_of(value) != table.types[name]:
            raise build_validation(
                "The provided starting key is invalid: "
                "The provided key element does not match the schema"
            )
    primary = tuple([key[name] for name in table.primary.attributes])
    sort = tuple([key[name] for name in index.sort])
    return StartingKey(tuple([key[name] for name in index.partition]), (sort, primary))
