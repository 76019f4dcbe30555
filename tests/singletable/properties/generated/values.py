"""Draws the values of a case: few of each kind, so that items meet."""

from __future__ import annotations

from copy import copy
from random import Random
from typing import Any

from tests.singletable.properties.generated.designs import EntityPlan
from tests.singletable.properties.generated.drawing import usable
from tests.singletable.properties.generated.kinds import Kind
from tests.singletable.properties.generated.oracle import Values, keep

KEPT = frozenset({"version", "created_at", "updated_at"})
"""The fields that the engine fills."""


class Pool:
    """A few values of each kind, for all entities of a case."""

    def __init__(self, random: Random, delimiter: str) -> None:
        self.random, self.delimiter = random, delimiter
        self._known: dict[Kind, list[Any]] = {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, kind: Kind) -> Any:
        """A value of this kind."""
        known = self._known.get(kind)
        if known is None:
            every = usable(kind, self.delimiter)
            known = self._known[kind] = self.random.sample(every, min(3, len(every)))
        return copy(self.random.choice(known))

    def value(self, plan: EntityPlan, name: str) -> Any:
        """A value of a field, or None where it is optional."""
        declared = plan.fields[name]
        return None if declared.is_optional and self.chance(0.25) else self.pick(declared.kind)

    def values(self, plan: EntityPlan) -> Values:
        """Values of all fields but those that the engine fills."""
        return {name: self.value(plan, name) for name in plan.fields if name not in KEPT}

    def given(self, plan: EntityPlan) -> Values:
        """Values, those of some fields with a default left out."""
        return {
            name: value
            for name, value in self.values(plan).items()
            if plan.fields[name].default is None or self.chance(0.7)
        }


def complete_values(plan: EntityPlan, given: Values) -> Values:
    """The values of an entity to which these were given: defaults, a version of 1, no stamps."""
    values: Values = {"version": 1, "created_at": None, "updated_at": None, "gone_at": None}
    for name, declared in plan.fields.items():
        if name not in values:
            values[name] = copy(declared.kind.values[0])
    return keep(plan, {name: {**values, **given}[name] for name in plan.fields})
