"""Every access pattern: at a glance, and each in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from singletable.catalogue import Catalogue, PatternRow, Reading, Writing
from singletable.catalogue.readable import json_text
from singletable.emit.markdown import block, bullets, code, codes, link, table

_READABLE = 100
_FEW = 3


def overview_section(catalogue: Catalogue) -> Iterator[str]:
    """One table of all patterns a module."""
    asked = ("Asked by",) if catalogue.callers is not None else ()
    for group in catalogue.groups:
        yield f"### {group.name}"
        yield group.description
        yield table(
            ("Pattern", "Question", "Operation", "Index", *asked),
            [_overview(row)[: 4 + len(asked)] for row in group.patterns],
        )


def _overview(row: PatternRow) -> tuple[str, ...]:
    name = link(row.name)
    first, more = row.callers[:_FEW], row.callers[_FEW:]
    asked = codes(first, "; ") + (f"; and {len(more)} more" if more else "")
    return (name, row.question, _shown(row.operation), code(row.index), asked or "—")


def _shown(operation: str) -> str:
    return "Query, first item" if operation == "First" else operation


def pattern_section(catalogue: Catalogue) -> Iterator[str]:
    """The blocks of every pattern in full."""
    for row in catalogue.patterns:
        yield f"### {row.name}"
        yield row.description
        yield bullets(_facts(row))
        yield from _actions(row)
        yield from _example(row)


def _facts(row: PatternRow) -> Iterator[tuple[str, str]]:
    yield "Arguments", codes(f"{each.name}: {each.type}" for each in row.parameters)
    yield "Operation", _operation(row)
    if row.reading is not None:
        yield from _reading(row.reading)
    elif len(row.writings) == 1:
        yield from _writing(row.writings[0])
    yield "Returns", code(row.returns)
    yield "Asked by", codes(row.callers, "; ")


def _operation(row: PatternRow) -> str:
    if row.reading is None:
        most = "up to " if any("changes" in each.item for each in row.writings) else ""
        actions = f" of {most}{len(row.writings)} actions" if len(row.writings) > 1 else ""
        return f"{row.operation}{actions}"
    manner = ", read consistently" if row.reading.consistent else ""
    return f"{_shown(row.operation)} on {code(row.index)}, by {code(row.reading.key)}{manner}"


def _reading(reading: Reading) -> Iterator[tuple[str, str]]:
    yield "Key condition", codes(reading.key_condition, " and ")
    by = codes(reading.ordered_by, ", then ")
    yield "Order", f"{reading.order}, by {by}" if by else reading.order
    yield "Filter", code(reading.filter)
    yield "Requests", "" if reading.requests == 1 else f"{reading.requests}, one a shard, merged"
    yield "Limits", "; ".join(reading.limits)


def _writing(writing: Writing) -> Iterator[tuple[str, str]]:
    yield "Item", codes(writing.key, " and ")
    yield "Changes", _changes(writing)
    yield "Condition", code(writing.condition)
    yield "Refused with", ", ".join(writing.refusals)


def _changes(writing: Writing) -> str:
    if writing.changeable and len(writing.changes) > _READABLE:
        return f"{codes(writing.changeable)}, where they differ, and the index keys made of them"
    return code(writing.changes)


def _actions(row: PatternRow) -> Iterator[str]:
    """The actions of a transaction, numbered as in its refusals."""
    if len(row.writings) > 1:
        yield "\n".join(
            line
            for number, writing in enumerate(row.writings, start=1)
            for line in _numbered(number, writing)
        )


def _numbered(number: int, writing: Writing) -> Iterator[str]:
    yield f"{number}. **{writing.verb} {writing.item}**"
    yield from (f"   {line}" for line in bullets(_writing(writing)).split("\n"))


def _example(row: PatternRow) -> Iterator[str]:
    first, *others = row.example.requests
    more = ", and the same for each other shard" if others else ""
    yield f"{code(first['operation'])}{_asked_with(row)}{more}:"
    yield block(json_text(first["parameters"]), "json")


def _asked_with(row: PatternRow) -> str:
    told = list[str]()
    shown = dict[str, tuple[str, dict[str, Any]]]()
    for parameter in row.parameters:
        value = row.example.arguments[parameter.name]
        if parameter.type not in row.entities:
            told.append(code(f"{parameter.name} = {_plain(value)}"))
            continue
        told.append(_entity(parameter.name, parameter.type, value, shown))
        shown.setdefault(parameter.type, (parameter.name, value))
    return f" with {', '.join(told)}" if told else ""


def _entity(
    name: str, kind: str, value: dict[str, Any], shown: dict[str, tuple[str, dict[str, Any]]]
) -> str:
    if kind not in shown:
        return f"{code(name)} = the example {link(kind)}"
    other, known = shown[kind]
    changed = [
        f"{field} = {_plain(value[field])}" for field in value if value[field] != known[field]
    ]
    difference = f" but {codes(changed)}" if changed else ""
    return f"{code(name)} = {code(other)}{difference}"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(json_text(value).split())
