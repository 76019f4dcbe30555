"""Evaluates resolved conditions on an item, as DynamoDB does."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from singletable.codec import AttributeValue
from singletable.expressions.condition import (
    Condition,
    Joined,
    Not,
    OfType,
    Presence,
    Test,
    Versus,
)
from singletable.expressions.effects import stored_at
from singletable.expressions.scope import Step
from singletable.expressions.truth import holds

Item = Mapping[str, AttributeValue]


def is_met(condition: Condition, item: Item) -> bool:
    """Whether an item meets a resolved condition."""
    if isinstance(condition, Joined):
        results = (is_met(part, item) for part in condition.parts)
        return all(results) if condition.word == "AND" else any(results)
    if isinstance(condition, Not):
        return not is_met(condition.inner, item)
    if isinstance(condition, Test):
        found = stored_at(item, condition.place.steps)
        return holds(condition.operator, found, condition.operands)
    if isinstance(condition, Versus):
        return _is_met_between(condition, item)
    if isinstance(condition, Presence | OfType):
        found = stored_at(item, condition.place.steps[: condition.depth])
        if isinstance(condition, OfType):
            return found is not None and condition.tag in found
        return (found is not None) is condition.expected
    raise TypeError(f"{condition!r} is not resolved")


def decide(condition: Condition, item: Item, unknown: Collection[str]) -> bool | None:
    """Whether an item meets a resolved condition; None where that depends on unknown attributes.

    An unknown attribute that the item has is there and not NULL, whatever its value is.
    """
    if isinstance(condition, Joined):
        answers = {decide(part, item, unknown) for part in condition.parts}
        decisive = condition.word == "OR"
        return decisive if decisive in answers else None if None in answers else not decisive
    if isinstance(condition, Not):
        inner = decide(condition.inner, item, unknown)
        return None if inner is None else not inner
    if isinstance(condition, Presence) or (
        isinstance(condition, OfType) and condition.tag == "NULL"
    ):
        unknown = set(unknown) - item.keys() if condition.depth == 1 else unknown
    return None if _places_of(condition) & {*unknown} else is_met(condition, item)


def _places_of(condition: Condition) -> set[Step]:
    """The attributes that a test is about."""
    if isinstance(condition, Versus):
        return {condition.left.steps[0], condition.right.steps[0]}
    if isinstance(condition, Test | Presence | OfType):
        return {condition.place.steps[0]}
    raise TypeError(f"{condition!r} is not resolved")


def _is_met_between(condition: Versus, item: Item) -> bool:
    """Whether two places compare as asked: one that is absent only differs."""
    one, other = (stored_at(item, place.steps) for place in (condition.left, condition.right))
    if one is None or other is None:
        return condition.operator == "<>"
    return holds(condition.operator, one, (other,))
