"""Volumes, and findings that are accepted: calls behind what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from singletable.codec.wire import is_list, is_mapping
from singletable.design import ir
from singletable.emit.module.entities import EntityNames, TableNames
from singletable.emit.module.layout import WIDTH, call, quoted

_IN_PYTHON = {"matches-others": "reads-others"}
"""Rules that are other ones where the engine asks."""


def volume_lines(
    design: ir.Design, entities: Mapping[str, EntityNames], patterns: Mapping[str, str]
) -> Iterator[str]:
    """The figures of what is declared: `volume(items=100)(Order)`."""
    volumes, meant = design.volumes, {each.name: each.operation for each in design.patterns}
    for name, named in entities.items():
        figures = dict(volumes.get("entities", {}).get(name, {}))
        of_keys = {
            key: said
            for label, said in volumes.get("keys", {}).items()
            if label.startswith(f"{name}.") and (key := named.keys.get(label[len(name) + 1 :]))
        }
        figures |= {"keys": of_keys} if of_keys else {}
        yield from _volume(figures, named.class_name)
    for name, function in patterns.items():
        figures = dict(volumes.get("patterns", {}).get(name, {}))
        if "changed" in figures:
            known = [entities[each] for each in meant[name].entities if each in entities]
            fields = {old: new for each in known for old, new in each.fields.items()}
            figures["changed"] = [fields.get(each, each) for each in figures["changed"]]
        yield from _volume(figures, function)


def _volume(figures: Mapping[str, object], about: str) -> Iterator[str]:
    if figures:
        arguments = [f"{name}={_literal(value, len(name) + 6)}" for name, value in figures.items()]
        yield from call("volume", arguments, f"({about})")


def _literal(value: object, before: int) -> str:
    """A number, a text, a list or a dictionary; over several lines where it does not fit."""
    if is_mapping(value):
        parts = [f"{quoted(str(name))}: {_literal(each, 0)}" for name, each in value.items()]
        opening, closing = "{", "}"
    elif is_list(value):
        parts, opening, closing = [_literal(each, 0) for each in value], "[", "]"
    else:
        return quoted(value) if isinstance(value, str) else repr(value)
    line = f"{opening}{', '.join(parts)}{closing}"
    if before + len(line) <= WIDTH:
        return line
    inner = "".join(f"        {each},\n" for each in parts)
    return f"{opening}\n{inner}    {closing}"


def acceptance_lines(
    design: ir.Design,
    tables: Mapping[str, TableNames],
    entities: Mapping[str, EntityNames],
    patterns: Mapping[str, str],
    module: str,
) -> Iterator[str]:
    """What is accepted, by the names that the check of the module prints."""
    subjects = {name: f"{module}.{function}" for name, function in patterns.items()}
    for entity in entities.values():
        for index, key in entity.keys.items():
            subjects[f"{entity.entity.name}.{index}"] = f"{entity.entity.name}.{key}"
    first = next((each.table for each in tables.values() if each.indexes), None)
    for each in design.accepted if first else ():
        arguments = [
            quoted(_IN_PYTHON.get(each.rule, each.rule)),
            quoted(subjects.get(each.subject, each.subject)),
            f"because={quoted(each.because)}",
        ]
        yield from call(f"{first}.accept", arguments)
