"""A page of what a query reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidStoredItem

E_co = TypeVar("E_co", covariant=True)
E = TypeVar("E", bound=BaseModel)
X = TypeVar("X")


@dataclass(frozen=True)
class Page(Generic[E_co]):
    """A page of a query: `items` in order; `cursor` continues, and is None only at the end.

    An empty page with a cursor is not the end: a filter may have discarded what was read so far.
    `unreadable`: what a query with `.tolerating_unreadable()` left out. `missing`: the primary keys
    of what the index of a query with `.hydrated()` has and the table has not.
    """

    items: tuple[E_co, ...]
    cursor: str | None
    unreadable: tuple[InvalidStoredItem, ...] = field(default=(), repr=False)
    missing: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_last(self) -> bool:
        return self.cursor is None

    def __iter__(self) -> Iterator[E_co]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, kind: type[X]) -> tuple[X, ...]:
        """The items that are of this entity, in order: of an item collection."""
        return tuple(item for item in self.items if isinstance(item, kind))


def check_readable(page: Page[E]) -> Page[E]:
    """The page itself; raises the first of its unreadable items, with what was read."""
    if page.unreadable:
        error = page.unreadable[0]
        error.items, error.cursor = page.items, page.cursor
        raise error
    return page
