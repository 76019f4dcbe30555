"""Where answers are read from, and where writes write: what makes a page out of date.

Known from the operations alone, before anything is sent. Knows no Redis and no pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from singletable import inspect
from singletable.inspect import Context, Operation
from singletable.inspect import IndexPlace as Tag

__all__ = ["Tag", "tags_of_read", "tags_of_write"]

AnyOperation = Operation[Any]


def tags_of_read(operation: AnyOperation) -> tuple[Tag, ...]:
    """Where a get or a query reads; nothing for other operations.

    A query of a secondary index also has the tag of the index as a whole: writes that cannot know
    where an item stood drop that one.
    """
    return tuple(_with_whole_index(inspect.places_read(operation)))


def _with_whole_index(places: tuple[Tag, ...]) -> Iterator[Tag]:
    yield from places
    for place in places[:1]:
        if place.index != "primary":
            yield Tag(place.entity, place.index, ())


def tags_of_write(operation: AnyOperation, context: Context) -> frozenset[Tag]:
    """Wherever items stand before and after; whole indexes where a write cannot know it."""
    places = (inspect.places_written(write, context) for write in inspect.writes(operation))
    return frozenset[Tag]().union(*places)
