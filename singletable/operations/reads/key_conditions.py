"""Builds the key conditions of a query from the values that are given and the range, if any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.formats import Shaped, Text
from singletable.formats.base import HIGHEST
from singletable.schema import CompiledKey, KeyPart, Values
from singletable.table import SHARD
from singletable.templates import Part
from singletable.tracing import Symbol

_ASCII_CEILING = "~"
_GREATEST = ("", "\x7f", "\u07ff", "\uffff")
"""The greatest character of up to 0, 1, 2 and 3 bytes; `HIGHEST` has four."""

Operator: TypeAlias = Literal["=", "begins_with", "BETWEEN", ">=", "<="]


@dataclass(frozen=True)
class Range:
    """Bounds, both included, on the first field of the sort key that has no equality.

    `is_beginning`: `low` is the beginning of the texts asked for, and there are no bounds.
    """

    field: str
    low: object = None
    high: object = None
    is_beginning: bool = False


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
            f" {abridge(bounds.low)} to {abridge(bounds.high)}",
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
    if bounds is not None and part.attribute.type != "S":
        low, high = (
            None if end is None else _natural_end(part, end) for end in (bounds.low, bounds.high)
        )
        return _range_condition(part, low, high)
    # The prefix includes the delimiter after the last given field: `C#1` is asked for as `C#1#`,
    # or it would find `C#10` as well.
    prefix = part.template.prefix(given)
    if bounds is None:
        return _beginning_condition(part, prefix) if prefix else None
    at = _Place(part, prefix, part.template.parts[len(given)])
    if bounds.is_beginning:
        return _beginning_condition(part, at.beginning(bounds.low))
    return _text_range(at, bounds)


def _beginning_condition(part: KeyPart, text: str) -> KeyCondition:
    return KeyCondition(part.attribute.name, "begins_with", ({"S": text},))


def _natural_end(part: KeyPart, end: object) -> AttributeValue:
    return part.render({part.fields[0]: end})


@dataclass(frozen=True)
class _Place:
    """Where a range stands in a key: after a prefix, on one part of its template."""

    key: KeyPart
    prefix: str
    part: Part

    def low(self, value: object) -> str:
        """The least key text that `value` covers."""
        if self._is_whole_field(value):
            return str(_natural_end(self.key, value)["S"])
        return self.fit(self.key.template.bounds(self.part, value)[0], value)

    def beginning(self, value: object) -> str:
        """The beginning of the key texts whose part begins with `value`."""
        text = self.key.template.beginning(self.part, value)
        if self.key.natural is not None and not self.part.format.takes_beginnings:
            text = str(self.key.encode_natural(value)["S"])  # as it is stored, not escaped
        return self.fit(text, value)

    def high(self, value: object) -> str:
        """The greatest key text that `value` covers, whatever follows it in the key."""
        # Not simply the value's own text: the stored key goes on after it (`7#post`), and is
        # greater than the text alone. Nor the text and the greatest character: `7~` covers `71`.
        if self._is_whole_field(value):
            return str(_natural_end(self.key, value)["S"])
        low, high = self.key.template.bounds(self.part, value)
        begun = self.fit(low, value)
        if low != high:
            is_closed = high.startswith(low) and self.part.after[:1] < _ASCII_CEILING
            return self.close(begun, high[len(low) :] if is_closed else HIGHEST)
        at = self.key.template.parts.index(self.part)
        following = self.key.template.parts[at + 1 : at + 2]
        return self.close(begun + self.part.after, _ceiling(following[0]) if following else "")

    def _is_whole_field(self, value: object) -> bool:
        """Whether the key is the field as it is stored, and the value stands for itself alone."""
        if self.key.natural is None or self.part.takes_beginning(value):
            return False
        return not self.part.format.closing

    def fit(self, text: str, value: object) -> str:
        """The text after the prefix; refused where no key has room for it, as an equality is."""
        whole = self.prefix + text
        self.key.template.check_length(whole + self.part.after, {self.part.field: value})
        return whole

    def close(self, text: str, ceiling: str) -> str:
        """The text and the ceiling, or the greatest character that a key still has room for."""
        room = self.key.template.limit - len(text.encode())
        return text + (ceiling if len(ceiling.encode()) <= room else _GREATEST[room])


def _text_range(at: _Place, bounds: Range) -> KeyCondition:
    low = None if bounds.low is None else at.low(bounds.low)
    high = None if bounds.high is None else at.high(bounds.high)
    # A range without a lower or upper end still ends with its prefix: `>=` alone would read on
    # into the next value of the field before, and into other entities.
    if at.prefix:
        low = at.prefix if low is None else low
        high = at.close(at.prefix, _ceiling(at.part)) if high is None else high
    return _range_condition(
        at.key, None if low is None else {"S": low}, None if high is None else {"S": high}
    )


def _range_condition(
    part: KeyPart, low: AttributeValue | None, high: AttributeValue | None
) -> KeyCondition:
    if low is not None and high is not None:
        return KeyCondition(part.attribute.name, "BETWEEN", (low, high))
    if low is not None:
        return KeyCondition(part.attribute.name, ">=", (low,))
    return KeyCondition(part.attribute.name, "<=", () if high is None else (high,))


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
