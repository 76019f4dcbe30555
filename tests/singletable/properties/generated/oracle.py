"""What a table of a generated design must hold and answer: dicts of values, and keys that are
rendered from the text of the templates. Imports nothing of the engine."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.singletable.properties.generated.designs import EntityPlan, IndexPlan, KeyPlan

Values = dict[str, Any]
"""The values of an entity's fields, as the fields keep them."""
Place = tuple[Any, ...]
"""The values of the key attributes of one side."""
Identity = tuple[str, Place]
"""An entity's name and its primary key."""


def keep(plan: EntityPlan, values: Values) -> Values:
    """What the fields make of values: lower case, whole seconds."""
    return {
        name: None if value is None else plan.fields[name].kind.kept(value)
        for name, value in values.items()
    }


def side_of(
    plan: EntityPlan, index: IndexPlan, side: str, key: KeyPlan, values: Values, shard: str = ""
) -> Place:
    """The values of the attributes of one side of a key; None where a part is missing.

    The shard is left out, unless it is given: all of them are read as one.
    """
    templates: tuple[str, ...] = getattr(key, side)
    names: tuple[str, ...] = getattr(index, side) or ("",) * len(templates)
    return tuple(
        _attribute(plan, name, name in index.numbers, template, values, shard)
        for name, template in zip(names, templates, strict=True)
    )


def _attribute(
    plan: EntityPlan, name: str, is_number: bool, template: str, values: Values, shard: str
) -> Any:
    fields = _fields(template)
    if any(values[each] is None for each in fields):
        return None
    if is_number or (fields and template == f"{{{name}}}"):
        return plan.fields[fields[0]].kind.in_attribute(values[fields[0]])
    texts = {each: plan.fields[each].kind.text(values[each]) for each in fields}
    return template.format(shard=shard, **texts)


@cache
def _fields(template: str) -> list[str]:
    return [each for each in re.findall(r"{(\w+)}", template) if each != "shard"]


class Row:
    """A stored entity."""

    def __init__(self, plan: EntityPlan, values: Values) -> None:
        self.plan, self.values = plan, values
        self.identity = identity_of(plan, values)
        self._places: dict[tuple[str, str], Place] = {}

    def partition(self, key: KeyPlan) -> Place:
        return self._place(key, "partition")

    def sort(self, key: KeyPlan) -> Place:
        return self._place(key, "sort")

    def _place(self, key: KeyPlan, side: str) -> Place:
        known = self._places.get((key.name, side))
        if known is None:
            known = side_of(self.plan, key.index, side, key, self.values)
            self._places[key.name, side] = known
        return known

    @property
    def stored_key(self) -> Place:
        return self.identity[1]

    def problem(self, item: dict[str, Any]) -> str:
        """What is wrong with the index keys of the stored item; empty where nothing is."""
        held = {name for key in self.plan.keys if self.is_in(key) for name in key.index.attributes}
        for key in self.plan.keys:
            is_in = self.is_in(key)
            shard = self._shard(key) if is_in else ""
            for side in ("partition", "sort"):
                names: tuple[str, ...] = getattr(key.index, side)
                templates: tuple[str, ...] = getattr(key, side)
                place = side_of(self.plan, key.index, side, key, self.values, shard)
                for at, name in enumerate(names):
                    if is_in and item.get(name) != place[at]:
                        return f"{name} should be {place[at]}"
                    is_own = name not in {"entity", *held} and templates[at] != f"{{{name}}}"
                    if not is_in and is_own and name in item:
                        return f"{name} should be absent"
        return ""

    def _shard(self, key: KeyPlan) -> str:
        """The shard that the item is in, by a hash of the texts that it goes by."""
        names = [key.by] if key.by else self.plan.identity
        kinds = [(name, self.plan.fields[name].kind) for name in names]
        joined = "#".join(kind.text(self.values[name]) if kind.text else "" for name, kind in kinds)
        return str(zlib.crc32(joined.encode()) % key.shards) if key.shards else ""

    def is_in(self, key: KeyPlan) -> bool:
        """Whether the item is in the index of one of its entity's keys."""
        if key.when is not None and not key.when.holds(self.values):
            return False
        if key.by is not None and self.values[key.by] is None:
            return False
        return None not in (*self.partition(key), *self.sort(key))


def identity_of(plan: EntityPlan, values: Values) -> Identity:
    key = plan.keys[0]
    sides = [side_of(plan, key.index, side, key, values) for side in ("partition", "sort")]
    return plan.name, (*sides[0], *sides[1])


@dataclass
class Oracle:
    """What is stored, by identity."""

    plans: list[EntityPlan]
    rows: dict[Identity, Row] = field(default_factory=dict)

    def of(self, plan: EntityPlan) -> list[Row]:
        return [row for row in self.rows.values() if row.plan is plan]

    def at(self, plan: EntityPlan, values: Values) -> Row | None:
        return self.rows.get(identity_of(plan, values))

    def is_taken(self, plan: EntityPlan, values: Values) -> bool:
        """Whether a unique value of these is that of another item."""
        own = identity_of(plan, values)
        others = [row.values for row in self.of(plan) if row.identity != own]
        for names in plan.uniques:
            wanted = [values[name] for name in names if name]
            if None not in wanted and wanted in [[each[n] for n in names if n] for each in others]:
                return True
        return False

    @property
    def unique_count(self) -> int:
        """How many unique items there are."""
        return sum(
            None not in [row.values[name] for name in names if name]
            for row in self.rows.values()
            for names in row.plan.uniques
        )

    def in_index(self, plan: EntityPlan, key: KeyPlan) -> list[Row]:
        return [row for row in self.of(plan) if row.is_in(key)]


class Expected:
    """The rows that a read must answer, in order; those of one place in any order."""

    def __init__(self, placed: Iterable[tuple[Place, Any]], *, is_backwards: bool = False) -> None:
        self.placed = sorted(placed, key=lambda each: each[0], reverse=is_backwards)

    def __len__(self) -> int:
        return len(self.placed)

    def problem(self, found: list[Any], at_most: int | None = None) -> str:
        """What is wrong with the rows that were found; empty where nothing is."""
        wanted = len(self.placed) if at_most is None else min(at_most, len(self.placed))
        if len(found) != wanted:
            return f"{len(found)} items, not {wanted}"
        left = list(self.placed)
        for at, row in enumerate(found):
            place = self.placed[at][0]
            hit = next((each for each in left if each[0] == place and each[1] == row), None)
            if hit is None:
                return f"item {at} is {row}, and should be of {self._at(place)}"
            left.remove(hit)
        return ""

    def _at(self, place: Place) -> list[Any]:
        return [row for each, row in self.placed if each == place]
