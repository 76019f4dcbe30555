"""The bounds of places whose new value DynamoDB computes, as conditions on the stored value.

A NULL of another program is read as None, but neither added to nor taken for an absent attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, Final

from singletable.codec import AttributeValue, is_attribute_value
from singletable.expressions import Condition
from singletable.expressions.absence import is_absent
from singletable.expressions.comparison import Compare
from singletable.expressions.condition import Joined, Not, Test
from singletable.expressions.effects import stored_at
from singletable.expressions.scope import Place, Step
from singletable.expressions.truth import COMPARISONS
from singletable.records import record

Item = Mapping[str, AttributeValue]

NULL: Final[AttributeValue] = {"NULL": True}


@record
class Bound:
    """A bound of a place after the write, said of the value before it.

    `steps`: the path to it, in Python names. `of_size`: it is said of the number of elements.
    `absent_as`: what absence counts as, if that is within the bound.
    """

    steps: tuple[Step, ...]
    place: Place
    comparison: str
    value: AttributeValue
    text: str
    absent_as: Decimal | None = None
    of_size: bool = False

    is_of_items: ClassVar[bool] = False

    def condition(self) -> Condition:
        """The condition that the stored value leaves room for the change."""
        if self.value == NULL:
            return Not(Test("attribute_type", self.place, ({"S": "NULL"},)))
        operator = f"size {self.comparison}" if self.of_size else self.comparison
        has_room = Test(operator, self.place, (self.value,))
        return has_room if self.absent_as is None else is_absent(self.place) | has_room

    def holds(self, item: Item) -> bool:
        """Whether a stored item meets the condition; while it is traced, nobody knows."""
        found = stored_at(item, self.place.steps)
        if self.value == NULL:
            return found != NULL
        if "N" not in self.value:
            return True
        number = self.stored_number(item)
        return number is not None and COMPARISONS[self.comparison](number, Decimal(self.value["N"]))

    def stored_number(self, item: Item) -> Decimal | None:
        """The number that the condition looks at; None where it holds of none."""
        value = stored_at(item, self.place.steps)
        if value is None:
            return self.absent_as
        if not is_attribute_value(value):
            return None
        if self.of_size:
            return Decimal(len(value["L"])) if "L" in value else None
        return Decimal(value["N"]) if "N" in value else None

    def is_said_by(self, condition: Condition | None, item: Item) -> bool:
        """Whether the caller's own condition compares the same place, and does not hold either."""
        parts = condition.parts if isinstance(condition, Joined) and condition.word == "AND" else ()
        found = self.stored_number(item)
        return found is not None and any(
            isinstance(part, Compare)
            and part.steps == self.steps
            and isinstance(part.value, int | Decimal)
            and not COMPARISONS[part.operator](found, Decimal(part.value))
            for part in parts or (condition,)
        )


@record
class Requirement:
    """What must be so in the stored item, for a change of a part of it to be possible.

    `is_of_items`: it is asked of an item that is there alone.
    """

    required: Condition
    text: str
    is_met: Callable[[Item], bool]
    is_of_items: bool = False

    def condition(self) -> Condition:
        return self.required

    def holds(self, item: Item) -> bool:
        """Whether a stored item is so; while it is traced, nobody knows."""
        return self.is_met(item)

    def is_said_by(self, condition: Condition | None, item: Item) -> bool:
        """No condition of the caller's is held to say the same."""
        return False
