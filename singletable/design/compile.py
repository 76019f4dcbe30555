"""Compiles a design, of one table or several, to the intermediate representation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from singletable.design import ir
from singletable.design.compile_entities import compile_entity, compile_table, entities_of
from singletable.design.compile_patterns import compile_group, compile_pattern
from singletable.errors.design import UnknownPattern
from singletable.patterns import Pattern, declarations_of
from singletable.table import TableDefinition

Callers = Mapping[str, Sequence[str]]


def compile_design(
    tables: Sequence[TableDefinition], callers: Callers | None = None, *, examples: bool = True
) -> ir.Design:
    """All that these tables' entities and patterns declare, those of a module together.

    `callers` maps a pattern's name to captions of who asks it; None if that is not known.
    Without `examples` nothing is refused for lack of one. `UnknownPattern` for callers of what
    is not declared.
    """
    patterns = patterns_of(tables)
    _check_callers(patterns, callers or {})
    compiled = {table.name: compile_table(table) for table in tables}
    groups = {pattern.group: compile_group(pattern) for pattern in patterns.values()}
    order = list(groups)
    return ir.Design(
        tables=tuple(compiled.values()),
        entities=tuple(
            compile_entity(schema, examples=examples)
            for table in tables
            for schema in entities_of(table)
        ),
        groups=tuple(groups.values()),
        patterns=tuple(
            compile_pattern(
                pattern,
                compiled,
                callers=None if callers is None else callers.get(name, ()),
                examples=examples,
            )
            for name, pattern in sorted(
                patterns.items(), key=lambda named: order.index(named[1].group)
            )
        ),
    )


def patterns_of(tables: Sequence[TableDefinition]) -> dict[str, Pattern]:
    """The patterns of these tables by name, in the order of their declaration."""
    return {
        name: pattern
        for table in tables
        for name, pattern in declarations_of(table).patterns.items()
    }


def _check_callers(patterns: Mapping[str, Pattern], callers: Callers) -> None:
    unknown = sorted(set(callers) - set(patterns))
    if unknown:
        raise UnknownPattern(
            where="callers", declared=", ".join(unknown), allowed=", ".join(patterns)
        )
