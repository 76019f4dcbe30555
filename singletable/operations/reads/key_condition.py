"""From known parts of a key to a key condition: closed, bounded on both sides, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions import Binder
from singletable.formats.base import HIGHEST
from singletable.schema import CompiledKey, KeySide
from singletable.templates import Part
from singletable.tracing import Symbol

_ASCII_CEILING = "~"


@dataclass(frozen=True)
class Range:
    """Bounds, both included, on the first part of the sort key that has no equality."""

    field: str
    low: Any = None
    high: Any = None


@dataclass(frozen=True)
class SortCondition:
    """`{name} = {0}`, `begins_with({name}, {0})` or a comparison, and its wire values."""

    text: str
    values: tuple[AttributeValue, ...]

    def render(self, binder: Binder, attribute: str) -> str:
        name = binder.name(attribute)
        return self.text.format(*map(binder.value, self.values), name=name)


_EQUALS = "{name} = {0}"
_BEGINS = "begins_with({name}, {0})"
_BETWEEN = "{name} BETWEEN {0} AND {1}"
_AT_LEAST = "{name} >= {0}"
_AT_MOST = "{name} <= {0}"


def sort_condition(
    key: CompiledKey, equals: Mapping[str, Any], bounds: Range | None
) -> SortCondition | None:
    """The condition on the sort key; None where the whole partition is asked for."""
    condition = _sort_condition(key, equals, bounds)
    if condition is not None and bounds is not None and _is_inverted(condition, bounds):
        raise _refused(
            key,
            f"a range on {bounds.field} that ends before it begins:"
            f" {bounds.low!r} to {bounds.high!r}",
            "the lower end first",
        )
    return condition


def _is_inverted(condition: SortCondition, bounds: Range) -> bool:
    """Whether DynamoDB would refuse the ends; those of symbols are not known yet."""
    if len(condition.values) < 2:
        return False
    if isinstance(bounds.low, Symbol) or isinstance(bounds.high, Symbol):
        return False
    low, high = (next(iter(value.values())) for value in condition.values)
    if "N" in condition.values[0]:
        return Decimal(low) > Decimal(high)
    return bool(low > high)


def _sort_condition(
    key: CompiledKey, equals: Mapping[str, Any], bounds: Range | None
) -> SortCondition | None:
    side = key.sort
    if side is None:
        return None
    given = {field: equals[field] for field in side.fields if field in equals}
    if side.natural is not None:
        return _natural(side, given, bounds)
    if len(given) == len(side.fields):
        return SortCondition(_EQUALS, (side.render(given),))
    prefix = side.template.prefix(given)
    if bounds is not None:
        return _ranged(side, prefix, side.template.parts[len(given)], bounds)
    return SortCondition(_BEGINS, ({"S": prefix},)) if prefix else None


def _natural(side: KeySide, given: Mapping[str, Any], bounds: Range | None) -> SortCondition | None:
    if given:
        return SortCondition(_EQUALS, (side.render(given),))
    if bounds is None:
        return None
    ends = [
        _natural_end(side, end, at)
        for at, end in enumerate((bounds.low, bounds.high))
        if end is not None
    ]
    if len(ends) == 2:
        return SortCondition(_BETWEEN, tuple(ends))
    return SortCondition(_AT_LEAST if bounds.low is not None else _AT_MOST, tuple(ends))


def _natural_end(side: KeySide, end: Any, at: int) -> AttributeValue:
    """The beginning of a text stands for all of it, where the field is stored as its key text."""
    (part,) = side.template.parts
    if side.attribute.type == "S" and part.takes_beginning(end):
        return {"S": side.template.bounds(part, end)[at]}
    return side.encode_natural(end)


def _ranged(side: KeySide, prefix: str, part: Part, bounds: Range) -> SortCondition:
    low = high = None
    if bounds.low is not None:
        low = prefix + side.template.bounds(part, bounds.low)[0]
    if bounds.high is not None:
        high = prefix + _upper_end(side, part, bounds.high)
    if prefix:
        low = prefix if low is None else low
        high = prefix + _ceiling(part) if high is None else high
    if low is None or high is None:
        text, end = (_AT_MOST, high) if low is None else (_AT_LEAST, low)
        return SortCondition(text, ({"S": end},))
    return SortCondition(_BETWEEN, ({"S": low}, {"S": high}))


def _upper_end(side: KeySide, part: Part, value: Any) -> str:
    """The greatest key text that `value` covers, whatever follows it in the key."""
    low, high = side.template.bounds(part, value)
    if low != high:
        return high if part.after[:1] < _ASCII_CEILING else low + HIGHEST
    at = side.template.parts.index(part)
    following = side.template.parts[at + 1 : at + 2]
    return high + part.after + (_ceiling(following[0]) if following else "")


def _ceiling(part: Part) -> str:
    """A text greater than every text of `part`."""
    alphabet = part.format.alphabet
    if alphabet is not None and max(alphabet) < _ASCII_CEILING:
        return _ASCII_CEILING
    return HIGHEST


def check_equalities(key: CompiledKey, equals: Mapping[str, Any]) -> None:
    """Every partition part is given, sort parts without a gap, and nothing else."""
    sort = key.sort.fields if key.sort else ()
    for field in equals:
        if field not in key.partition.fields and field not in sort:
            raise _refused(key, f"{field} is no part of this key", _shape(key))
    for field in key.partition.fields:
        if field not in equals and not (key.shards and field == "shard"):
            raise _refused(key, f"{field} of the partition key is missing", _shape(key))
    skipped = [field for field in sort if field not in equals]
    later = [field for field in sort if field in equals and skipped]
    for field in later:
        if sort.index(field) > sort.index(skipped[0]):
            raise _refused(key, f"{field} is given but {skipped[0]} before it is not", _shape(key))


def check_range(key: CompiledKey, equals: Mapping[str, Any], field: str) -> None:
    """The range is on the next part, and text order is value order there."""
    free = [name for name in (key.sort.fields if key.sort else ()) if name not in equals]
    if not free or free[0] != field:
        allowed = f"a range on {free[0]}" if free else "equality only: the key is complete"
        raise _refused(key, f"a range on {field}", allowed)
    side = key.sort
    if side is None or side.attribute.type != "S":
        return
    part = next(part for part in side.template.parts if part.field == field)
    if not keeps_order(part):
        raise _refused(
            key,
            f"a range on {field}, whose text ({part.format.name}) does not sort as its values do",
            "ranges on formats that keep order",
        )


def keeps_order(part: Part) -> bool:
    """Whether keys sort by this part's values, also with what follows the part in the key."""
    if not part.format.ordered:
        return False
    if not part.after or part.format.fixed_width:
        return True
    least = part.format.least_character
    return least is not None and least > part.after[0]


def _shape(key: CompiledKey) -> str:
    sides = [repr(side.template.source) for side in key.sides]
    return " / ".join(sides) + ", the sort key's parts from left to right"


def _refused(key: CompiledKey, declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where=key.label, declared=declared, allowed=allowed)
