"""What else a query answers: its first item, or how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidOperation, RequestLimitReached
from singletable.operations.protocol import Context, Read, Request, Steps, evolve
from singletable.operations.reads.cursor import Position
from singletable.operations.reads.query_requests import QueryRequests
from singletable.operations.reads.shard_merge import ShardMerge

if TYPE_CHECKING:
    from singletable.operations.reads.query import Query

E = TypeVar("E", bound=BaseModel)

_PAGES = 16
"""How many pages are read on where the first items of the index are gone from the table."""


@dataclass(frozen=True)
class First(Read[E | None], Generic[E]):
    """Reads a query's first item, or None. `RequestLimitReached` if a filter hides which."""

    query: Query[E]

    def steps(self, context: Context) -> Steps[E | None]:
        page = yield from self.query.steps(context)
        for _ in range(_PAGES if self.query.hydration is not None else 0):
            if page.items or page.cursor is None:
                break
            page = yield from evolve(self.query, cursor=page.cursor).steps(context)
        if page.items:
            return page.items[0]
        if page.cursor is not None:
            raise _limit_reached(self.query)
        return None


@dataclass(frozen=True)
class Count(Read[int]):
    """Counts a query's items. `RequestLimitReached` if its `max_requests` ends it early."""

    query: Query[Any]

    def steps(self, context: Context) -> Steps[int]:
        requests = self.query.prepare(context, CountRequests)
        merge = ShardMerge(requests, requests.starts(None), self.query.requests_at_most)
        total = yield from _add_counts(merge)
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


class CountRequests(QueryRequests):
    """The requests of a query that ask for the number of items alone."""

    def request(self, partition: int, start: Position, limit: int | None) -> Request:
        asked = super().request(partition, start, limit)
        return Request("Query", {**asked.parameters, "Select": "COUNT"})


def check_countable(query: Query[Any]) -> None:
    """Raises `InvalidOperation` unless the number of all items is the number that is asked for."""
    if query.items_in_all is not None or query.cursor is not None or query.tolerates_unreadable:
        raise _invalid(
            query,
            "count() of a page, of a number of items, or of the readable ones",
            "count() of the query itself, with page_size and max_requests",
        )
    if query.reader.skipped and query.reader.table.knows_by_key:
        raise _invalid(
            query,
            "count() where items are told apart by their key, which is not received",
            "count() without skipping(...), or in a table where every item has a type",
        )


def _invalid(query: Query[Any], declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where=query.key_query.label, declared=declared, allowed=allowed)


def _limit_reached(query: Query[Any]) -> RequestLimitReached:
    return RequestLimitReached(
        operation=query.key_query.label, requests=query.request_bound or _PAGES
    )
