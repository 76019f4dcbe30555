"""A page of what a query reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Generic, TypeVar, cast

from pydantic import BaseModel

from singletable.annotations import show_type
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, InvalidStoredItem
from singletable.records import record

E_co = TypeVar("E_co", covariant=True)
E = TypeVar("E", bound=BaseModel)
X = TypeVar("X")


@record
class Page(Generic[E_co]):
    """A page of a query: `items` in order; `cursor` continues, and is None only at the end.

    An empty page with a cursor is not the end: a filter may have discarded what was read so far.
    `unreadable`: what a query with `.tolerating_unreadable()` left out. `missing`: the primary keys
    of what the index of a query with `.hydrated()` has and the table has not. `kinds`: the classes
    that its items can be of, where they are known.
    """

    items: tuple[E_co, ...]
    cursor: str | None
    unreadable: tuple[InvalidStoredItem, ...] = field(default=(), repr=False)
    missing: tuple[str, ...] = field(default=(), repr=False)
    kinds: tuple[type[BaseModel], ...] = field(default=(), repr=False, compare=False)

    @property
    def is_last(self) -> bool:
        return self.cursor is None

    def __iter__(self) -> Iterator[E_co]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, kind: type[X]) -> tuple[X, ...]:
        """The items that are of this entity, in order: of an item collection.

        `InvalidOperation` for a class of which none of its items can be.
        """
        if not isinstance(cast(object, kind), type):
            raise self._not_held(abridge(kind))
        found = tuple(item for item in self.items if isinstance(item, kind))
        if not found and self.kinds and not any(issubclass(each, kind) for each in self.kinds):
            raise self._not_held(show_type(kind))
        return found

    def _not_held(self, declared: str) -> InvalidOperation:
        allowed = ", ".join(map(show_type, self.kinds)) or "a class of its items"
        return InvalidOperation(where="page", declared=f"of({declared})", allowed=allowed)


def check_readable(page: Page[E]) -> Page[E]:
    """The page itself; raises the first of its unreadable items, with what was read."""
    if page.unreadable:
        error = page.unreadable[0]
        error.items, error.cursor = page.items, page.cursor
        raise error
    return page
