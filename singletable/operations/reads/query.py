"""A question to one key: which items, in which order, how many. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel

from singletable.codec.wire import class_of
from singletable.errors.request import InvalidOperation, RequestLimitReached
from singletable.expressions import Condition, both, check_is_condition
from singletable.operations.protocol import Context, Origin, Request, Steps
from singletable.operations.reads.get import check_has_ttl
from singletable.operations.reads.isolation import check_projected, check_unmixed
from singletable.operations.reads.key_condition import Range, check_equalities, check_range
from singletable.operations.reads.page import Page
from singletable.operations.reads.query_request import QueryRequests
from singletable.operations.reads.shard_merge import LaneReader
from singletable.schema import CompiledKey, Schema
from singletable.table.key_declaration import SHARD

E = TypeVar("E", bound=BaseModel)

_REQUESTS_WITH_FILTER = 16


@dataclass(frozen=True)
class Query(Generic[E]):
    """Answers a `Page`. Limits are three: `per_request`, `take` (items in all), `max_requests`."""

    schema: Schema[E]
    key: CompiledKey
    equals: Mapping[str, Any]
    bounds: Range | None = None
    is_backwards: bool = False
    condition: Condition | None = None
    is_consistent: bool = False
    hides_expired: bool = False
    items_per_request: int | None = None
    items_in_all: int | None = None
    requests_at_most: int | None = None
    after: str | None = None
    origin: Origin | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_projected(self.schema, self.key)
        check_equalities(self.key, self.equals)
        if self.bounds is not None:
            check_range(self.key, self.equals, self.bounds.field)

    def at_least(self, **bound: Any) -> Self:
        """Only items whose next sort-key part is this or more: `.at_least(published_at=since)`."""
        return self._ranged({name: (value, None) for name, value in bound.items()})

    def at_most(self, **bound: Any) -> Self:
        """Only items whose next sort-key part is this or less; `"2020-02"` is all of February."""
        return self._ranged({name: (None, value) for name, value in bound.items()})

    def between(self, **bounds: tuple[Any, Any]) -> Self:
        """Both ends included: `.between(published_at=(since, until))`."""
        return self._ranged(bounds)

    def _ranged(self, bounds: Mapping[str, tuple[Any, Any]]) -> Self:
        if len(bounds) != 1 or self.bounds is not None:
            raise self._refused("several ranges", "one range, on one part of the sort key")
        ((name, ends),) = bounds.items()
        low, high = self._two(name, ends)
        attribute = self.schema.attribute(name)
        check_range(self.key, self.equals, name)
        if low is None and high is None:
            raise self._refused(f"a range on {name} that has no end", "one end, or two")
        low, high = (
            end if self._is_as_given(name, end) else attribute.validate(end) for end in (low, high)
        )
        return replace(self, bounds=Range(name, low, high))

    def _two(self, name: str, ends: Any) -> tuple[Any, Any]:
        if class_of(ends) not in (tuple, list) or len(ends) != 2:
            raise self._refused(f"between({name}={ends!r})", f"between({name}=(low, high))")
        return ends[0], ends[1]

    def _is_as_given(self, field: str, end: Any) -> bool:
        """Whether an end is no value of the field: none, a text, or the beginning of its text."""
        if end is None or isinstance(end, str):
            return True
        parts = self.key.sort.template.parts if self.key.sort else ()
        return any(part.field == field and part.takes_beginning(end) for part in parts)

    def newest_first(self) -> Self:
        """Descending, where the next part of the sort key grows with time."""
        part = self._next_part()
        if part is not None and not part.format.chronological:
            raise self._refused(
                f"newest first by {part.field}, whose format ({part.format.name}) tells no time",
                "descending(), or a sort key that starts with an instant, a ULID or a number here",
            )
        return replace(self, is_backwards=True)

    def descending(self) -> Self:
        """The greatest sort key first."""
        return replace(self, is_backwards=True)

    def _next_part(self) -> Any:
        side = self.key.sort
        if side is None or side.attribute.type == "N":
            return None
        parts = [part for part in side.template.parts if part.field not in self.equals]
        return parts[0] if parts else None

    def where(self, condition: Condition) -> Self:
        """Discards items after they were read, and paid for; never on key attributes."""
        check_is_condition(self.key.label, condition)
        keys = {name for side in self.key.sides if side.natural for name in side.fields}
        for name in sorted(condition.fields()):
            self.schema.attribute(name)
            if name in keys:
                raise self._refused(f"a filter on {name}", "key conditions on key attributes")
        return replace(self, condition=both(self.condition, condition))

    def unexpired(self) -> Self:
        """Leaves out items whose TTL has passed, although DynamoDB has not deleted them yet."""
        check_has_ttl(self.schema)
        return replace(self, hides_expired=True)

    def consistent(self) -> Self:
        """Reads what every earlier write left; not on global indexes."""
        if self.key.index.kind == "global":
            raise self._refused("a consistent read", "consistent reads on primary or local indexes")
        return replace(self, is_consistent=True)

    def per_request(self, items: int) -> Self:
        """At most this many items are read by each request, before any filter."""
        return replace(self, items_per_request=self._positive("per_request", items))

    def take(self, items: int) -> Self:
        """At most this many items in all."""
        return replace(self, items_in_all=self._positive("take", items))

    def max_requests(self, requests: int) -> Self:
        """At most this many requests, each with its retries; one a shard at least."""
        lanes = self.partition_count
        if self._positive("max_requests", requests) < lanes:
            raise self._refused(
                f"max_requests({requests}) for {lanes} partitions, whose first items are compared",
                f"{lanes} or more",
            )
        return replace(self, requests_at_most=requests)

    def page(self, items: int, after: str | None = None) -> Self:
        """A page of up to so many items, continuing after the cursor of the page before."""
        most = min(self._positive("page", items), self.items_in_all or items)
        return replace(self, items_in_all=most, after=after)

    def first(self) -> First[E]:
        """The first item alone."""
        return First(replace(self, items_in_all=1), origin=self.origin)

    def _positive(self, name: str, number: int) -> int:
        if type(number) is not int or number < 1:
            raise self._refused(f"{name}({number!r})", "1 or more")
        return number

    def _refused(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(where=self.key.label, declared=declared, allowed=allowed)

    @property
    def partition_count(self) -> int:
        """How many partitions are read as one: one, or one a shard."""
        shards = self.key.shards
        return 1 if shards is None or SHARD in self.equals else shards.count

    @property
    def request_bound(self) -> int | None:
        """How many requests one page may take; a filter never makes that unbounded."""
        filtered = self.condition is not None or self.hides_expired
        if self.requests_at_most is None and filtered:
            return _REQUESTS_WITH_FILTER * self.partition_count
        return self.requests_at_most

    def requests(self, context: Context) -> tuple[Request, ...]:
        check_unmixed(self.schema, self.key, self.equals)
        return QueryRequests(self, context).first()

    def steps(self, context: Context) -> Steps[Page[E]]:
        check_unmixed(self.schema, self.key, self.equals)
        requests = QueryRequests(self, context)
        reader = LaneReader(requests, self.request_bound)
        items = yield from reader.read(self.items_in_all)
        entities = tuple(self.schema.decode(item) for item in items)
        return Page(entities, requests.cursor(reader.positions()))


@dataclass(frozen=True)
class First(Generic[E]):
    """Answers a query's first item, or None. `RequestLimitReached` if a filter hides which."""

    query: Query[E]
    origin: Origin | None = field(default=None, compare=False)

    def requests(self, context: Context) -> tuple[Request, ...]:
        return self.query.requests(context)

    def steps(self, context: Context) -> Steps[E | None]:
        page = yield from self.query.steps(context)
        if page.items:
            return page.items[0]
        if page.cursor is not None:
            raise RequestLimitReached(
                operation=self.query.key.label, requests=self.query.request_bound or 0
            )
        return None
