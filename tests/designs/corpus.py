"""Published designs: where they are, their items as DynamoDB takes them, and what they expect.

`load_design("03-device-state-log")` skips the test where the designs are not there."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from singletable import Entity, put
from singletable.inspect import Context

VARIABLE = "DESIGN_CORPUS"
PROJECT = Path(__file__).parents[2]
TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})

Item = dict[str, Any]
"""An item in DynamoDB's own form: `{"PK": {"S": "d#7"}, ...}`."""


@dataclass(frozen=True)
class Design:
    """One published design: its facts, and the items of each of its tables."""

    facts: Mapping[str, Any]
    tables: Mapping[str, Sequence[Item]]

    @property
    def items(self) -> Sequence[Item]:
        """Those of the only table; the test is skipped where the design has none."""
        if not self.tables:
            pytest.skip("the design is published without items")
        (items,) = self.tables.values()
        return items

    def examples(self) -> dict[str, Mapping[str, Any]]:
        """The patterns that have an example, by their ids."""
        return {
            pattern["id"]: pattern for pattern in self.facts["patterns"] if "example" in pattern
        }

    def check(self, pattern: str, answer: Entity | Sequence[Entity] | None) -> None:
        """Compares what a pattern answered to its example with the published keys.

        Their order is that of the index. Items that are equal there may come in any order."""
        facts = self.examples()[pattern]
        entities = [answer] if isinstance(answer, Entity) else list(answer or ())
        found = {self._key(item): self._place(item, facts) for item in map(stored_item, entities)}
        example = facts["example"]
        first = [tuple(key) for key in example["expect_keys"]]
        assert len(entities) == len(found) == example["expect_count"]
        assert found.keys() >= set(first)
        assert [found[key] for key in first] == list(found.values())[: len(first)]
        if facts["op"] != "Scan":
            places = sorted(found.values(), reverse=facts.get("order") == "desc")
            assert list(found.values()) == places

    def _key(self, item: Item) -> tuple[Any, ...]:
        """The primary key as it is published: without types."""
        table = self.facts["tables"][0]
        return tuple(_plain(item[table[side]["attr"]]) for side in ("pk", "sk") if table.get(side))

    def _place(self, item: Item, pattern: Mapping[str, Any]) -> list[Any]:
        """Where an item stands in the index of a pattern: its sort key there."""
        table = self.facts["tables"][0]
        indexes = [*table.get("gsis", []), *table.get("lsis", [])]
        index = next((index for index in indexes if index["name"] == pattern["on"]), table)
        sort = index.get("sk") or []
        parts = sort if isinstance(sort, list) else [sort]
        return [_in_order(item[part["attr"]]) for part in parts]


def load_design(name: str) -> Design:
    """The design of a folder of the corpus."""
    folder = find_corpus() / name
    facts = json.loads((folder / "design.json").read_text(encoding="utf-8"))
    return Design(facts, _load_tables(folder, facts.get("sample_items", {})))


def stored_item(entity: Entity) -> Item:
    """The item that a put of an entity stores."""
    request = put(entity).requests(Context())[0]
    item: Item = request.parameters["Item"]
    return item


def to_wire(value: Any) -> Item:
    """A published value as DynamoDB takes it: already in that form, in part, or plain JSON."""
    if isinstance(value, dict):
        (tag, inner), *further = value.items() if value else [("", None)]
        if further or tag not in TYPES:
            return {"M": {name: to_wire(item) for name, item in value.items()}}
        return _typed(tag, inner)
    if isinstance(value, list):
        return {"L": [to_wire(item) for item in value]}
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"NULL": True} if value is None else {_scalar_type(value): str(value)}


def _typed(tag: str, inner: Any) -> Item:
    """A value that says its type. The content of a map may say once more that it is one."""
    if tag not in {"M", "L"}:
        return {tag: inner}
    content = to_wire(inner)
    return content if content.keys() == {tag} else {tag: content}


def _plain(value: Item) -> Any:
    return next(iter(value.values()))


def _in_order(value: Item) -> Any:
    """What sorts as the value does in an index."""
    return Decimal(value["N"]) if "N" in value else _plain(value)


def _scalar_type(value: str | float) -> str:
    return "S" if isinstance(value, str) else "N"


def find_corpus() -> Path:
    """The folder that the variable names, or `shared/corpus` in a folder above the project."""
    named = os.environ.get(VARIABLE)
    places = [Path(named)] if named else [above / "shared/corpus" for above in PROJECT.parents]
    for place in places:
        if place.is_dir():
            return place
    pytest.skip(f"the published designs are not here: {VARIABLE} names their folder")


def _load_tables(folder: Path, counts: Mapping[str, int]) -> Mapping[str, Sequence[Item]]:
    """The items of `items.json`, or of the last model that has as many of them as are counted."""
    plain = folder / "items.json"
    files = [plain] if plain.exists() else sorted(folder.glob("raw/*.json"), key=_natural)
    for file in reversed(files):
        content = json.loads(file.read_text(encoding="utf-8"))
        tables = dict(_tables_of(content))
        if {name: len(items) for name, items in tables.items()} == dict(counts):
            return tables
    return {}


def _tables_of(content: Mapping[str, Any]) -> Iterator[tuple[str, list[Item]]]:
    """The tables of a NoSQL Workbench model, whose items may stand in facets, or of plain items."""
    if "DataModel" not in content:
        for name, items in content.items():
            if isinstance(items, list):
                yield name, [_item(item) for item in items]
        return
    for table in content["DataModel"]:
        facets = table.get("TableFacets", [])
        items = table.get("TableData") or [
            item for facet in facets for item in facet.get("TableData", [])
        ]
        yield table["TableName"], [_item(item) for item in items]


def _item(item: Mapping[str, Any]) -> Item:
    return {name: to_wire(value) for name, value in item.items()}


def _natural(file: Path) -> list[Any]:
    """Sorts `Model_10` behind `Model_9`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", file.name)]
