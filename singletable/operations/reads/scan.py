"""`Scan` reads all items of one entity, or of several, in an index: a declared full read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import evolve
from singletable.operations.reads.key_conditions import KeyCondition
from singletable.operations.reads.key_query import IndexRead, PartitionKey
from singletable.operations.reads.own_items import OwnItems, find_own_items
from singletable.operations.reads.paged_read import PagedRead, paged_read_of
from singletable.operations.reads.reader import Reader
from singletable.operations.reads.views import ViewOf, read_only
from singletable.records import record
from singletable.schema import CompiledKey

E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)

_MOST_SEGMENTS = 1_000_000


@record
class KeyScan(IndexRead):
    """All of an index, in segments that are read side by side."""

    operation: ClassVar[str] = "Scan"
    is_ordered: ClassVar[bool] = False

    others: tuple[CompiledKey, ...] = ()
    segments: int = 1
    takes_all_read: bool = False

    @property
    def is_drained(self) -> bool:
        return self.takes_all_read

    @property
    def members(self) -> tuple[CompiledKey, ...]:
        return (self.key, *self.others)

    @property
    def partition_count(self) -> int:
        return self.segments

    @cached_property
    def partitions(self) -> tuple[PartitionKey, ...]:
        return ((),) * self.segments

    def conditions(self, partition: PartitionKey) -> tuple[KeyCondition, ...]:
        return ()

    def manner(self, partition: int) -> dict[str, object]:
        manner = super().manner(partition)
        if self.segments == 1:
            return manner
        return {**manner, "Segment": partition, "TotalSegments": self.segments}

    def facts(self) -> Mapping[str, object]:
        return {"scan": self.label, "segments": self.segments}


@record
class Scan(PagedRead[E]):
    """Reads all items of an entity in an index, in no stated order. All of the index is read and
    paid for, whatever a filter leaves; `because` says why that is meant."""

    key_query: KeyScan
    because: str = ""

    def segments(self, number: int) -> Self:
        """Reads so many segments of the index side by side."""
        if self._limit("segments", number) > _MOST_SEGMENTS:
            raise self._invalid(f"segments({number})", f"1 to {_MOST_SEGMENTS}")
        return evolve(self, key_query=evolve(self.key_query, segments=number))

    def only(self, view: ViewOf[E, V]) -> Scan[V]:
        """Reads the fields of a view alone, and asks DynamoDB for no others."""
        only = read_only(self.reader, view, self.key_query.label)
        return cast("Scan[V]", evolve(self, reader=cast(Reader[Any], only)))

    @property
    def own_items(self) -> OwnItems | None:
        return find_own_items(self.reader, self.key_query.key.index)

    def next_page(self, left: int | None, cursor: str | None) -> Self:
        """A page of whole requests: what a smaller one leaves of them would be read again."""
        page = super().next_page(left, cursor)
        if left is not None:
            return page
        return evolve(page, key_query=evolve(self.key_query, takes_all_read=True))


def scan(keys: tuple[CompiledKey, ...], reader: Reader[E], because: object) -> Scan[E]:
    """The scan of an index for the entities of these keys; it needs a reason."""
    key_scan = KeyScan(keys[0], others=keys[1:])
    if not isinstance(because, str) or not because.strip():
        raise InvalidOperation(
            where=key_scan.label,
            declared=f"scan(because={abridge(because)})",
            allowed="the reason why all of the index is read, as text: it stands in the documents",
        )
    return Scan(key_scan, reader, because=because)


def scan_of(operation: object) -> Scan[Any] | None:
    """The scan of an operation, also where its first item or their number alone is wanted."""
    asked = paged_read_of(operation)
    return asked if _is_scan(asked) else None


def _is_scan(operation: object) -> TypeGuard[Scan[Any]]:
    return isinstance(operation, Scan)
