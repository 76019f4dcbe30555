"""The ends of ranges as the field and its key take them. Knows no query."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from singletable.annotations import accepts_symbol
from singletable.errors.base import abridge
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.formats import Shaped
from singletable.schema import Attribute
from singletable.templates import Part
from singletable.tracing import Symbol

_CONTINUED = tuple("x" * more for more in (1, 2, 4, 8, 16, 32, 0))
"""What may follow a beginning, so that the field takes it for a value."""


def end_of_range(attribute: Attribute, part: Part | None, end: object) -> object:
    """The end of a range, normalised by the field as every value is; None where there is none.

    `part` is the field's place in the key text. A format that takes beginnings, such as `2020-02`,
    gets them as they are, and what is neither a beginning nor a value: it says what is allowed.
    """
    if end is None:
        return None
    if isinstance(end, Symbol) and _has_moments(attribute) and _is_day(end):
        return end
    if part is None or not part.takes_beginning(end):
        return attribute.validate(end)
    if isinstance(end, Symbol) or _is_beginning(part, end):
        return end
    try:
        return attribute.validate(end)
    except InvalidItem:
        return end


def moment_of_day(attribute: Attribute, end: object, *, is_last: bool) -> object:
    """The first or the last moment of a day, in UTC, where the field has moments; any other end
    itself."""
    if not isinstance(end, date) or isinstance(end, datetime) or not _has_moments(attribute):
        return end
    return datetime.combine(end, time.max if is_last else time.min, UTC)


def _has_moments(attribute: Attribute) -> bool:
    return attribute.format is not None and attribute.format.value_type is datetime


def _is_day(end: Symbol) -> bool:
    kind = end.annotation
    return accepts_symbol(date, kind) and not accepts_symbol(datetime, kind)


def _is_beginning(part: Part, end: object) -> bool:
    try:
        part.bounds(end)
    except ValueError:
        return False
    return True


def beginning_of(attribute: Attribute, part: Part | None, text: object) -> object:
    """The beginning of a text, as the field would write it in a longer one."""
    if isinstance(text, Symbol) and accepts_symbol(str, text.annotation):
        return text
    if not isinstance(text, str):
        raise InvalidOperation(
            where=attribute.entity,
            declared=f"begins_with({attribute.field}={abridge(text)})",
            allowed="the beginning of a text",
        )
    if part is not None and part.format.takes_beginnings:
        return text
    # A beginning is no value: `new-` is none of a slug, and a blank at its end is not one to strip.
    for more in _CONTINUED:
        try:
            longer = attribute.validate(text + more)
        except InvalidItem:
            continue
        if isinstance(longer, str) and longer.lower().endswith(more):
            return longer[: len(longer) - len(more)]
    if part is not None and isinstance(part.format, Shaped):
        return text
    return attribute.validate(text)
