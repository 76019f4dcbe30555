"""Evaluates resolved conditions on an item, as DynamoDB does."""

from __future__ import annotations

from collections.abc import Mapping

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


def _is_met_between(condition: Versus, item: Item) -> bool:
    """Whether two places compare as asked: one that is absent only differs."""
    one, other = (stored_at(item, place.steps) for place in (condition.left, condition.right))
    if one is None or other is None:
        return condition.operator == "<>"
    return holds(condition.operator, one, (other,))
