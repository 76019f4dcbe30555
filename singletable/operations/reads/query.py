"""`Query` reads items by one key, or by those of an item collection, in pages. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeGuard, TypeVar, cast

from pydantic import BaseModel

from singletable.annotations import show_type
from singletable.codec.wire import class_of
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import evolve
from singletable.operations.reads.hydration import Hydration
from singletable.operations.reads.key_conditions import (
    Range,
    check_beginning,
    check_range,
    sort_placeholder,
)
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.own_items import NotSkipped
from singletable.operations.reads.paged_read import PagedRead, paged_read_of
from singletable.operations.reads.range_ends import beginning_of, end_of_range, moment_of_day
from singletable.operations.reads.reader import Reader
from singletable.operations.reads.views import ViewOf, read_only
from singletable.records import record
from singletable.schema.registry import registry_of
from singletable.templates import Part
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)
V = TypeVar("V", bound=BaseModel)


@record
class Query(PagedRead[E]):
    """Reads the items of a partition, or a part of them, in the order of the sort key."""

    key_query: KeyQuery

    def at_least(self, **bound: object) -> Self:
        """Sets the lower end of a range on the next sort key field."""
        return self._within({name: (value, None) for name, value in bound.items()})

    def at_most(self, **bound: object) -> Self:
        """Sets the upper end of a range on the next sort key field, which is included.

        The beginning of a moment stands for all of it (`"2020-02"`), and free text for all texts
        that begin with it; every other value for itself.
        """
        return self._within({name: (None, value) for name, value in bound.items()})

    def after(self, **bound: object) -> Self:
        """Sets the lower end of a range, which is left out: asks for what is greater.

        The beginning of a moment is left out with all of it; every other value alone, so that
        `after(name="Mi")` finds "Mia".
        """
        ends = {name: (value, None) for name, value in bound.items()}
        return self._within(ends, is_excluded=True)

    def before(self, **bound: object) -> Self:
        """Sets the upper end of a range, which is left out: asks for what is less."""
        ends = {name: (None, value) for name, value in bound.items()}
        return self._within(ends, is_excluded=True)

    def between(self, **bounds: tuple[object, object]) -> Self:
        """Sets both ends of a range, as `at_least` and `at_most` do:
        `.between(published_at=(since, until))`."""
        return self._within(bounds)

    def begins_with(self, **beginning: str) -> Self:
        """Asks for values of the next sort key field that begin with a text: for type-ahead."""
        name, text = self._one_range(beginning)
        if self.key_query.bounds is not None:
            raise self._several_ranges()
        attribute = self.reader.schemas[0].attribute(name)
        check_beginning(self.key_query.key, self.key_query.equals, name)
        if not isinstance(text, Symbol):
            self.reader.check_alike(name, text)
        begun = beginning_of(attribute, sort_placeholder(self.key_query.key, name), text)
        return self._with_key_query(
            evolve(self.key_query, bounds=Range(name, begun, is_beginning=True))
        )

    def _within(self, bounds: Mapping[str, object], *, is_excluded: bool = False) -> Self:
        name, ends = self._one_range(bounds)
        low, high = self._two_ends(name, ends)
        attribute = self.reader.schemas[0].attribute(name)
        check_range(self.key_query.key, self.key_query.equals, name)
        low = moment_of_day(attribute, low, is_last=is_excluded)
        high = moment_of_day(attribute, high, is_last=not is_excluded)
        for end in (low, high):
            if end is not None and not isinstance(end, Symbol):
                self.reader.check_alike(name, end)
        if low is None and high is None:
            raise self._invalid(f"a range on {name} that has no end", "one end, or two")
        part = sort_placeholder(self.key_query.key, name)
        low, high = (end_of_range(attribute, part, end) for end in (low, high))
        return self._with_key_query(
            evolve(self.key_query, bounds=self._add_ends(name, low, high, is_excluded))
        )

    def _add_ends(self, name: str, low: object, high: object, is_excluded: bool) -> Range:
        """The range with these ends, and with the one that it has already."""
        known = self.key_query.bounds or Range(name)
        is_taken = (low is not None and known.low is not None) or (
            high is not None and known.high is not None
        )
        if known.field != name or known.is_beginning or is_taken:
            raise self._several_ranges()
        if low is not None:
            known = evolve(known, low=low, excludes_low=is_excluded)
        return known if high is None else evolve(known, high=high, excludes_high=is_excluded)

    def _one_range(self, ranges: Mapping[str, object]) -> tuple[str, object]:
        if len(ranges) != 1:
            raise self._several_ranges()
        ((name, value),) = self.key_query.rename(ranges).items()
        return name, value

    def _several_ranges(self) -> InvalidOperation:
        return self._invalid(
            "several ranges", "one range, on one part of the sort key: a lower end, an upper one"
        )

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
        index = self.key_query.key.index
        if self.reader.table.type_attribute in index.attribute_names:
            raise self._invalid(
                f"skipping(...) on {index.label}, whose key has the type, by which nothing is"
                " filtered",
                "the query without it, which asks for its own type; or collection(...)",
            )
        skipped = (*self.reader.skipped, *(names[other] for other in others))
        return evolve(self, reader=self.reader.skipping(tuple(dict.fromkeys(skipped))))

    def only(self, view: ViewOf[E, V]) -> Query[V]:
        """Reads the fields of a view alone, and asks DynamoDB for no others."""
        only = read_only(self.reader, view, self.key_query.label)
        return cast("Query[V]", evolve(self, reader=cast(Reader[Any], only)))

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

    @property
    def own_items(self) -> NotSkipped | None:
        table, skipped = self.reader.table, self.reader.skipped
        if not skipped or not table.knows_by_key:
            return None
        known = registry_of(table).entities
        return NotSkipped(tuple(known[name] for name in skipped))

    def _with_key_query(self, key_query: KeyQuery) -> Self:
        return evolve(self, key_query=key_query)

    def check(self) -> None:
        """Raises `InvalidOperation` if it can meet items of other entities."""
        shape = self.key_query.shape(self.reader.skipped)
        registry_of(self.reader.table).check_isolated(self.key_query.key, shape)


def query_of(operation: object) -> Query[Any] | None:
    """The query of an operation, also of one for its first item, its number, or its deletion."""
    asked = paged_read_of(operation)
    return asked if _is_query(asked) else None


def _is_query(operation: object) -> TypeGuard[Query[Any]]:
    return isinstance(operation, Query)
