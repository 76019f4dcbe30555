"""Reads stored items as the entities of a design, and tells which of them cannot be, and why."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from singletable.codec.wire import is_mapping
from singletable.design import ir
from singletable.errors.request import InvalidStoredItem
from singletable.operations.reads.reader import EntityReader
from singletable.schema import CompiledKey, Schema
from singletable.schema.registry import registry_of
from singletable.table import TableDefinition

Item = Mapping[str, Any]
"""In DynamoDB's JSON."""

_DETAIL = 200
_VALUE = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+")


@dataclass
class Unread:
    """Items that a key does not read, for one reason: how many, and one of them."""

    index: str
    why: str
    count: int
    sample: ir.JsonObject


@dataclass
class EntityReading:
    """How many items of an entity there are, and how many of them are read."""

    items: int = 0
    read: int = 0
    unread: dict[str, Unread] = field(default_factory=dict[str, Unread])


@dataclass
class Reading:
    """What came of all items: of each entity; of none; and of those that say no type."""

    entities: dict[str, EntityReading] = field(default_factory=dict[str, EntityReading])
    items: int = 0
    of_none: int = 0
    untagged: int = 0
    samples: list[ir.JsonObject] = field(default_factory=list[ir.JsonObject])

    def to_json(self) -> ir.JsonObject:
        """All of it as data, for a reading that goes on later."""
        return {
            "items": self.items,
            "of_none": self.of_none,
            "untagged": self.untagged,
            "samples": self.samples,
            "entities": {
                name: {
                    "items": each.items,
                    "read": each.read,
                    "unread": [vars(unread) for unread in each.unread.values()],
                }
                for name, each in self.entities.items()
            },
        }

    @classmethod
    def from_json(cls, data: ir.JsonObject) -> Reading:
        """What `to_json` made this data of."""
        made = cls({}, data["items"], data["of_none"], data["untagged"], data["samples"])
        for name, each in data["entities"].items():
            unread = {_kind(one["index"], one["why"]): Unread(**one) for one in each["unread"]}
            made.entities[name] = EntityReading(each["items"], each["read"], unread)
        return made


class ItemReader:
    """Reads items of one table: by the primary key, and by each index that an item is in."""

    def __init__(self, table: TableDefinition) -> None:
        known = registry_of(table).entities
        self._table = table
        self._readers = {name: EntityReader(schema) for name, schema in known.items()}
        self.reading = Reading({name: EntityReading() for name in known})

    def read(self, item: Item) -> None:
        """Counts an item among those that are read, or those that are not."""
        found, reading = {name: _to_wire(value) for name, value in item.items()}, self.reading
        reading.items += 1
        kind = self._table.type_attribute
        if kind is not None and kind not in found:
            reading.untagged += 1
        reader = next((each for each in self._readers.values() if each.may_load(found)), None)
        if reader is None:
            reading.of_none += 1
            if len(reading.samples) < 3:
                reading.samples.append(self._key(item))
            return
        counted = reading.entities[reader.schema.name]
        counted.items += 1
        problems = [*_problems(reader.schema, found)]
        counted.read += not any(index == ir.PRIMARY for index, _ in problems)
        for index, why in problems:
            known = counted.unread.setdefault(
                _kind(index, why), Unread(index, why[:_DETAIL], 0, self._key(item))
            )
            known.count += 1

    def _key(self, item: Item) -> ir.JsonObject:
        names = self._table.primary_index.attribute_names
        return {name: item[name] for name in names if name in item}


def _kind(index: str, why: str) -> str:
    """Reasons that differ in values alone are one."""
    return f"{index}: {_VALUE.sub('…', why)}"


def _problems(schema: Schema[Any], item: Item) -> Iterator[tuple[str, str]]:
    """The index by which an item is not read, and why; of the primary key alone if it is that."""
    why = _try(schema, item, None)
    if why is not None:
        yield ir.PRIMARY, why
        return
    for key in schema.secondary:
        if all(name in item for name in key.index.attribute_names):
            why = _try(schema, item, key)
            if why is not None:
                yield key.index.label, why


def _try(schema: Schema[BaseModel], item: Item, key: CompiledKey | None) -> str | None:
    try:
        schema.decode(item, key)
    except InvalidStoredItem as error:
        return " ".join(error.problems.split())
    return None


def _to_wire(value: Any) -> Any:
    """An attribute value with bytes for the base64 of DynamoDB's JSON."""
    if not is_mapping(value) or len(value) != 1:
        return value
    [(kind, inner)] = value.items()
    if kind == "B":
        return {"B": _bytes(inner)}
    if kind == "BS":
        return {"BS": [_bytes(each) for each in inner]}
    if kind == "L":
        return {"L": [_to_wire(each) for each in inner]}
    return {"M": {name: _to_wire(each) for name, each in inner.items()}} if kind == "M" else value


def _bytes(text: Any) -> Any:
    return base64.b64decode(text) if isinstance(text, str) else text


def read_all(table: TableDefinition, items: Sequence[Item]) -> Reading:
    """Reads items that are all there."""
    reader = ItemReader(table)
    for item in items:
        reader.read(item)
    return reader.reading
