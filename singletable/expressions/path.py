"""`attr("status")`: the path to a field, from which conditions are built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from singletable.errors.request import InvalidOperation
from singletable.expressions.condition import (
    Between,
    Compare,
    Condition,
    Contains,
    Function,
    In,
    SizeCompare,
)
from singletable.expressions.scope import Step


@dataclass(frozen=True)
class Size:
    """The size of an attribute: characters, bytes or elements."""

    steps: tuple[Step, ...]

    def equals(self, count: int) -> Condition:
        return SizeCompare(self.steps, "=", count)

    def at_least(self, count: int) -> Condition:
        return SizeCompare(self.steps, ">=", count)

    def at_most(self, count: int) -> Condition:
        return SizeCompare(self.steps, "<=", count)


@dataclass(frozen=True)
class Path:
    """The path to a field, by its Python name, or into it: `attr("meta")["colour"]`."""

    steps: tuple[Step, ...]

    def __getitem__(self, step: Step) -> Path:
        if not isinstance(step, str) and (type(step) is not int or step < 0):
            raise InvalidOperation(
                where=f"attr({self.steps[0]!r})",
                declared=f"the step {step!r}",
                allowed="names, and numbers from 0",
            )
        return Path((*self.steps, step))

    def equals(self, value: object) -> Condition:
        return Compare(self.steps, "=", value)

    def differs_from(self, value: object) -> Condition:
        return Compare(self.steps, "<>", value)

    def less_than(self, value: object) -> Condition:
        return Compare(self.steps, "<", value)

    def at_most(self, value: object) -> Condition:
        return Compare(self.steps, "<=", value)

    def greater_than(self, value: object) -> Condition:
        return Compare(self.steps, ">", value)

    def at_least(self, value: object) -> Condition:
        return Compare(self.steps, ">=", value)

    def between(self, low: object, high: object) -> Condition:
        """The value lies between both ends, or is one of them."""
        return Between(self.steps, low, high)

    def is_in(self, *values: object) -> Condition:
        """The value is one of these, at most 100."""
        return In(self.steps, values)

    def exists(self) -> Condition:
        return Function(self.steps, "attribute_exists")

    def is_absent(self) -> Condition:
        return Function(self.steps, "attribute_not_exists")

    def begins_with(self, text: str) -> Condition:
        return Contains(self.steps, "begins_with", text)

    def contains(self, element: object) -> Condition:
        """Text contains this text, or a list or set this element."""
        return Contains(self.steps, "contains", element)

    def size(self) -> Size:
        return Size(self.steps)


def attr(field: str) -> Path:
    """The path to the field of this Python name."""
    if not isinstance(cast(object, field), str) or "." in field:
        inner = "".join(f"[{step!r}]" for step in str(field).split(".")[1:])
        raise InvalidOperation(
            where=f"attr({field!r})",
            declared="it names no field",
            allowed=f"attr({str(field).partition('.')[0]!r}){inner}" if inner else "a field's name",
        )
    return Path((field,))
