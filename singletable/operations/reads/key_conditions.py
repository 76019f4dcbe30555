"""Builds the key conditions of a query from the values that are given and the range, if any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.formats.base import HIGHEST
from singletable.schema import CompiledKey, KeyPart, Values
from singletable.table import SHARD
from singletable.templates import Part
from singletable.tracing import Symbol

_ASCII_CEILING = "~"

Operator: TypeAlias = Literal["=", "begins_with", "BETWEEN", ">=", "<="]


@dataclass(frozen=True)
class Range:
    """Bounds, both included, on the first field of the sort key that has no equality."""

    field: str
    low: object = None
    high: object = None


@dataclass(frozen=True)
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
    if bounds is not None and conditions and _is_inverted(conditions[-1], bounds):
        raise _invalid(
            key,
            f"a range on {bounds.field} that ends before it begins:"
            f" {bounds.low!r} to {bounds.high!r}",
            "the lower end first",
        )
    return conditions


def _is_inverted(condition: KeyCondition, bounds: Range) -> bool:
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
        given = {field: equals[field] for field in part.fields if field in equals}
        if len(given) == len(part.fields):
            yield KeyCondition(part.attribute.name, "=", (part.render(given),))
            continue
        condition = _open_condition(part, given, bounds)
        if condition is not None:
            yield condition
        return


def _open_condition(part: KeyPart, given: Values, bounds: Range | None) -> KeyCondition | None:
    """The condition on an attribute of which some fields are not known."""
    if part.natural is not None:
        return None if bounds is None else _natural_range(part, bounds)
    # The prefix includes the delimiter after the last given field: `C#1` is asked for as `C#1#`,
    # or it would find `C#10` as well.
    prefix = part.template.prefix(given)
    if bounds is not None:
        return _template_range(part, prefix, part.template.parts[len(given)], bounds)
    return KeyCondition(part.attribute.name, "begins_with", ({"S": prefix},)) if prefix else None


def _natural_range(part: KeyPart, bounds: Range) -> KeyCondition:
    low = None if bounds.low is None else _natural_end(part, bounds.low, 0)
    high = None if bounds.high is None else _natural_end(part, bounds.high, 1)
    return _range_condition(part, low, high)


def _natural_end(part: KeyPart, end: object, at: int) -> AttributeValue:
    """The end of a range; the beginning of a text stands for all of it in a key of text."""
    (placeholder,) = part.template.parts
    if part.attribute.type == "S" and placeholder.takes_beginning(end):
        return {"S": part.template.bounds(placeholder, end)[at]}
    return part.encode_natural(end)


def _template_range(part: KeyPart, prefix: str, placeholder: Part, bounds: Range) -> KeyCondition:
    low = high = None
    if bounds.low is not None:
        low = prefix + part.template.bounds(placeholder, bounds.low)[0]
    if bounds.high is not None:
        high = prefix + _upper_end(part, placeholder, bounds.high)
    # A range without a lower or upper end still ends with its prefix: `>=` alone would read on
    # into the next value of the field before, and into other entities.
    if prefix:
        low = prefix if low is None else low
        high = prefix + _ceiling(placeholder) if high is None else high
    return _range_condition(
        part, None if low is None else {"S": low}, None if high is None else {"S": high}
    )


def _range_condition(
    part: KeyPart, low: AttributeValue | None, high: AttributeValue | None
) -> KeyCondition:
    if low is not None and high is not None:
        return KeyCondition(part.attribute.name, "BETWEEN", (low, high))
    if low is not None:
        return KeyCondition(part.attribute.name, ">=", (low,))
    return KeyCondition(part.attribute.name, "<=", () if high is None else (high,))


def _upper_end(part: KeyPart, placeholder: Part, value: object) -> str:
    """The greatest key text that `value` covers, whatever follows it in the key."""
    # Not simply the value's own text: the stored key goes on after it (`7#post`), and is
    # greater than the text alone. Nor the text and the greatest character: `7~` covers `71`.
    low, high = part.template.bounds(placeholder, value)
    if low != high:
        return high if placeholder.after[:1] < _ASCII_CEILING else low + HIGHEST
    at = part.template.parts.index(placeholder)
    following = part.template.parts[at + 1 : at + 2]
    return high + placeholder.after + (_ceiling(following[0]) if following else "")


def _ceiling(placeholder: Part) -> str:
    """A text greater than every text of the placeholder; `~`, which is readable, if it can."""
    alphabet = placeholder.format.alphabet
    if alphabet is not None and max(alphabet) < _ASCII_CEILING:
        return _ASCII_CEILING
    return HIGHEST


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
        if field in equals:
            raise _invalid(key, f"{field} is given but {skipped} before it is not", _shape(key))


def check_range(key: CompiledKey, equals: Values, field: str) -> None:
    """Checks that a range is on the next field, whose text sorts as its values do."""
    free = [name for name in key.sort_fields if name not in equals]
    if not free or free[0] != field:
        allowed = f"a range on {free[0]}" if free else "equality only: the key is complete"
        raise _invalid(key, f"a range on {field}", allowed)
    placeholder = sort_placeholder(key, field)
    if placeholder is not None and not keeps_order(placeholder):
        raise _invalid(
            key,
            f"a range on {field}, whose text ({placeholder.format.name}) does not sort as its"
            " values do",
            "ranges on formats that keep order",
        )


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
