"""`Query` reads items by one key, or by those of an item collection, in pages. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.annotations import show_type
from singletable.codec.wire import class_of
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.expressions import Condition, both, check_is_condition
from singletable.operations.protocol import Context, Read, Steps, evolve
from singletable.operations.reads.hydration import Hydration
from singletable.operations.reads.key_conditions import (
    Range,
    check_beginning,
    check_range,
    sort_placeholder,
)
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.page import Page, check_readable
from singletable.operations.reads.query_answers import Count, First, check_countable
from singletable.operations.reads.query_requests import GREATEST_LIMIT, Filter, QueryRequests
from singletable.operations.reads.range_ends import beginning_of, end_of_range
from singletable.operations.reads.reader import Item, Reader, check_expires
from singletable.operations.reads.shard_merge import ShardMerge
from singletable.operations.reads.views import ViewOf, read_only
from singletable.operations.writes.clear import Clear, ClearRound
from singletable.schema.registry import registry_of
from singletable.templates import Part
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)
Q = TypeVar("Q", bound=QueryRequests)

_REQUESTS_WITH_FILTER = 16


@dataclass(frozen=True)
class Query(Read[Page[E]], Generic[E]):
    """Reads a `Page`. Limits are three: `page_size` (items that one request reads), `take`
    (items in all), `max_requests`. Without any the page holds everything, in as many requests as
    that takes; with a filter what 16 requests find."""

    key_query: KeyQuery
    reader: Reader[E]
    condition: Condition | None = None
    hides_expired: bool = False
    tolerates_unreadable: bool = False
    hydration: Hydration | None = None
    items_per_request: int | None = None
    items_in_all: int | None = None
    requests_at_most: int | None = None
    cursor: str | None = None

    def at_least(self, **bound: object) -> Self:
        """Sets the lower end of a range on the next sort key field."""
        return self._within({name: (value, None) for name, value in bound.items()})

    def at_most(self, **bound: object) -> Self:
        """Sets the upper end of a range on the next sort key field, which is included.

        The beginning of a moment stands for all of it (`"2020-02"`), and free text for all texts
        that begin with it; every other value for itself.
        """
        return self._within({name: (None, value) for name, value in bound.items()})

    def between(self, **bounds: tuple[object, object]) -> Self:
        """Sets both ends of a range, as `at_least` and `at_most` do:
        `.between(published_at=(since, until))`."""
        return self._within(bounds)

    def begins_with(self, **beginning: str) -> Self:
        """Asks for values of the next sort key field that begin with a text: for type-ahead."""
        name, text = self._one_range(beginning)
        attribute = self.reader.schemas[0].attribute(name)
        check_beginning(self.key_query.key, self.key_query.equals, name)
        if not isinstance(text, Symbol):
            self.reader.check_alike(name, text)
        begun = beginning_of(attribute, sort_placeholder(self.key_query.key, name), text)
        return self._with_key_query(
            evolve(self.key_query, bounds=Range(name, begun, is_beginning=True))
        )

    def _within(self, bounds: Mapping[str, object]) -> Self:
        name, ends = self._one_range(bounds)
        low, high = self._two_ends(name, ends)
        attribute = self.reader.schemas[0].attribute(name)
        check_range(self.key_query.key, self.key_query.equals, name)
        for end in (low, high):
            if end is not None and not isinstance(end, Symbol):
                self.reader.check_alike(name, end)
        if low is None and high is None:
            raise self._invalid(f"a range on {name} that has no end", "one end, or two")
        part = sort_placeholder(self.key_query.key, name)
        low, high = (end_of_range(attribute, part, end) for end in (low, high))
        return self._with_key_query(evolve(self.key_query, bounds=Range(name, low, high)))

    def _one_range(self, ranges: Mapping[str, object]) -> tuple[str, object]:
        if len(ranges) != 1 or self.key_query.bounds is not None:
            raise self._invalid("several ranges", "one range, on one part of the sort key")
        ((name, value),) = self.key_query.rename(ranges).items()
        return name, value

    def _two_ends(self, name: str, ends: object) -> tuple[object, object]:
        if class_of(ends) in (tuple, list) and len(cast(tuple[object, ...], ends)) == 2:
            low, high = cast(tuple[object, object], ends)
            return low, high
        raise self._invalid(f"between({name}={abridge(ends)})", f"between({name}=(low, high))")

    def newest_first(self) -> Self:
        """Sorts descending, where the next field of the sort key grows with time."""
        if len(self.key_query.members) > 1 and not self.key_query.free_fields:
            raise self._invalid(
                "newest first, of entities that are sorted by different fields", "descending()"
            )
        part = self._next_placeholder()
        if part is not None and not part.format.chronological:
            raise self._invalid(
                f"newest first by {part.field}, whose format ({part.format.name}) tells no time",
                "descending(), or a sort key that starts with an instant, a ULID or a number here",
            )
        return self.descending()

    def descending(self) -> Self:
        """Sorts the greatest sort key first."""
        return self._with_key_query(evolve(self.key_query, is_backwards=True))

    def _next_placeholder(self) -> Part | None:
        free = self.key_query.free_fields
        return sort_placeholder(self.key_query.key, free[0]) if free else None

    def where(self, condition: Condition) -> Self:
        """Filters items after they were read, and paid for; never on key attributes."""
        check_is_condition(self.key_query.label, condition)
        members = self.key_query.members
        parts = [part for key in members for part in key.parts]
        natural = {name for part in parts if part.natural for name in part.fields}
        for name in sorted(condition.fields()):
            self.reader.attribute(name)
            if name in natural:
                raise self._invalid(f"a filter on {name}", "key conditions on key attributes")
        return evolve(self, condition=both(self.condition, condition))

    def skipping(self, *others: type[BaseModel]) -> Self:
        """Leaves out the items of other entities that its keys may meet, by a filter on the type.

        They are read, and paid for. Items that have no type, and are known by their key, are left
        out once they were received.
        """
        known = registry_of(self.reader.table).entities
        own = {schema.name for schema in self.reader.schemas}
        names = {schema.model: name for name, schema in known.items() if name not in own}
        wrong = [other for other in others if other not in names]
        if wrong or not others:
            raise self._invalid(
                f"skipping({', '.join(map(show_type, others))})",
                "other entities of its table",
            )
        skipped = (*self.reader.skipped, *(names[other] for other in others))
        return evolve(self, reader=self.reader.skipping(tuple(dict.fromkeys(skipped))))

    def excluding_expired(self) -> Self:
        """Leaves out items whose TTL has passed, although DynamoDB has not deleted them yet."""
        check_expires(self.reader)
        return evolve(self, hides_expired=True)

    def only(self, view: ViewOf[E, V]) -> Query[V]:
        """Reads the fields of a view alone, and asks DynamoDB for no others."""
        only = read_only(self.reader, view, self.key_query.label)
        return cast("Query[V]", evolve(self, reader=cast(Reader[Any], only)))

    def tolerating_unreadable(self) -> Self:
        """Leaves out stored items that do not fit their model; `Page.unreadable` reports them."""
        return evolve(self, tolerates_unreadable=True)

    def hydrated(self) -> Self:
        """Reads the keys from the index and the items from the table, one read unit or more each.

        For indexes that hold a part of each item. `Page.missing` has the keys of those that are
        gone. What expired is left out once it was read.
        """
        if self.hydration is not None:
            return self
        if self.key_query.key.index.kind == "primary":
            raise self._invalid("hydrated(), of the table itself", "queries of other indexes")
        return evolve(self, hydration=Hydration())

    def consistent(self) -> Self:
        """Makes the read strongly consistent; not on global indexes, unless it is hydrated."""
        if self.hydration is not None:
            return evolve(self, hydration=Hydration(is_consistent=True))
        if self.key_query.key.index.kind == "global":
            raise self._invalid(
                "a consistent read",
                "consistent reads on primary or local indexes, or .hydrated().consistent()",
            )
        return self._with_key_query(evolve(self.key_query, is_consistent=True))

    def page_size(self, items: int) -> Self:
        """Limits the items that each request reads, before any filter."""
        return evolve(self, items_per_request=self._limit("page_size", items))

    def take(self, items: int) -> Self:
        """Limits the items in all."""
        return evolve(self, items_in_all=self._limit("take", items))

    def max_requests(self, requests: int) -> Self:
        """Limits the requests, each with its retries; one a shard at least."""
        partitions = self.key_query.partition_count
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

    def first(self) -> First[E]:
        """Reads the first item alone."""
        return First(evolve(self, items_in_all=1), origin=self.origin)

    def count(self) -> Count:
        """Counts the items of all pages, without reading what is in them; filters count, too.

        Each request reads, and is paid for, as one of the query itself.
        """
        check_countable(self)
        return Count(evolve(self, hydration=None), origin=self.origin)

    def _with_key_query(self, key_query: KeyQuery) -> Self:
        return evolve(self, key_query=key_query)

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
    def request_bound(self) -> int | None:
        """How many requests one page may take; what is discarded never makes that unbounded."""
        discards = self.condition is not None or self.hides_expired or self.tolerates_unreadable
        if self.requests_at_most is None and (discards or self.reader.skipped):
            return _REQUESTS_WITH_FILTER * self.key_query.partition_count
        return self.requests_at_most

    def prepare(self, context: Context, kind: type[Q], projection: tuple[str, ...] = ()) -> Q:
        """Its requests for a context; `InvalidOperation` if it can meet other entities."""
        shape = self.key_query.shape(self.reader.skipped)
        registry_of(self.reader.table).check_isolated(self.key_query.key, shape)
        asked = Filter(self.condition, self.hides_expired and self.hydration is None)
        if self.key_query.key.held is not None:
            asked.check_held(self.key_query.key, self.key_query.key.held, self.reader)
        return kind(
            self.key_query,
            self.reader,
            asked,
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
        merge = ShardMerge(requests, requests.starts(self.cursor), self.request_bound)
        items, unreadable = list[E](), list[InvalidStoredItem]()
        skips = requests.skips_by_key

        def keep(item: Item) -> bool:
            if skips and requests.is_skipped(item):
                return False
            try:
                items.append(self.reader.load(item, key))
            except InvalidStoredItem as error:
                unreadable.append(error)
                return not self.tolerates_unreadable
            return True

        yield from merge.read(self.items_in_all, keep)
        page = Page(tuple(items), requests.cursor(merge.positions()), tuple(unreadable))
        return page if self.tolerates_unreadable else check_readable(page)


def query_of(operation: object) -> Query[Any] | None:
    """The query of an operation, also of one for its first item, its number, or its deletion."""
    if isinstance(operation, (First, Count, Clear, ClearRound)):
        asked: Query[Any] = cast(Any, operation).query
        return asked
    return operation if _is_query(operation) else None


def _is_query(operation: object) -> TypeGuard[Query[Any]]:
    return isinstance(operation, Query)
