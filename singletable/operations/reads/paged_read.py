"""`PagedRead`: what a read in pages is, whether it asks by key or scans. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.expressions import Condition, both, check_is_condition
from singletable.operations.protocol import Context, Read, Steps, evolve
from singletable.operations.reads.hydration import Hydration
from singletable.operations.reads.key_query import IndexRead
from singletable.operations.reads.own_items import ItemTest
from singletable.operations.reads.page import Page, check_readable
from singletable.operations.reads.query_answers import Count, First
from singletable.operations.reads.query_requests import GREATEST_LIMIT, Filter, QueryRequests
from singletable.operations.reads.reader import Item, Reader, check_expires
from singletable.operations.reads.shard_merge import ShardMerge
from singletable.operations.writes.clear import Clear, ClearRound
from singletable.records import record
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)
T = TypeVar("T")
Q = TypeVar("Q", bound=QueryRequests)

_REQUESTS_WITH_FILTER = 16
_ITEMS_PER_PAGE = 100


@record
class PagedRead(Read[Page[E]], Generic[E]):
    """Reads a `Page`. Limits are three: `page_size` (items that one request reads), `take`
    (items in all), `max_requests`. Without any the page holds everything, in as many requests as
    that takes; with a filter what 16 requests find."""

    key_query: IndexRead
    reader: Reader[E]
    condition: Condition | None = None
    hides_expired: bool = False
    tolerates_unreadable: bool = False
    hydration: Hydration | None = None
    items_per_request: int | None = None
    items_in_all: int | None = None
    requests_at_most: int | None = None
    cursor: str | None = None

    def where(self, condition: Condition) -> Self:
        """Filters items after they were read, and paid for; a query never on key attributes."""
        check_is_condition(self.key_query.label, condition)
        for name in sorted(condition.fields()):
            self.reader.attribute(name)
            if name in self.key_query.key_fields:
                raise self._invalid(f"a filter on {name}", "key conditions on key attributes")
        return evolve(self, condition=both(self.condition, condition))

    def excluding_expired(self) -> Self:
        """Leaves out items whose TTL has passed, although DynamoDB has not deleted them yet."""
        check_expires(self.reader)
        asked = self.key_query
        if asked.key_fields and self.reader.expiry in asked.key.index.attribute_names:
            raise self._invalid(
                "a filter on the TTL, which is a key attribute", "a key condition on the TTL"
            )
        return evolve(self, hides_expired=True)

    def tolerating_unreadable(self) -> Self:
        """Leaves out stored items that do not fit their model; `Page.unreadable` reports them."""
        return evolve(self, tolerates_unreadable=True)

    def consistent(self) -> Self:
        """Makes the read strongly consistent; not on global indexes, unless it is hydrated."""
        if self.hydration is not None:
            return evolve(self, hydration=Hydration(is_consistent=True))
        if self.key_query.key.index.kind == "global":
            raise self._invalid(
                "a consistent read",
                "consistent reads on primary or local indexes, or .hydrated().consistent()",
            )
        return evolve(self, key_query=evolve(self.key_query, is_consistent=True))

    def page_size(self, items: int) -> Self:
        """Limits the items that each request reads, before any filter."""
        return evolve(self, items_per_request=self._limit("page_size", items))

    def take(self, items: int) -> Self:
        """Limits the items in all."""
        return evolve(self, items_in_all=self._limit("take", items))

    def max_requests(self, requests: int) -> Self:
        """Limits the requests, each with its retries; one a shard at least."""
        partitions = self.key_query.partition_count if self.key_query.is_ordered else 1
        if self._limit("max_requests", requests) < partitions:
            raise self._invalid(
                f"max_requests({requests}) for {partitions} partitions, whose first items are"
                " compared",
                f"{partitions} or more",
            )
        return evolve(self, requests_at_most=requests)

    def page(self, items: int, after: str | None = None) -> Self:
        """Reads one page of up to so many items, continuing after the cursor of the page before."""
        most = min(self._limit("page", items), self.items_in_all or items)
        return evolve(self, items_in_all=most, cursor=after)

    def next_page(self, left: int | None, cursor: str | None) -> Self:
        """The page of an iteration that continues after a cursor; `left` are the items to come."""
        return self.page(_ITEMS_PER_PAGE if left is None else min(left, _ITEMS_PER_PAGE), cursor)

    def first(self) -> First[E]:
        """Reads the first item alone."""
        return First(evolve(self, items_in_all=1), origin=self.origin)

    def count(self) -> Count:
        """Counts the items of all pages, without reading what is in them; filters count, too.

        Each request reads, and is paid for, as one of the query itself.
        """
        if self.items_in_all is not None or self.cursor is not None or self.tolerates_unreadable:
            raise self._invalid(
                "count() of a page, of a number of items, or of the readable ones",
                "count() of the query itself, with page_size and max_requests",
            )
        return Count(evolve(self, hydration=None), origin=self.origin)

    def _limit(self, name: str, number: object) -> int:
        """The number itself; refused unless DynamoDB takes it for a limit."""
        if type(number) is int and 1 <= number <= GREATEST_LIMIT:
            return number
        allowed = f"1 or more, up to {GREATEST_LIMIT}"
        if isinstance(number, Symbol):
            allowed = "a number; who calls the pattern limits its answer by `.page(items, cursor)`"
        raise self._invalid(f"{name}({abridge(number)})", allowed)

    def _invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(where=self.key_query.label, declared=declared, allowed=allowed)

    @property
    def own_items(self) -> ItemTest | None:
        """How its items are told from others that it meets; None where it meets no others."""
        return None

    @property
    def request_bound(self) -> int | None:
        """How many requests one page may take; what is discarded never makes that unbounded."""
        discards = self.condition is not None or self.hides_expired or self.tolerates_unreadable
        discards = discards or bool(self.reader.skipped) or self.own_items is not None
        if self.requests_at_most is None and discards:
            return _REQUESTS_WITH_FILTER * self.key_query.partition_count
        return self.requests_at_most

    def check(self) -> None:
        """Raises `InvalidOperation` for what must not be sent as things stand."""

    def prepare(self, context: Context, kind: type[Q], projection: tuple[str, ...] = ()) -> Q:
        """Its requests for a context, after the check."""
        self.check()
        discards = Filter(self.condition, self.hides_expired, self.own_items)
        if self.key_query.key.held is not None:
            discards.check_held(self.key_query.key, self.key_query.key.held, self.reader)
        return kind(
            self.key_query,
            self.reader,
            discards,
            self.tolerates_unreadable,
            self.items_per_request,
            self.origin,
            context,
            projection,
        )

    def steps(self, context: Context) -> Steps[Page[E]]:
        if self.hydration is not None:
            return (yield from self.hydration.read(self, context))
        key = self.key_query.key
        if key.held is not None:
            self.reader.check_readable(key)
        requests = self.prepare(context, QueryRequests, self.reader.projected(key))
        items, cursor, unreadable = yield from self.read_items(requests, self.reader.loader(key))
        page = Page(tuple(items), cursor, tuple(unreadable), (), self.reader.models)
        return page if self.tolerates_unreadable else check_readable(page)

    def read_items(
        self, requests: QueryRequests, load: Callable[[Item], T]
    ) -> Steps[tuple[list[T], str | None, list[InvalidStoredItem]]]:
        """Loads its items, as many as are wanted.

        Returns them, the cursor that continues behind them, and what `load` raised.
        """
        merge = ShardMerge(requests, requests.starts(self.cursor), self.request_bound)
        items, unreadable = list[T](), list[InvalidStoredItem]()
        own = requests.filter.own
        holds = None if own is None or own.is_exact else own.holds
        may_be_undecided = bool(requests.undecided)

        def keep(item: Item) -> bool:
            if holds is not None and not holds(item):
                return False
            try:
                if may_be_undecided:
                    requests.check_decided(item)
                items.append(load(item))
            except InvalidStoredItem as error:
                unreadable.append(error)
                return not self.tolerates_unreadable
            return True

        yield from merge.read(self.items_in_all, keep)
        return items, requests.cursor(merge.positions()), unreadable


def paged_read_of(operation: object) -> PagedRead[Any] | None:
    """The read in pages of an operation, also of one for its first item, its number, or its
    deletion."""
    if isinstance(operation, (First, Count, Clear, ClearRound)):
        asked: PagedRead[Any] = cast(Any, operation).query
        return asked
    return operation if _is_paged_read(operation) else None


def _is_paged_read(operation: object) -> TypeGuard[PagedRead[Any]]:
    return isinstance(operation, PagedRead)
