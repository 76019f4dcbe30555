"""The fields of items of one kind: their attributes with the types that are stored, and what stands
in key text alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from singletable.codec.wire import is_mapping
from singletable.design import ir

Item = Mapping[str, Any]

_TYPES = {
    "S": "str",
    "N": "decimal",
    "B": "bytes",
    "BOOL": "bool",
    "L": "list",
    "M": "map",
    "SS": "text_set",
    "NS": "number_set",
    "BS": "bytes_set",
}
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_SHOWN = 40
WHOLE_NUMBER = re.compile("0|-?[1-9][0-9]{0,37}")
"""A number as it is printed, and so as it may stand in key text."""


def fields_in(template: str) -> list[str]:
    """The names in braces."""
    return [found[1] for found in _FIELD.finditer(template) if found[1]]


def infer_fields(
    items: Sequence[Item],
    templates: Mapping[str, str],
    patterns: Mapping[str, str],
    *,
    primary: Collection[str],
    unstored: Collection[str],
) -> tuple[ir.JsonObject, list[str]]:
    """The fields as a design file has them, and what contradicts itself.

    `primary`: the attributes of the primary key. `unstored`: attributes that are no fields: keys,
    and the type. `patterns`: expressions of fields whose text may have the delimiter.
    """
    used = {name: fields_in(text) for name, text in templates.items()}
    in_text = {name for names in used.values() for name in names}
    natural = {name for name, names in used.items() if names == [name]}
    fields, notes = ir.JsonObject(), list[str]()
    types = _types(items)
    for name, found in types.items():
        if name in natural or name not in unstored:
            known = {kind: number for kind, number in found.items() if kind != "NULL"}
            fields[name] = {"type": _type(known, items, name, is_key=name in in_text)}
            if sum(found.values()) < len(items) or "NULL" in found:
                fields[name]["optional"] = True
            if len(known) > 1:
                shares = ", ".join(f"{kind} in {number}" for kind, number in known.items())
                notes.append(f"{name} is of several types: {shares}")
    for name in sorted(in_text - fields.keys()):
        holders = [attribute for attribute, names in used.items() if name in names]
        fields[name] = _in_key_text(holders, primary, items)
    for name, expression in patterns.items():
        if name in fields:
            fields[name]["format"] = {"pattern": expression}
    return fields, notes


def _in_key_text(
    holders: Collection[str], primary: Collection[str], items: Sequence[Item]
) -> ir.JsonObject:
    """A field that no attribute has: in the key alone, if every item has that key."""
    is_everywhere = any(each in primary for each in holders) or all(
        each in item for each in holders for item in items
    )
    return {"type": "str"} | ({"in_key": True} if is_everywhere else {"optional": True})


def _types(items: Sequence[Item]) -> dict[str, Counter[str]]:
    """How often each attribute is of each type, in the order of their appearance."""
    found = defaultdict[str, Counter[str]](Counter)
    for item in items:
        for name, value in item.items():
            if is_mapping(value) and value:
                found[name][str(next(iter(value)))] += 1
    return found


def _type(known: Mapping[str, int], items: Sequence[Item], name: str, *, is_key: bool) -> str:
    if len(known) != 1:
        return "any"
    [kind] = known
    if kind == "N" and is_key and all(map(WHOLE_NUMBER.fullmatch, _numbers(items, name))):
        return "int"
    return _TYPES[kind]


def _numbers(items: Sequence[Item], name: str) -> Iterator[str]:
    yield from (item[name]["N"] for item in items if "N" in item.get(name, {}))


def evidence_of(
    items: Sequence[Item], templates: Mapping[str, str], count: int
) -> dict[str, tuple[str, ...]]:
    """What speaks for each template: how many items have the attribute, and one of its texts."""
    shown = f"{count:,} items" + (
        f", of which {len(items):,} were kept" if count > len(items) else ""
    )
    found: dict[str, tuple[str, ...]] = {"": (shown,)}
    for name in templates:
        having = [item[name] for item in items if name in item]
        example = next(iter(having[0].values()), "") if having else ""
        text = str(example)
        text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        different = len({str(each) for each in having})
        found[name] = (
            f"{name}: in {len(having):,} of {len(items):,} items, {different:,} different,"
            f" such as {text}",
        )
    return found
