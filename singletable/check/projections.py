"""What indexes hold besides their keys: too little for a pattern, or more than any asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from singletable.check.findings import Finding, Rule
from singletable.design import ir

UNREAD_COPIES = Rule(
    "unread-copies",
    "note",
    "The index copies attributes that no pattern asks it for",
    "Each copy is written, stored and read with its item, and paid for.",
    "Project what the patterns ask for, or the keys alone.",
)
WHOLE_COPIES = Rule(
    "whole-copies",
    "note",
    "Indexes copy whole items, and no pattern says which attributes it asks for",
    "Each copy is written, stored and read with its item, and paid for.",
    "Say what the patterns ask for; where that is less, project it alone.",
)
RULES = (UNREAD_COPIES, WHOLE_COPIES)


def projection_findings(design: ir.Design) -> Iterator[Finding]:
    """Finds indexes with copies that none of their patterns reads."""
    reads = [read for pattern in design.patterns for read in pattern.operation.reads]
    for table in design.tables:
        yield from _whole_copies(design, table)
        for index in table.indexes[1:]:
            asking = [
                each for each in reads if (each.table, each.index) == (table.name, index.name)
            ]
            asked = _asked(asking)
            if asked is None or index.projection.kind == "KEYS_ONLY":
                continue
            copies = _find_copies(design, table, index)
            idle = [each for each in copies if each not in asked]
            if idle:
                shown = ", ".join(idle[:5]) + (f" and {len(idle) - 5} more" if idle[5:] else "")
                yield Finding(
                    UNREAD_COPIES, f"{table.name}.{index.name}", f"no one asks it for {shown}"
                )


def _whole_copies(design: ir.Design, table: ir.Table) -> Iterator[Finding]:
    """Of files alone: in Python what a pattern returns says what it asks for."""
    if any(each.module for each in design.entities_of(table)):
        return
    found = list[str]()
    for index in table.indexes[1:]:
        asking = {
            pattern.name: read
            for pattern in design.patterns
            for read in pattern.operation.reads
            if (read.table, read.index) == (table.name, index.name)
        }
        is_whole = index.projection.kind == "ALL" and index.vector is None
        if is_whole and asking and _asked([*asking.values()]) is None:
            found.append(f"{index.name} for {', '.join(asking)}")
    if found:
        yield Finding(WHOLE_COPIES, table.name, "; ".join(found))


def _asked(reads: Sequence[ir.Read]) -> set[str] | None:
    """The attributes that are asked for; None if whole items are, or nothing is."""
    asked = set[str]()
    for read in reads:
        if read.hydration is None and (read.view is None or not read.view.attributes):
            return None
        if read.hydration is None and read.view is not None:
            asked.update(read.view.attributes)
        asked.update(read.filter.attributes if read.filter else ())
    return asked if reads else None


def _find_copies(design: ir.Design, table: ir.Table, index: ir.Index) -> list[str]:
    """The attributes of the index that are known, without keys and what tells the entity."""
    keys = {*table.primary.attribute_names, *index.attribute_names}
    keys |= {each for each in (table.type_attribute, table.ttl_attribute) if each}
    if index.projection.kind == "INCLUDE":
        return [each for each in index.projection.names if each not in keys]
    members = [
        entity
        for entity in design.entities_of(table)
        if any(key.index == index.name for key in entity.keys)
    ]
    stored = dict.fromkeys(field.stored for entity in members for field in entity.fields)
    return [each for each in stored if each not in keys]


def lacking(table: ir.Table, index: ir.Index, read: ir.Read) -> list[str]:
    """The attributes that a read asks an index for, and it does not hold."""
    if read.view is None or read.hydration is not None or index.projection.kind == "ALL":
        return []
    held = table.held_by(index)
    return [each for each in read.view.attributes if each not in held]
