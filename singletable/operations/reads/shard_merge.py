"""Merges the partitions of a sharded query in key order, or the segments of a scan in any order,
reading them side by side.

Knows positions and sort keys; no entity and no key condition.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, TypeAlias

from singletable.codec import AttributeValue
from singletable.errors.service import ServiceUnavailable
from singletable.errors.transport import UNREADABLE
from singletable.operations.protocol import Request, Response
from singletable.operations.reads.cursor import Position

Item = Mapping[str, AttributeValue]
Rank: TypeAlias = list[Decimal | str | bytes]
"""The values of the sort key's attributes, which are compared one after the other."""


class PartitionRequests(Protocol):
    """What the merge needs of a query."""

    @property
    def operation(self) -> str: ...

    @property
    def is_ordered(self) -> bool: ...

    @property
    def is_drained(self) -> bool: ...

    @property
    def is_backwards(self) -> bool: ...

    def limit(self, wanted: int | None, rounds: int) -> int | None: ...

    def request(self, partition: int, start: Position, limit: int | None) -> Request: ...

    def position_of(self, item: Item) -> Position: ...

    def sort_values(self, item: Item) -> list[AttributeValue]: ...


@dataclass
class _Partition:
    """What was read of a partition and not returned, and where reading goes on.

    `resume` is where DynamoDB goes on reading; `start` is where the last request began, and so
    where the partition stands for a cursor while none of its items was returned.
    """

    operation: str
    number: int
    resume: Position
    start: Position
    waiting: deque[Item] = field(default_factory=deque[Item])
    last_returned: Item | None = None
    rank: Rank | None = None
    reads: int = 0
    anchor: Position = False

    @property
    def is_dry(self) -> bool:
        """Whether nothing waits although the partition may hold more."""
        return not self.waiting and self.resume is not True

    def accept(self, response: Response) -> None:
        # It was dry, so all before `resume` is done with, also what a filter discarded: with a
        # cursor before it every following page would pay for reading it again.
        self.start, self.last_returned = self.resume, None
        self.waiting.extend(response.get("Items", ()))
        self.resume = self._progress(response.get("LastEvaluatedKey") or True)

    def _progress(self, following: Position) -> Position:
        """The position itself; `ServiceUnavailable` for one from which reading has gone on before.

        Compared with the last position, and an earlier one that is renewed at every power of two:
        so any cycle of positions is found, with two of them remembered.
        """
        if following is not True and following in (self.resume, self.anchor):
            raise endless(self.operation)
        self.reads += 1
        if not self.reads & (self.reads - 1):
            self.anchor = following
        return following

    def pop(self) -> Item:
        self.rank = None
        self.last_returned = self.waiting.popleft()
        return self.last_returned

    def position(self, requests: PartitionRequests) -> Position:
        """Where the partition stands after the items that were returned.

        While others wait here that is the key of the last one, and not `LastEvaluatedKey`:
        DynamoDB has read beyond it, and what waits must be read again by whoever has the cursor.
        """
        if self.resume is True and not self.waiting:
            return True
        returned = self.last_returned
        place = self.start if returned is None else requests.position_of(returned)
        return place if self.waiting else self.resume


def endless(operation: str) -> ServiceUnavailable:
    """The error for pages that never come to an end."""
    return ServiceUnavailable(
        operation=operation,
        code=UNREADABLE,
        detail="its pages come back to the same LastEvaluatedKey",
    )


class ShardMerge:
    """Reads up to a number of items and knows where each partition stands afterwards.

    `request_bound`: how many requests it may send in all.
    """

    def __init__(
        self, requests: PartitionRequests, starts: Sequence[Position], request_bound: int | None
    ) -> None:
        self._requests = requests
        self._left = request_bound
        self._rounds = 0
        self._partitions = [
            _Partition(requests.operation, at, start, start) for at, start in enumerate(starts)
        ]

    def read(
        self, wanted: int | None, keep: Callable[[Item], bool]
    ) -> Generator[tuple[Request, ...], tuple[Response, ...], None]:
        """Hands the next items to `keep`, in key order if there is one, until it has kept as many
        as are wanted.

        It ends earlier at the end, or at the bound; later where nothing that was read may wait.
        """
        if len(self._partitions) == 1:
            yield from self._read_one(self._partitions[0], wanted, keep)
            return
        kept = 0
        while wanted is None or kept < wanted or self._must_drain:
            # Only when every partition shows its next item, or has none left, is the least of
            # them the next of all: one that comes before it could still be unread. Reading the
            # partitions whole and sorting would do without, but cost everything for one page.
            if not (yield from self._fill(None if wanted is None else wanted - kept)):
                break
            first = self._first()
            if first is None:
                break
            kept += keep(first.pop())
            if not self._requests.is_ordered:
                while first.waiting and (wanted is None or kept < wanted or self._must_drain):
                    kept += keep(first.pop())

    def _read_one(
        self, partition: _Partition, wanted: int | None, keep: Callable[[Item], bool]
    ) -> Generator[tuple[Request, ...], tuple[Response, ...], None]:
        """Likewise for one partition, whose items have none to be compared with."""
        requests, waiting, kept = self._requests, partition.waiting, 0
        while True:
            while waiting and (wanted is None or kept < wanted or requests.is_drained):
                partition.last_returned = item = waiting.popleft()
                kept += keep(item)
            if partition.resume is True or (wanted is not None and kept >= wanted):
                return
            if self._left is not None:
                if self._left < 1:
                    return
                self._left -= 1
            left = None if wanted is None else wanted - kept
            (response,) = yield self._round((partition,), left)
            partition.accept(response)

    @property
    def _must_drain(self) -> bool:
        return self._requests.is_drained and self._first() is not None

    def _fill(
        self, wanted: int | None
    ) -> Generator[tuple[Request, ...], tuple[Response, ...], bool]:
        """Reads until every partition shows its next item; False when the bound is reached.

        Without order the items of any partition do: the dry ones wait for the next round.
        """
        while dry := self._dry():
            if not self._requests.is_ordered and self._first() is not None:
                return True
            # At the bound a part of the round is still read: past pages that a filter emptied the
            # cursor gets further, so that a query with few requests comes to its end at last.
            if self._left is not None:
                dry = dry[: self._left]
                self._left -= len(dry)
            if not dry:
                return False
            responses = yield self._round(dry, wanted)
            for partition, response in zip(dry, responses, strict=True):
                partition.accept(response)
        return True

    def _dry(self) -> list[_Partition]:
        return [partition for partition in self._partitions if partition.is_dry]

    def _round(self, dry: Sequence[_Partition], wanted: int | None) -> tuple[Request, ...]:
        limit = self._requests.limit(wanted, self._rounds)
        self._rounds += 1
        return tuple(self._requests.request(each.number, each.resume, limit) for each in dry)

    def _first(self) -> _Partition | None:
        """The partition whose next item is the next of all."""
        showing = [partition for partition in self._partitions if partition.waiting]
        if len(showing) < 2 or not self._requests.is_ordered:
            return showing[0] if showing else None
        choose = max if self._requests.is_backwards else min
        return choose(showing, key=self._rank)

    def _rank(self, partition: _Partition) -> Rank:
        # Kept until its item is returned: every step compares the items of all partitions again.
        if partition.rank is None:
            values = self._requests.sort_values(partition.waiting[0])
            partition.rank = [
                Decimal(value["N"]) if "N" in value else next(iter(value.values()), "")
                for value in values
            ]
        return partition.rank

    def positions(self) -> list[Position]:
        """Where each partition stands after the items that were returned."""
        return [partition.position(self._requests) for partition in self._partitions]
