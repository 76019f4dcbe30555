"""Leads paths of Python names through an entity's types to places in its stored items."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions.scope import (
    REQUIRED,
    IfAbsent,
    Place,
    Scope,
    Step,
    Variant,
    Variants,
)
from singletable.records import record
from singletable.schema.attribute import Attribute
from singletable.schema.markers import metadata_of
from singletable.schema.members import default_of
from singletable.schema.typed import Only, Steps, Typed
from singletable.tracing import Symbol

_PLACES = 1024


@record
class _Way:
    """One way along a path: the types on it, the stored steps, which of them may have no next.

    `only`: the variants of the unions on it, by the position of the union.
    """

    steps: tuple[Step, ...]
    chain: tuple[Typed, ...]
    stored: tuple[Step, ...]
    mixed: tuple[bool, ...] = ()
    only: tuple[tuple[int, Only], ...] = ()

    def further(self, found: Steps) -> list[_Way]:
        """This way and one more step, to all that it leads to."""
        at = len(self.chain) - 1
        return [
            _Way(
                self.steps,
                (*self.chain, entry.typed),
                (*self.stored, entry.stored),
                (*self.mixed, found.is_mixed),
                self.only if entry.only is None else (*self.only, (at, entry.only)),
            )
            for entry in found.entries
        ]

    @cached_property
    def place(self) -> Place:
        end = self.chain[-1]
        reads = [each.read(self.steps[at + 1 :]) for at, each in enumerate(self.chain)]
        return self._place(end, self.stored, tuple(reads))

    @property
    def variant(self) -> Variant:
        return Variant(self.place, tuple(self._told_apart(at, only) for at, only in self.only))

    def _told_apart(self, at: int, only: Only) -> tuple[Place, tuple[AttributeValue, ...]]:
        """The place of the field that tells variants apart, and what this one has there."""
        reads = [each.read(self.steps[depth + 1 : at + 1]) for depth, each in enumerate(self.chain)]
        names = [_named(value, only.name) for value in reads[: at + 1]]
        stored = (*self.stored[: at + 1], only.name)
        return self._place(self.chain[at], stored, (*names, REQUIRED)), only.forms

    def _place(self, kind: Typed, stored: tuple[Step, ...], reads: tuple[IfAbsent, ...]) -> Place:
        first, size = self.chain[0].attribute, len(stored)
        nullable = tuple(each.nullable for each in self.chain[:size])
        return Place(
            entity=first.entity,
            label=kind.attribute.field,
            steps=stored,
            kind=kind,
            if_absent=reads,
            nullable=nullable,
            mixed=(*self.mixed, False)[:size],
        )


def _named(value: IfAbsent, name: str) -> IfAbsent:
    """What a map has of this name."""
    if value is None or value is REQUIRED:
        return value
    found: AttributeValue | None = value.get("M", {}).get(name)
    return found


def places_of(model: type[BaseModel], entity: str, attributes: Mapping[str, Attribute]) -> Scope:
    """The scope of an entity's expressions: each place is found once."""

    def look(steps: tuple[Step, ...]) -> Place | Variants:
        first = str(steps[0])
        if first not in attributes:
            raise InvalidOperation(
                where=entity, declared=f"there is no field {first!r}", allowed=", ".join(attributes)
            )
        attribute, info = attributes[first], model.model_fields[first]
        if attribute.in_key:
            raise InvalidOperation(
                where=entity,
                declared=f"a condition on {first}, which is stored in the key alone",
                allowed="fields with an attribute of their own",
            )
        default = default_of(model, attribute, info)
        is_made = bool(info.default_factory_takes_validated_data)
        start = Typed(attribute, metadata_of(info), default, model.model_config, is_made)
        return _find(_Way(steps, (start,), (attribute.stored,)))

    known = lru_cache(maxsize=_PLACES)(look)

    def find(steps: tuple[Step, ...]) -> Place | Variants:
        return look(steps) if len(steps) > 1 and Symbol in map(type, steps) else known(steps)

    return Scope(entity, find)


def _find(start: _Way) -> Place | Variants:
    ways, is_complete = [start], True
    for step in start.steps[1:]:
        ways, is_all = _lead_on(ways, step)
        is_complete = is_complete and is_all
    if not ways[0].only and len(ways) == 1:
        return ways[0].place
    return Variants(tuple(way.variant for way in ways), is_complete)


def _lead_on(ways: list[_Way], step: Step) -> tuple[list[_Way], bool]:
    """The ways with one more step, and whether each variant has it; refuses what none has."""
    found, refusals, is_complete = list[_Way](), list[InvalidOperation | InvalidItem](), True
    for way in ways:
        try:
            steps = way.chain[-1].step_into(step)
        except (InvalidOperation, InvalidItem) as refusal:
            refusals.append(refusal)
        else:
            found += way.further(steps)
            is_complete = is_complete and steps.is_complete
    if not found:
        raise refusals[0]
    return found, is_complete and not refusals
