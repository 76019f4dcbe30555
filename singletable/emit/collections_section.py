"""Item collections: what stands beside what in each index, drawn with example items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from singletable.catalogue import Catalogue
from singletable.catalogue.readable import key_text, value_text
from singletable.emit.markdown import code, table
from singletable.table import Index

_SHOWN = 32
_ATTRIBUTES = 4
Item = Mapping[str, Any]


def collections_section(catalogue: Catalogue) -> Iterator[str]:
    """The blocks of the section: one table an index, items with one partition key together."""
    for row in catalogue.indexes:
        items = sorted(_items(catalogue, row.index), key=lambda item: _keys(row.index, item))
        if items:
            yield f"### Items in {code(row.index.label)}"
            headers = (*map(code, row.index.attribute_names), "Entity", "Other attributes")
            yield table(headers, _rows(catalogue, row.index, items))


def _items(catalogue: Catalogue, index: Index) -> list[Item]:
    items = [item for entity in catalogue.entities for item in entity.items]
    return [item for item in items if set(index.attribute_names) <= set(item)]


def _keys(index: Index, item: Item) -> tuple[str, ...]:
    return tuple(key_text(item[name]) for name in index.attribute_names)


def _rows(catalogue: Catalogue, index: Index, items: list[Item]) -> Iterator[tuple[str, ...]]:
    last = None
    for item in items:
        partition, *sort = map(code, _keys(index, item))
        kind = key_text(item[catalogue.table.type_attribute])
        shown = "" if partition == last else partition
        yield (shown, *sort, kind, _others(catalogue, index, item))
        last = partition


def _others(catalogue: Catalogue, index: Index, item: Item) -> str:
    hidden = {*catalogue.table.key_attributes, catalogue.table.type_attribute}
    names = [name for name in item if name not in hidden]
    if index.projection.kind == "INCLUDE":
        names = [name for name in names if name in index.projection.names]
    elif index.projection.kind == "KEYS_ONLY":
        names = []
    pairs = [code(f"{name}: {_short(value_text(item[name]))}") for name in names[:_ATTRIBUTES]]
    return ", ".join([*pairs, "…"] if len(names) > _ATTRIBUTES else pairs)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
