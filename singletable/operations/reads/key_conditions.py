"""Builds the key conditions of a query from the values that are given and the range, if any."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, TypeAlias

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.formats import Shaped, Text
from singletable.operations.protocol import evolve
from singletable.operations.reads.neighbours import KeyEnd
from singletable.operations.reads.text_range import TextPlace, ceiling, natural_end
from singletable.records import record
from singletable.schema import CompiledKey, KeyPart, Values
from singletable.table import SHARD
from singletable.templates import Part
from singletable.tracing import Symbol

Operator: TypeAlias = Literal["=", "begins_with", "BETWEEN", ">=", "<=", ">", "<"]


@record
class Range:
    """Bounds on the first field of the sort key that has no equality.

    `is_beginning`: `low` is the beginning of the texts asked for, and there are no bounds.
    """

    field: str
    low: object = None
    high: object = None
    is_beginning: bool = False
    excludes_low: bool = False
    excludes_high: bool = False

    def low_end(self, value: AttributeValue, *, may_be_key: bool = True) -> KeyEnd:
        """Its lower end, as this value of the key attribute."""
        return KeyEnd(value, self.excludes_low, may_be_key, isinstance(self.low, Symbol))

    def high_end(self, value: AttributeValue, *, may_be_key: bool = True) -> KeyEnd:
        """Its upper end, as this value of the key attribute."""
        return KeyEnd(value, self.excludes_high, may_be_key, isinstance(self.high, Symbol))


@record
class KeyCondition:
    """A condition on one key attribute, with its wire values: two for BETWEEN, else one."""

    attribute: str
    operator: Operator
    values: tuple[AttributeValue, ...]

    def render(self, binder: Binder) -> str:
        name = binder.name(self.attribute)
        values = [binder.value(value, self.attribute) for value in self.values]
        if self.operator == "begins_with":
            return f"begins_with({name}, {values[0]})"
        return f"{name} {self.operator} {' AND '.join(values)}"


def partition_conditions(
    key: CompiledKey, values: tuple[AttributeValue, ...]
) -> tuple[KeyCondition, ...]:
    """Equality on every attribute of the partition key."""
    pairs = zip(key.partition, values, strict=True)
    return tuple(KeyCondition(part.attribute.name, "=", (value,)) for part, value in pairs)


def sort_conditions(
    key: CompiledKey, equals: Values, bounds: Range | None
) -> tuple[KeyCondition, ...]:
    """The conditions on the sort key; none where the whole partition is asked for."""
    conditions = tuple(_sort_conditions(key, equals, bounds))
    if bounds is None or not conditions or not is_inverted(conditions[-1], bounds):
        return conditions
    # With an end left out, a range may hold nothing although its ends are in order: no mistake.
    whole = evolve(bounds, excludes_low=False, excludes_high=False)
    if is_inverted(tuple(_sort_conditions(key, equals, whole))[-1], whole):
        raise _invalid(
            key,
            f"a range on {bounds.field} that ends before it begins:"
            f" {abridge(bounds.low)} to {abridge(bounds.high)}",
            "the lower end first",
        )
    return conditions


def is_inverted(condition: KeyCondition, bounds: Range) -> bool:
    """Whether the range ends before it begins; of symbols that is not known yet."""
    if len(condition.values) < 2:
        return False
    if isinstance(bounds.low, Symbol) or isinstance(bounds.high, Symbol):
        return False
    low, high = (next(iter(value.values())) for value in condition.values)
    if "N" in condition.values[0]:
        return Decimal(low) > Decimal(high)
    return bool(low > high)


def _sort_conditions(
    key: CompiledKey, equals: Values, bounds: Range | None
) -> Iterator[KeyCondition]:
    """Yields equality on the attributes that are known whole, then a condition on the next.

    DynamoDB takes no condition after an attribute that is not compared by equality.
    """
    for part in key.sort:
        given = part.leading_values(equals)
        if len(given) == len(part.fields):
            yield KeyCondition(part.attribute.name, "=", (part.render(given),))
            continue
        condition = _open_condition(part, given, bounds)
        if condition is not None:
            yield condition
        return


def _open_condition(part: KeyPart, given: Values, bounds: Range | None) -> KeyCondition | None:
    """The condition on an attribute of which some fields are not known."""
    if bounds is not None and part.attribute.type != "S":
        low = None if bounds.low is None else bounds.low_end(natural_end(part, bounds.low))
        high = None if bounds.high is None else bounds.high_end(natural_end(part, bounds.high))
        return _range_condition(part, low, high)
    # The prefix includes the delimiter after the last given field: `C#1` is asked for as `C#1#`,
    # or it would find `C#10` as well.
    prefix = part.template.prefix(given)
    if bounds is None:
        return _beginning_condition(part, prefix) if prefix else None
    at = TextPlace(part, prefix, part.template.parts[len(given)])
    if bounds.is_beginning:
        return _beginning_condition(part, at.beginning(bounds.low))
    return _text_range(at, bounds)


def _beginning_condition(part: KeyPart, text: str) -> KeyCondition:
    return KeyCondition(part.attribute.name, "begins_with", ({"S": text},))


def _text_range(at: TextPlace, bounds: Range) -> KeyCondition:
    low = high = None
    if bounds.low is not None:
        text = at.high(bounds.low, is_exact=True) if bounds.excludes_low else at.low(bounds.low)
        low = bounds.low_end({"S": text}, may_be_key=at.is_last)
    if bounds.high is not None:
        text = at.low(bounds.high) if bounds.excludes_high else at.high(bounds.high)
        high = bounds.high_end({"S": text}, may_be_key=at.is_last and not at.part.after)
    # A range without a lower or upper end still ends with its prefix: `>=` alone would read on
    # into the next value of the field before, and into other entities.
    if at.prefix:
        low = low or KeyEnd({"S": at.prefix})
        high = high or KeyEnd({"S": at.close(at.prefix, ceiling(at.part))})
    return _range_condition(at.key, low, high, ceiling(at.part))


def _range_condition(
    part: KeyPart, low: KeyEnd | None, high: KeyEnd | None, ceiling: str = ""
) -> KeyCondition:
    name, limit = part.attribute.name, part.template.limit
    if low is not None and high is not None:
        ends = low.least(limit), high.greatest(limit, ceiling)
        return KeyCondition(name, "BETWEEN", ends)
    if low is not None:
        return KeyCondition(name, ">" if low.is_excluded else ">=", (low.value,))
    if high is not None:
        return KeyCondition(name, "<" if high.is_excluded else "<=", (high.value,))
    raise ValueError("a range has an end")


def check_equalities(key: CompiledKey, equals: Values) -> None:
    """Checks that every partition field is given, sort fields without a gap, and nothing else."""
    partition, sort = key.partition_fields, key.sort_fields
    for field in equals:
        if field not in partition and field not in sort:
            raise _invalid(key, f"{field} is no part of this key", _shape(key))
    for field in partition:
        if field not in equals and not (key.shards and field == SHARD):
            raise _invalid(key, f"{field} of the partition key is missing", _shape(key))
    skipped = next((field for field in sort if field not in equals), None)
    for field in sort[sort.index(skipped) :] if skipped else ():
        if field in equals and field not in partition:
            raise _invalid(key, f"{field} is given but {skipped} before it is not", _shape(key))


def check_range(key: CompiledKey, equals: Values, field: str) -> None:
    """Checks that a range is on the next field, whose text sorts as its values do."""
    _check_next(key, equals, field, "a range")
    placeholder = sort_placeholder(key, field)
    if placeholder is not None and not keeps_order(placeholder):
        raise _invalid(
            key,
            f"a range on {field}, whose text ({placeholder.format.name}) does not sort as its"
            " values do",
            "ranges on formats that keep order",
        )


def check_beginning(key: CompiledKey, equals: Values, field: str) -> None:
    """Checks that the beginning of a text is asked of the next field, and that it is text."""
    _check_next(key, equals, field, "begins_with")
    part = sort_placeholder(key, field)
    if part is None or not (isinstance(part.format, Text | Shaped) or part.format.takes_beginnings):
        name = "a number or bytes" if part is None else part.format.name
        raise _invalid(key, f"begins_with on {field} ({name})", "begins_with on text and moments")


def _check_next(key: CompiledKey, equals: Values, field: str, asked: str) -> None:
    """Checks that a field is the first of the sort key that has no equality."""
    free = [name for name in key.sort_fields if name not in equals]
    if free[:1] != [field]:
        allowed = f"{asked} on {free[0]}" if free else "equality only: the key is complete"
        raise _invalid(key, f"{asked} on {field}", allowed)


def sort_placeholder(key: CompiledKey, field: str) -> Part | None:
    """The placeholder of a field in the sort key; None where it is a number or bytes."""
    return next(
        (
            placeholder
            for part in key.sort
            if part.attribute.type == "S"
            for placeholder in part.template.parts
            if placeholder.field == field
        ),
        None,
    )


def keeps_order(placeholder: Part) -> bool:
    """Whether keys sort by this field's values, also with what follows it in the key.

    Of texts of several widths, one that begins another must come first: so the delimiter after it
    must sort before every character of the format.
    """
    if not placeholder.format.ordered:
        return False
    if not placeholder.after or placeholder.format.fixed_width:
        return True
    least = placeholder.format.least_character
    return least is not None and least > placeholder.after[0]


def _shape(key: CompiledKey) -> str:
    templates = [repr(part.template.source) for part in key.parts]
    return " / ".join(templates) + ", the sort key's parts from left to right"


def _invalid(key: CompiledKey, declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where=key.label, declared=declared, allowed=allowed)
