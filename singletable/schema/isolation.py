"""Decides whether a query of one key may read items of another key. Compares templates alone.

The answer is "may" in doubt: a query that could meet foreign items is refused at import. The
alternative, to discard foreign items by their type attribute, would pay for reading them, and
page sizes and cursors would count items that nobody sees.
"""

from __future__ import annotations

from collections.abc import Collection

from singletable.schema.key import CompiledKey
from singletable.templates import Template, may_coincide, may_start_with


def first_cell(template: Template, delimiter: str) -> str | None:
    """The literal that every text of the template has before its first delimiter, if any.

    Texts with different first cells are different, so that most keys need no other comparison.
    """
    if delimiter in template.literal or not template.parts:
        return template.literal.partition(delimiter)[0]
    return None


def count_given(key: CompiledKey, given: Collection[str]) -> int:
    """How many fields of the sort key a query has values of, from left to right."""
    return sum(field in given for field in key.sort_fields)


def may_meet(own: CompiledKey, given: int, other: CompiledKey, delimiter: str) -> bool:
    """Whether a query of `own` for `given` sort-key fields may read items of `other`."""
    partitions = zip(own.partition, other.partition, strict=True)
    if not all(may_coincide(one.template, two.template, delimiter) for one, two in partitions):
        return False
    # Attribute after attribute, as DynamoDB compares them: equality on those whose fields are
    # all given, a beginning on the next one, and nothing is asked of those that follow it.
    for one, two in zip(own.sort, other.sort, strict=True):
        count = min(given, len(one.fields))
        if not may_start_with(one.template, count, two.template, delimiter):
            return False
        given -= count
        if count < len(one.fields):
            return True
    return True


def may_be_equal(one: CompiledKey, other: CompiledKey, delimiter: str) -> bool:
    """Whether two items of different entities may have the same key."""
    pairs = zip(one.parts, other.parts, strict=True)
    return all(may_coincide(mine.template, theirs.template, delimiter) for mine, theirs in pairs)
