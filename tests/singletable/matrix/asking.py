"""Declares the layouts of the matrix, and asks its cells by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import new_class
from typing import Annotated, Any

from singletable import KEYS_ONLY, Table, View, collection, include, number, shards
from singletable.formats import integer, slug
from tests.singletable.clinic.making import make
from tests.singletable.matrix.cells import Cell
from tests.singletable.matrix.layouts import SHARDS, Layout, Side

FIELDS: dict[str, Any] = {
    "org": Annotated[str, slug()],
    "region": Annotated[str, slug()],
    "year": Annotated[int, integer(0, 9999)],
    "state": Annotated[str, slug()],
    "at": datetime,
    "name": str,
    "rank": int,
    "note": str,
}
MARCH, LATER = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
VALUES: dict[str, tuple[Any, Any, Any]] = {
    "org": ("acme", "acme", "acme"),
    "region": ("eu", "eu", "eu"),
    "year": (7, 12, "0"),
    "state": ("held", "open", "op"),
    "at": (MARCH, LATER, "2026-03"),
    "name": ("kim", "lee", "ki"),
    "rank": (7, 12, "1"),
}
"""Field → a value, a later one, and the beginning of one."""

WHY = "the matrix asks for everything"


@dataclass(frozen=True)
class Declared:
    """The entities of a layout, in one table: `part`, and `twin` if it is shared."""

    layout: Layout
    is_shared: bool

    @cached_property
    def table(self) -> Table:
        (partition,), (sort,) = self.layout.primary
        return Table("matrix", partition_key=partition, sort_key=sort)

    @cached_property
    def index(self) -> Any:
        layout = self.layout
        if layout.is_primary:
            return self.table.primary
        if layout.index == "local":
            return self.table.local_index("by_index", sort_key=_attributes(layout.sort)[0])
        more: dict[str, Any] = {}
        if layout.projected is not None:
            more = {"projection": include(*layout.projected) if layout.projected else KEYS_ONLY}
        partition, sort = _attributes(layout.partition), _attributes(layout.sort)
        return self.table.global_index("by_index", partition_key=partition, sort_key=sort, **more)

    @cached_property
    def entities(self) -> tuple[Any, Any]:
        part = self._entity("Part", tuple(self.layout.sort.values()))
        return part, self._entity("Twin", self.layout.twin) if self.is_shared else None

    @property
    def part(self) -> Any:
        return self.entities[0]

    @property
    def twin(self) -> Any:
        return self.entities[1]

    def _entity(self, name: str, sort: tuple[str, ...]) -> Any:
        more = {"shards": shards(SHARDS)} if self.layout.index == "sharded" else {}
        own = self.index.key(tuple(self.layout.partition.values()), sort, **more)
        if self.layout.is_primary:
            return make(self.table, {**FIELDS, "key": own}, name)
        ((_, partition),) = self.layout.primary[0].items()
        key = self.table.primary.key(partition, f"{name.upper()}#{{name}}")
        return make(self.table, {**FIELDS, "key": key, "by_index": own}, name)

    @cached_property
    def view(self) -> Any:
        seen = {name: FIELDS[name] for name in self.layout.seen}
        body = {"__annotations__": seen, "__doc__": "A part of it.", "__module__": __name__}
        return new_class("Seen", (View[self.part],), {}, lambda namespace: namespace.update(body))

    @property
    def asked(self) -> Any:
        """The key that the cells ask by."""
        return self.key_of(self.part)

    def key_of(self, entity: Any) -> Any:
        return entity.key if self.layout.is_primary else entity.by_index

    @property
    def keys(self) -> Any:
        return collection(self.asked, self.key_of(self.twin))


def _attributes(side: Side) -> tuple[Any, ...]:
    return tuple(number(name[2:]) if name.startswith("N:") else name for name in side)


def ask(cell: Cell, declared: Declared) -> Any:
    """The operation of a cell, unsent."""
    operation = _VERBS[cell.verb](cell, declared)
    for option in cell.options:
        operation = _OPTIONS.get(option, lambda asked, _: asked)(operation, declared)
    return operation


def _get(cell: Cell, declared: Declared) -> Any:
    names = declared.layout.identity[: -1 if "skip" in cell.options else None]
    return declared.asked.get(**{name: VALUES[name][0] for name in names})


def _get_each(_: Cell, declared: Declared) -> Any:
    return declared.asked.get_each(**{name: VALUES[name][:2] for name in declared.layout.identity})


def _query(cell: Cell, declared: Declared) -> Any:
    return _in_range(cell, declared, declared.asked.query(**_equalities(cell, declared.layout)))


def _union(cell: Cell, declared: Declared) -> Any:
    return _in_range(cell, declared, declared.keys.query(**_equalities(cell, declared.layout)))


def _equalities(cell: Cell, layout: Layout) -> dict[str, Any]:
    names = layout.partition_fields[1 if "partition" in cell.options else 0 :]
    names += layout.sort_fields[: cell.given]
    if "gap" in cell.options:
        names += layout.sort_fields[cell.given + 1 :][:1]
    known = {name: VALUES[name][0] for name in names}
    return {**known, "note": "none"} if "unknown" in cell.options else known


def _in_range(cell: Cell, declared: Declared, query: Any) -> Any:
    at = cell.given + ("skip" in cell.options)
    name = (*declared.layout.sort_fields, *["note"] * 9)[at]
    has_low = not {"at_least", "after"}.isdisjoint(cell.range)
    value, later, begun = VALUES.get(name, ("none", "none", "none"))
    ends = {"at_least": value, "after": value, "begins_with": begun}
    for operator in cell.range:
        end = ends.get(operator, later if has_low else value)
        query = getattr(query, operator)(**{name: end})
    return query


_VERBS: dict[str, Any] = {
    "get": _get,
    "get_each": _get_each,
    "query": _query,
    "union": _union,
    "scan": lambda _, declared: declared.asked.scan(because=WHY),
    "union scan": lambda _, declared: declared.keys.scan(because=WHY),
}
_OPTIONS: dict[str, Any] = {
    "descending": lambda asked, _: asked.descending(),
    "newest_first": lambda asked, _: asked.newest_first(),
    "consistent": lambda asked, _: asked.consistent(),
    "count": lambda asked, _: asked.count(),
    "first": lambda asked, _: asked.first(),
    "page": lambda asked, _: asked.page(20),
    "page_size": lambda asked, _: asked.page_size(5),
    "segments": lambda asked, _: asked.segments(4),
    "skipping": lambda asked, declared: asked.skipping(declared.twin),
    "view": lambda asked, declared: asked.only(declared.view),
    "hydrated": lambda asked, _: asked.hydrated(),
}
