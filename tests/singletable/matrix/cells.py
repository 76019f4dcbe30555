"""The cells of the matrix: what is asked of each index, as plain data. Knows no engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

RANGES: list[tuple[str, ...]] = [
    ("at_least",),
    ("at_most",),
    ("after",),
    ("before",),
    ("at_least", "at_most"),
    ("at_least", "before"),
    ("after", "at_most"),
    ("after", "before"),
    ("begins_with",),
]
MANNERS = ["", "descending", "newest_first", "consistent", "count", "first", "page", "page_size"]
MISTAKES = ["unknown", "partition"]
"""A field that the key has not is given; one of the partition key is not."""


@dataclass(frozen=True)
class Cell:
    """A read: `given` are how many fields of the sort key, `range` is on the next one."""

    verb: str
    given: int = 0
    range: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        given = [str(self.given)] if self.verb in {"query", "union", "view"} else []
        return " ".join([self.verb, *given, *self.range, *self.options])


def cells(fields: int) -> Iterator[Cell]:
    """The reads of one entity, for a sort key of so many fields; refused ones, too."""
    for options in ((), ("consistent",), ("skip",)):
        yield Cell("get", options=options)
    yield Cell("get_each")
    for given in range(fields + 1):
        for manner in MANNERS:
            yield Cell("query", given, (), (manner,) if manner else ())
        for asked in RANGES:
            yield Cell("query", given, asked)
        yield Cell("query", given, ("after", "at_most"), ("descending", "page"))
        yield Cell("query", given, ("at_most",), ("count",))
        for mistake in MISTAKES:
            yield Cell("query", given, (), (mistake,))
    for given in range(fields - 1):
        yield Cell("query", given, ("at_least",), ("skip",))
        yield Cell("query", given, options=("gap",))
    yield from scans()
    yield Cell("scan", options=("consistent",))


def scans(*beside: str) -> Iterator[Cell]:
    """The scans of one entity, which may be beside others in its index."""
    for options in (
        (),
        ("segments",),
        ("count",),
        ("first",),
        ("page",),
        ("segments", "page_size"),
    ):
        yield Cell("scan", options=(*options, *beside))


def shared_cells(fields: int) -> Iterator[Cell]:
    """The reads of two entities in one index, and of one among others."""
    for given in range(fields + 1):
        for options in ((), ("descending",), ("newest_first",), ("count",), ("page",)):
            yield Cell("union", given, options=options)
        for asked in RANGES:
            yield Cell("union", given, asked)
        yield Cell("query", given)
        yield Cell("query", given, options=("skipping",))
    yield Cell("union scan")
    yield Cell("union scan", options=("segments",))


def view_cells(fields: int) -> Iterator[Cell]:
    """The reads of a view, and those of keys whose items are then read from the table."""
    yield Cell("get", options=("view",))
    yield Cell("get_each", options=("view",))
    yield Cell("scan", options=("view",))
    for given in range(fields + 1):
        yield Cell("query", given, options=("view",))
        yield Cell("query", given, ("at_least",), ("view", "page"))
    yield Cell("query", options=("hydrated",))
    yield Cell("query", options=("hydrated", "view", "consistent", "page"))
