"""One page of a query's answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

E_co = TypeVar("E_co", covariant=True)


@dataclass(frozen=True)
class Page(Generic[E_co]):
    """`items` in order. `cursor` continues after them; None only at the end.

    An empty page with a cursor is not the end: a filter may have discarded what was read so far.
    """

    items: tuple[E_co, ...]
    cursor: str | None

    @property
    def is_last(self) -> bool:
        return self.cursor is None

    def __iter__(self) -> Iterator[E_co]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
