"""Tables and their indexes as they are declared."""

from __future__ import annotations

from collections.abc import Sequence

from singletable.design import ir
from singletable.emit.module.layout import call, quoted, tuple_of


def table_lines(table: ir.Table, name: str, *, untagged: bool) -> list[str]:
    """The table; `untagged`: items without a type are known by their key."""
    primary = table.primary
    options = [quoted(table.name)]
    partition, sort = (_side(each) for each in (primary.partition, primary.sort))
    if partition != quoted("PK"):
        options.append(f"partition_key={partition}")
    if sort != quoted("SK"):
        options.append(f"sort_key={sort}")
    if table.delimiter != "#":
        options.append(f"delimiter={quoted(table.delimiter)}")
    kind = table.type_attribute
    if kind != "entity":
        options.append(f"type_attribute={'None' if kind is None else quoted(kind)}")
    if kind is not None and untagged:
        options.append('untagged="by key"')
    return call(f"{name} = Table", options)


def _side(attributes: Sequence[ir.KeyAttribute]) -> str:
    shown = [_attribute(each) for each in attributes]
    if not shown:
        return "None"
    return shown[0] if len(shown) == 1 else tuple_of(shown)


def _attribute(attribute: ir.KeyAttribute) -> str:
    name = quoted(attribute.name)
    if attribute.type == "N":
        return f"number({name})"
    return name if attribute.type == "S" else f'KeyAttribute({name}, "B")'


def index_lines(index: ir.Index, name: str, table: str) -> list[str]:
    """An index of the table that is named so."""
    options = [quoted(index.name)]
    if index.kind != "local":
        options.append(f"partition_key={_side(index.partition)}")
    if index.sort:
        options.append(f"sort_key={_side(index.sort)}")
    projection = index.projection
    if projection.kind == "KEYS_ONLY":
        options.append("projection=KEYS_ONLY")
    elif projection.kind == "INCLUDE":
        names = call("projection=include", [*map(quoted, projection.names)], indent="    ")
        options.append("\n".join(names).lstrip())
    return call(f"{name} = {table}.{index.kind}_index", options)
