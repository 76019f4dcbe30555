"""What else a query answers: its first item, or how many there are."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from singletable.errors.request import RequestLimitReached
from singletable.operations.protocol import Context, Read, Request, Steps, evolve
from singletable.operations.reads.cursor import Position
from singletable.operations.reads.query_requests import QueryRequests
from singletable.operations.reads.reader import Item
from singletable.operations.reads.shard_merge import ShardMerge
from singletable.records import record

if TYPE_CHECKING:
    from singletable.operations.reads.paged_read import PagedRead

E = TypeVar("E", bound=BaseModel)
R = TypeVar("R")

_PAGES = 16
"""How many pages are read on where the first items of the index are gone from the table."""


@record
class First(Read[E | None], Generic[E]):
    """Reads a query's first item, or None. `RequestLimitReached` if a filter hides which."""

    query: PagedRead[E]

    def steps(self, context: Context) -> Steps[E | None]:
        query, bound = self.query, self.query.request_bound
        for _ in range(1 if query.hydration is None else 1 + _PAGES):
            page, sent = yield from _count_requests(query.steps(context))
            if page.items:
                return page.items[0]
            if page.cursor is None:
                return None
            bound = None if bound is None else bound - sent
            if bound is not None and bound < query.key_query.partition_count:
                break
            query = evolve(query, cursor=page.cursor, requests_at_most=bound)
        raise _limit_reached(self.query)


def _count_requests(steps: Steps[R]) -> Generator[tuple[Request, ...], Any, tuple[R, int]]:
    """Carries the steps of a read out; returns the result, and how many requests asked an index."""
    sent = 0
    try:
        asked = next(steps)
        while True:
            sent += sum(request.operation != "BatchGetItem" for request in asked)
            asked = steps.send((yield asked))
    except StopIteration as done:
        return done.value, sent


@record
class Count(Read[int]):
    """Counts a query's items. `RequestLimitReached` if its `max_requests` ends it early."""

    query: PagedRead[Any]

    def steps(self, context: Context) -> Steps[int]:
        requests = self.query.prepare(context, CountRequests)
        merge = ShardMerge(requests, requests.starts(None), self.query.requests_at_most)
        if requests.are_counted:
            total = yield from _add_counts(merge)
        else:
            total = yield from _count_items(merge, requests)
        if not all(position is True for position in merge.positions()):
            raise _limit_reached(self.query)
        return total


def _add_counts(merge: ShardMerge) -> Steps[int]:
    """Reads to the end, as pages without items, and adds what each says that it counted."""
    reading, total = merge.read(None, lambda _: False), 0
    try:
        asked = next(reading)
        while True:
            responses = yield asked
            total += sum(response["Count"] for response in responses)
            asked = reading.send(responses)
    except StopIteration:
        return total


def _count_items(merge: ShardMerge, requests: CountRequests) -> Steps[int]:
    """Reads to the end and counts the items that are its own: no filter tells them all."""
    total, own = 0, requests.filter.own

    def keep(item: Item) -> bool:
        nonlocal total
        if own is None or own.holds(item):
            requests.check_decided(item)
            total += 1
        return False

    yield from merge.read(None, keep)
    return total


class CountRequests(QueryRequests):
    """The requests of a read that ask for the number of items alone, where DynamoDB knows it."""

    @property
    def are_counted(self) -> bool:
        """Whether the filter tells of every item whether it counts."""
        return not self.undecided and (self.filter.own is None or self.filter.own.is_exact)

    def request(self, partition: int, start: Position, limit: int | None) -> Request:
        asked = super().request(partition, start, limit)
        if not self.are_counted:
            return asked
        return Request(asked.operation, {**asked.parameters, "Select": "COUNT"})


def _limit_reached(query: PagedRead[Any]) -> RequestLimitReached:
    return RequestLimitReached(
        operation=query.key_query.label, requests=query.request_bound or _PAGES
    )
