"""A design as a file that is committed, like a lock file: what its items and requests depend on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from singletable.codec.wire import is_mapping
from singletable.design import ir
from singletable.design.parsing import Unreadable, parse_json
from singletable.errors.design import InvalidDesignFile

VERSION = 1
_MARK = "singletable_snapshot"


def snapshot_text(design: ir.Design) -> str:
    """The text of the file, in JSON: a line for each table, entity and pattern, without places,
    descriptions, examples, volumes and callers, which change while the design stays as it is."""
    data = ir.to_json(plain(design), is_sparse=True)
    lines = [f'{{"{_MARK}": {VERSION}, "design": {{"groups": []']
    for kind in ("tables", "entities", "patterns"):
        of_kind = ",\n".join(map(_compact, data[kind]))
        lines.append(f',"{kind}": [\n{of_kind}\n]')
    return "\n".join([*lines, "}}", ""])


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain(design: ir.Design) -> ir.Design:
    """The design without what no item and no request depends on, in an order of its own."""
    entities = [
        replace(
            entity,
            module="",
            place=None,
            description="",
            items=(),
            fields=tuple(replace(each, description="") for each in entity.fields),
        )
        for entity in design.entities
    ]
    patterns = [
        replace(
            each,
            place=None,
            description="",
            question="",
            callers=None,
            example=None,
            needs=(),
            parameters=(),
            returns="",
        )
        for each in design.patterns
    ]
    return ir.Design(
        tables=tuple(sorted(design.tables, key=lambda each: each.name)),
        entities=tuple(sorted(entities, key=lambda each: (each.table, each.name))),
        groups=(),
        patterns=tuple(sorted(patterns, key=lambda each: each.name)),
    )


def is_snapshot(data: object) -> bool:
    return is_mapping(data) and _MARK in data


def read_snapshot(text: str, where: str) -> ir.Design:
    """The design of a snapshot's text; `InvalidDesignFile` for what is none."""
    try:
        data = parse_json(text)
    except Unreadable as error:
        raise InvalidDesignFile(where=where, declared=str(error)) from None
    return design_in(data, where)


def design_in(data: Mapping[str, Any], where: str) -> ir.Design:
    """The design of a snapshot's JSON; `InvalidDesignFile` for what is none, or of another
    version."""
    if not is_snapshot(data):
        raise InvalidDesignFile(where=where, declared="it is no snapshot of a design")
    if data[_MARK] != VERSION:
        declared = f"it is a snapshot of version {data[_MARK]}, and {VERSION} is read"
        raise InvalidDesignFile(where=where, declared=declared)
    try:
        design = ir.from_json(data["design"])
    except (KeyError, ValidationError):
        declared = "its design cannot be read; another release wrote it, or it was changed by hand"
        raise InvalidDesignFile(where=where, declared=declared) from None
    wrong = next(_contradictions(design), None)
    if wrong is not None:
        raise InvalidDesignFile(where=where, declared=f"{wrong}; it was changed by hand")
    return design


def _contradictions(design: ir.Design) -> Iterator[str]:
    """What no design that was compiled has: names that are said twice, or lead nowhere, and tables
    and entities without a primary key."""
    tables = {each.name: {index.name for index in each.indexes} for each in design.tables}
    yield from _twice("table", [each.name for each in design.tables])
    yield from _twice("entity", [f"{each.table}.{each.name}" for each in design.entities])
    yield from _twice("pattern", [each.name for each in design.patterns])
    for table in design.tables:
        if not table.indexes or table.primary.name != ir.PRIMARY:
            yield f"the table {table.name} has no primary key before its other indexes"
        yield from _twice(f"index of {table.name}", [each.name for each in table.indexes])
    for entity in design.entities:
        if entity.table not in tables:
            yield f"the entity {entity.name} is in the table {entity.table}, which is not there"
        keys = [key.index for key in entity.keys]
        if keys and ir.PRIMARY not in keys:
            yield f"the entity {entity.name} has no primary key"
        yield from _twice(f"key of {entity.name}", keys)
        yield from (
            f"the entity {entity.name} has a key on {name}, which its table has not"
            for name in keys
            if name not in tables.get(entity.table, ())
        )


def _twice(kind: str, names: Sequence[str]) -> Iterator[str]:
    several = (name for name, number in Counter(names).items() if number > 1)
    yield from (f"the {kind} {name} is there more than once" for name in several)


def snapshot_file(root: Path) -> Path:
    """Where a project's snapshot is, unless it is named."""
    return root / "design.snapshot.json"
