"""Everything that a table's design declares, as rows. Sends nothing, writes no document."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from singletable.catalogue.entity_row import EntityRow, entity_row
from singletable.catalogue.pattern_row import PatternRow, pattern_row
from singletable.errors.design import UnknownPattern
from singletable.table import Index, Table

Callers = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Group:
    """The patterns of one module; `description` is the module's docstring."""

    name: str
    description: str
    patterns: tuple[PatternRow, ...]


@dataclass(frozen=True)
class IndexRow:
    """An index and the entities that have a key on it, with the fields that make it sparse."""

    index: Index
    entities: Mapping[str, tuple[str, ...]]


class Catalogue:
    """`callers` maps a pattern's name to captions of who asks it; None if that is not known.

    `UnknownPattern` for callers of what is not declared.
    """

    def __init__(self, table: Table, callers: Callers | None = None) -> None:
        self.table = table
        self.callers = callers
        _check_callers(table, callers or {})

    @cached_property
    def entities(self) -> tuple[EntityRow, ...]:
        """In the order of their declaration, those of a module together."""
        schemas = list(self.table.entities.values())
        modules = list(dict.fromkeys(schema.model.__module__ for schema in schemas))
        schemas.sort(key=lambda schema: modules.index(schema.model.__module__))
        return tuple(map(entity_row, schemas))

    @cached_property
    def patterns(self) -> tuple[PatternRow, ...]:
        """In the order of their declaration, those of a module together."""
        return tuple(row for group in self.groups for row in group.patterns)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        grouped = dict[str, list[PatternRow]]()
        modules = dict[str, str]()
        for name, pattern in self.table.patterns.items():
            callers = tuple((self.callers or {}).get(name, ()))
            row = pattern_row(pattern, self.table.name, callers)
            grouped.setdefault(pattern.group, []).append(row)
            modules[pattern.group] = pattern.function.__module__
        return tuple(
            Group(name, _module_description(modules[name]), tuple(rows))
            for name, rows in grouped.items()
        )

    @cached_property
    def indexes(self) -> tuple[IndexRow, ...]:
        """The primary index first."""
        return tuple(
            IndexRow(
                index,
                {
                    entity.name: key.sparse
                    for entity in self.entities
                    for key in entity.keys
                    if key.index == index.label
                },
            )
            for index in self.table.indexes
        )


def _module_description(name: str) -> str:
    return inspect.getdoc(sys.modules[name]) or "" if name in sys.modules else ""


def _check_callers(table: Table, callers: Callers) -> None:
    unknown = sorted(set(callers) - set(table.patterns))
    if unknown:
        raise UnknownPattern(
            where="callers", declared=", ".join(unknown), allowed=", ".join(table.patterns)
        )
