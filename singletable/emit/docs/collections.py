"""Item collections: what stands beside what in each index, drawn with example items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from singletable.codec.wire import AttributeValue
from singletable.design.ir import Design, Index, Table
from singletable.design.wire_text import key_text, value_text
from singletable.emit.docs.markdown import code, table

_KEY = 48
_SHOWN = 32
_ATTRIBUTES = 4
Item = Mapping[str, AttributeValue]


def collections_section(design: Design) -> Iterator[str]:
    """The blocks of the section: one table an index, items with one partition key together."""
    for declared in design.tables:
        of_table = f" of {code(declared.name)}" if len(design.tables) > 1 else ""
        stored = [item for entity in design.entities_of(declared) for item in entity.items]
        for index in (each for each in declared.indexes if each.vector is None):
            items = [item for item in stored if set(index.attribute_names) <= set(item)]
            if items:
                yield f"### Items in {code(index.name)}{of_table}"
                headers = (*map(code, index.attribute_names), "Entity", "Other attributes")
                yield table(headers, _rows(declared, index, items))


def _rows(declared: Table, index: Index, items: Sequence[Item]) -> Iterator[tuple[str, ...]]:
    last = None
    for item in sorted(items, key=lambda item: _keys(index, item)):
        keys = _keys(index, item)
        partition, *sort = (code(_short(text, _KEY)) for text in keys)
        kind = key_text(item[declared.type_attribute]) if declared.type_attribute else ""
        shown = "" if keys[0] == last else partition
        yield (shown, *sort, kind, _others(declared, index, item))
        last = keys[0]


def _keys(index: Index, item: Item) -> tuple[str, ...]:
    return tuple(key_text(item[name]) for name in index.attribute_names)


def _others(declared: Table, index: Index, item: Item) -> str:
    hidden = {*declared.key_attributes, declared.type_attribute}
    names = [name for name in item if name not in hidden]
    if index.projection.kind == "INCLUDE":
        names = [name for name in names if name in index.projection.names]
    elif index.projection.kind == "KEYS_ONLY":
        names = []
    pairs = [code(f"{name}: {_short(value_text(item[name]))}") for name in names[:_ATTRIBUTES]]
    return ", ".join([*pairs, "…"] if len(names) > _ATTRIBUTES else pairs)


def _short(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
