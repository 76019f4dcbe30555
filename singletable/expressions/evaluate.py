"""Evaluates resolved conditions on an item, as DynamoDB does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
        found = _find(item, condition.place.steps)
        return holds(condition.operator, found, condition.operands)
    if isinstance(condition, Versus):
        return _is_met_between(condition, item)
    if isinstance(condition, Presence | OfType):
        found = _find(item, condition.place.steps[: condition.depth])
        if isinstance(condition, OfType):
            return found is not None and condition.tag in found
        return (found is not None) is condition.expected
    raise TypeError(f"{condition!r} is not resolved")


def _is_met_between(condition: Versus, item: Item) -> bool:
    """Whether two places compare as asked: one that is absent only differs."""
    one, other = (_find(item, place.steps) for place in (condition.left, condition.right))
    if one is None or other is None:
        return condition.operator == "<>"
    return holds(condition.operator, one, (other,))


def _find(item: Item, steps: Iterable[Step]) -> AttributeValue | None:
    """The value at a path of stored names and positions; None if there is none."""
    found: AttributeValue | None = {"M": item}
    for step in steps:
        found = None if found is None else _next(found, step)
    return found


def _next(value: AttributeValue, step: Step) -> AttributeValue | None:
    if isinstance(step, str):
        members: Item = value.get("M", {})
        return members.get(step)
    elements: Sequence[AttributeValue] = value.get("L", ())
    return elements[step] if step < len(elements) else None
