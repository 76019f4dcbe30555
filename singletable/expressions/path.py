"""`attr("status")`: the path to a field, from which conditions are built."""

from __future__ import annotations

from typing import NoReturn, cast

from singletable.codec.wire import DEEPEST
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.expressions.absence import any_of
from singletable.expressions.comparison import (
    Between,
    Compare,
    CompareFields,
    Exists,
    In,
    Search,
    SizeCompare,
)
from singletable.expressions.condition import Condition
from singletable.expressions.scope import Step
from singletable.records import record
from singletable.tracing import Symbol


@record
class Size:
    """The size of an attribute: characters, bytes or elements."""

    steps: tuple[Step, ...]

    def equals(self, count: int) -> Condition:
        return SizeCompare(self.steps, "=", count)

    def differs_from(self, count: int) -> Condition:
        return SizeCompare(self.steps, "<>", count)

    def less_than(self, count: int) -> Condition:
        return SizeCompare(self.steps, "<", count)

    def at_most(self, count: int) -> Condition:
        return SizeCompare(self.steps, "<=", count)

    def greater_than(self, count: int) -> Condition:
        return SizeCompare(self.steps, ">", count)

    def at_least(self, count: int) -> Condition:
        return SizeCompare(self.steps, ">=", count)


@record
class Path:
    """The path to a field, by its Python name, or into it: `attr("address")["zip_code"]`.

    Every step is a Python name of the type there, a key of a dict, or a position in a list. In a
    pattern an argument may be a key.
    Values are compared with values, or with other paths: `attr("taken").less_than(attr("places"))`.
    """

    steps: tuple[Step, ...]

    def __getitem__(self, step: Step) -> Path:
        is_name = isinstance(step, str | Symbol)
        if not is_name and (type(step) is not int or step < 0):
            raise InvalidOperation(
                where=f"attr({self.steps[0]!r})",
                declared=f"the step {abridge(step)}",
                allowed="names, and numbers from 0",
            )
        if len(self.steps) >= DEEPEST:
            raise InvalidOperation(
                where=f"attr({self.steps[0]!r})",
                declared=f"a path of more than {DEEPEST} steps",
                allowed=f"{DEEPEST}, as many levels as an attribute has",
            )
        return Path((*self.steps, step))

    def __iter__(self) -> NoReturn:
        """Refuses `in` and loops, which would ask for one position after the other without end."""
        raise InvalidOperation(
            where=f"attr({self.steps[0]!r})",
            declared="its elements, which a path does not know",
            allowed="conditions, such as contains(element)",
        )

    def equals(self, value: object) -> Condition:
        return self._compare("=", value)

    def differs_from(self, value: object) -> Condition:
        return self._compare("<>", value)

    def less_than(self, value: object) -> Condition:
        return self._compare("<", value)

    def at_most(self, value: object) -> Condition:
        return self._compare("<=", value)

    def greater_than(self, value: object) -> Condition:
        return self._compare(">", value)

    def at_least(self, value: object) -> Condition:
        return self._compare(">=", value)

    def _compare(self, operator: str, value: object) -> Condition:
        if isinstance(value, Path):
            return CompareFields(self.steps, operator, value.steps)
        return Compare(self.steps, operator, value)

    def between(self, low: object, high: object) -> Condition:
        """The value lies between both ends, or is one of them."""
        if isinstance(low, Path) or isinstance(high, Path):
            return self.at_least(low) & self.at_most(high)
        return Between(self.steps, low, high)

    def is_in(self, *values: object) -> Condition:
        """The value is one of these, at most 100."""
        plain = tuple(value for value in values if not isinstance(value, Path))
        paths = [self.equals(value) for value in values if isinstance(value, Path)]
        return any_of(*paths) if paths and not plain else any_of(In(self.steps, plain), *paths)

    def exists(self) -> Condition:
        """There is something: what is read is not None, nor an empty set."""
        return Exists(self.steps, expected=True)

    def is_absent(self) -> Condition:
        """There is nothing: what is read is None or an empty set; no question of a default."""
        return Exists(self.steps, expected=False)

    def begins_with(self, text: object) -> Condition:
        """Text, or bytes, begins with this."""
        return Search(self.steps, "begins_with", text)

    def contains(self, element: object) -> Condition:
        """Text contains this text, or a list or set this element."""
        return Search(self.steps, "contains", element)

    def size(self) -> Size:
        return Size(self.steps)


def _show_steps(dotted: str) -> str:
    first, *others = dotted.split(".")
    return f"attr({first!r})" + "".join(f"[{step!r}]" for step in others)


def attr(field: str) -> Path:
    """The path to the field of this Python name."""
    if not isinstance(cast(object, field), str) or "." in field:
        is_dotted = isinstance(cast(object, field), str)
        raise InvalidOperation(
            where=f"attr({abridge(field)})",
            declared="it names no field",
            allowed=_show_steps(field) if is_dotted else "a field's name",
        )
    return Path((field,))
