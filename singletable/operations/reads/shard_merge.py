"""Reads one or several partitions as one ordered stream. Knows keys and requests; no entity."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from singletable.codec import AttributeValue
from singletable.operations.protocol import Request, Response
from singletable.operations.reads.cursor import Position

Item = Mapping[str, AttributeValue]


class LaneRequests(Protocol):
    """What the reader needs of a query."""

    @property
    def is_backwards(self) -> bool: ...

    def starts(self) -> list[Position]: ...

    def limit(self, wanted: int | None) -> int | None: ...

    def request(self, lane: int, start: Position, limit: int | None) -> Request: ...

    def position_of(self, item: Item) -> Position: ...

    def sort_value(self, item: Item) -> AttributeValue: ...


@dataclass
class _Lane:
    """One partition: what was read and not given out, and where reading goes on."""

    number: int
    position: Position
    resume: Position
    waiting: deque[Item] = field(default_factory=deque[Item])

    @property
    def is_dry(self) -> bool:
        """Whether nothing waits although the partition may hold more."""
        return not self.waiting and self.resume is not True

    def accept(self, response: Response) -> None:
        self.waiting.extend(response.get("Items", ()))
        self.resume = response.get("LastEvaluatedKey") or True
        if not self.waiting:
            self.position = self.resume

    def pop(self, requests: LaneRequests) -> Item:
        item = self.waiting.popleft()
        drained = not self.waiting and self.resume is True
        self.position = True if drained else requests.position_of(item)
        return item


class LaneReader:
    """Reads up to a number of items and remembers exactly where each partition stands."""

    def __init__(self, requests: LaneRequests, request_bound: int | None) -> None:
        self._requests = requests
        self._left = request_bound
        self._lanes = [
            _Lane(number, start, start) for number, start in enumerate(requests.starts())
        ]

    def read(self, wanted: int | None) -> Generator[Request, Response, list[Item]]:
        """The next items in key order; fewer than `wanted` at the end, or at the bound."""
        items = list[Item]()
        while wanted is None or len(items) < wanted:
            missing = None if wanted is None else wanted - len(items)
            if not (yield from self._fill(missing)):
                break
            lane = self._next_lane()
            if lane is None:
                break
            items.append(lane.pop(self._requests))
        return items

    def _fill(self, wanted: int | None) -> Generator[Request, Response, bool]:
        """Reads until every partition shows its next item; False when the bound is reached."""
        for lane in self._lanes:
            while lane.is_dry:
                if self._left == 0:
                    return False
                self._left = None if self._left is None else self._left - 1
                limit = self._requests.limit(wanted)
                lane.accept((yield self._requests.request(lane.number, lane.resume, limit)))
        return True

    def _next_lane(self) -> _Lane | None:
        lanes = [lane for lane in self._lanes if lane.waiting]
        if not lanes:
            return None
        choose = max if self._requests.is_backwards else min
        return choose(lanes, key=lambda lane: self._rank(lane.waiting[0]))

    def _rank(self, item: Item) -> Any:
        value = self._requests.sort_value(item)
        return Decimal(value["N"]) if "N" in value else next(iter(value.values()), "")

    def positions(self) -> list[Position]:
        """Where each partition stands after what was given out."""
        return [lane.position for lane in self._lanes]
