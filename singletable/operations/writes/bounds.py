"""The bounds of fields whose new value DynamoDB computes, as conditions on the stored value.

A NULL of another program is read as None, but neither added to nor taken for an absent attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal

from singletable.codec import AttributeValue, is_attribute_value
from singletable.codec.errors import EncodeError
from singletable.codec.numbers import decimal_text
from singletable.errors.request import InvalidItem
from singletable.expressions import Condition, attribute_not_exists
from singletable.expressions.comparison import Compare
from singletable.expressions.condition import Joined, Stored, all_of
from singletable.expressions.truth import COMPARISONS
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.schema import Attribute
from singletable.schema.schema import AnySchema
from singletable.tracing import Symbol

Item = Mapping[str, AttributeValue]

_EXACT = Context(prec=300)
_NULL: AttributeValue = {"NULL": True}
_GREATEST = Decimal("1E+126")
_WORDS = {">=": "at least", ">": "greater than", "<=": "at most", "<": "less than"}


@dataclass(frozen=True)
class Bound:
    """A bound of a field after the write, said of the value before it.

    `of_size`: it is said of the number of elements. `absent_as`: what an absent attribute counts
    as, if that is within the bound. Without a `value`, `others` must not be there, which an upgrade
    renames to it.
    """

    field: str
    stored: str
    comparison: str
    value: AttributeValue | None
    text: str
    absent_as: Decimal | None
    of_size: bool = False
    others: tuple[str, ...] = ()

    def condition(self) -> Condition:
        """The condition that the stored value leaves room for the change."""
        if self.value is None:
            return all_of([attribute_not_exists(name) for name in self.others])
        if self.value == _NULL:
            return Stored("NOT (attribute_type({name}, {value}))", self.stored, {"S": "NULL"})
        left = "size({name})" if self.of_size else "{name}"
        has_room = Stored(f"{left} {self.comparison} {{value}}", self.stored, self.value)
        return has_room if self.absent_as is None else attribute_not_exists(self.stored) | has_room

    def holds(self, item: Item) -> bool:
        """Whether a stored item meets the condition; while it is traced, nobody knows."""
        if self.value is None:
            return item.keys().isdisjoint(self.others)
        if self.value == _NULL:
            return item.get(self.stored) != _NULL
        if "N" not in self.value:
            return True
        found = self.stored_number(item)
        return found is not None and COMPARISONS[self.comparison](found, Decimal(self.value["N"]))

    def stored_number(self, item: Item) -> Decimal | None:
        """The number that the condition looks at; None where it holds of none."""
        value = item.get(self.stored)
        if value is None:
            return self.absent_as
        if not is_attribute_value(value):
            return None
        if self.of_size:
            return Decimal(len(value["L"])) if "L" in value else None
        return Decimal(value["N"]) if "N" in value else None

    def is_said_by(self, condition: Condition | None, item: Item) -> bool:
        """Whether the caller's own condition compares the same field, and does not hold either."""
        parts = condition.parts if isinstance(condition, Joined) and condition.word == "AND" else ()
        found = self.stored_number(item)
        return found is not None and any(
            isinstance(part, Compare)
            and part.steps == (self.field,)
            and isinstance(part.value, int | Decimal)
            and not COMPARISONS[part.operator](found, Decimal(part.value))
            for part in parts or (condition,)
        )


def find_bounds(updates: FieldUpdates) -> tuple[Bound, ...]:
    """The bounds of all fields that these updates compute."""
    schema, found = updates.schema, list[Bound]()
    for name, value in updates.added.items():
        found += _of_sum(schema, name, value)
    for name, value in updates.appended.items():
        found += _of_list(schema, name, value)
    found += not_renamed(schema, (*updates.added, *updates.appended, *updates.if_absent))
    for name in (*updates.added, *updates.appended, *updates.if_absent):
        if schema.attribute(name).coder.absent is None:
            found.append(_not_null(schema.attribute(name)))
    return tuple(found)


def _of_sum(schema: AnySchema, field: str, value: object) -> Iterator[Bound]:
    attribute, comparisons = schema.attribute(field), schema.limits(field).comparisons
    wire = attribute.encode(value) if comparisons else None
    if wire is None:
        return
    start = Decimal((schema.start(field) or {"N": "0"})["N"])
    for comparison, limit in comparisons:
        bound = _number(attribute, limit)
        if not bound.is_finite() or abs(bound) >= _GREATEST:
            continue
        text = f"{field} must stay {_WORDS[comparison]} {limit}"
        if isinstance(value, Symbol):
            room: AttributeValue = {"S": f"{bound:f} - {value!r}" if bound else f"-{value!r}"}
            yield Bound(field, attribute.stored, comparison, room, text, start)
            continue
        summand = Decimal(wire["N"])
        room = {"N": _text(schema, field, _EXACT.subtract(bound, summand))}
        fits = COMPARISONS[comparison](_EXACT.add(start, summand), bound)
        yield Bound(field, attribute.stored, comparison, room, text, start if fits else None)


def _of_list(schema: AnySchema, field: str, value: object) -> Iterator[Bound]:
    attribute, most = schema.attribute(field), schema.limits(field).max_length
    if most is None:
        return
    text = f"{field} must stay at most {most} long"
    start = Decimal(len((schema.start(field) or {"L": []})["L"]))
    wire = attribute.encode(value)
    if isinstance(value, Symbol) or wire is None:
        room: AttributeValue = {"S": f"{most} - size of {value!r}"}
        yield Bound(field, attribute.stored, "<=", room, text, start, of_size=True)
        return
    left = most - len(wire["L"])
    fits = start if start <= left else None
    yield Bound(field, attribute.stored, "<=", {"N": str(left)}, text, fits, of_size=True)


def not_renamed(schema: AnySchema, fields: Iterable[str]) -> Iterator[Bound]:
    """The bounds that values do not stand under former names: they would be taken for absent."""
    for field in fields:
        stored = schema.attribute(field).stored
        others = tuple(schema.reach.former_names_of(stored))
        if others:
            text = (
                f"{field} is stored as {' or '.join(others)}, its former name:"
                " read the item and write update(before, after)"
            )
            yield Bound(field, stored, "is not", None, text, None, others=others)


def _not_null(attribute: Attribute) -> Bound:
    text = f"{attribute.field} is stored as NULL, which another program wrote for None: set it"
    return Bound(attribute.field, attribute.stored, "<>", _NULL, text, None)


def _number(attribute: Attribute, limit: object) -> Decimal:
    if isinstance(limit, timedelta):
        return Decimal((attribute.encode(limit) or {"N": "0"})["N"])
    return Decimal(str(limit))


def _text(schema: AnySchema, field: str, number: Decimal) -> str:
    try:
        return decimal_text(number)
    except EncodeError as error:
        problem = f"{field}: the difference from its bound {error.reason}"
        raise InvalidItem(entity=schema.name, problems=problem) from None
