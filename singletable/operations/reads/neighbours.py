"""Ends of ranges as values of a key attribute, and the neighbours of those that are left out.

BETWEEN includes both ends: what is to be left out is replaced by the least value above it, or by
one below it with no key between. Where there is no such value, the answer is past every key.
"""

from __future__ import annotations

from decimal import Context, Decimal

from singletable.codec import AttributeValue
from singletable.formats.base import HIGHEST
from singletable.operations.reads.text_range import close
from singletable.records import record

_DIGITS = Context(prec=38, Emin=-999, Emax=999)
_LEAST_NUMBER = Decimal("1E-130")
_BEFORE_SURROGATES, _AFTER_SURROGATES = "\ud7ff", "\ue000"


@record
class KeyEnd:
    """An end of a range. `may_be_key`: a key may have just this value, which matters where it is
    excluded. `is_symbolic`: it is an argument's, whose neighbours are not known yet."""

    value: AttributeValue
    is_excluded: bool = False
    may_be_key: bool = True
    is_symbolic: bool = False

    def least(self, limit: int) -> AttributeValue:
        """The least value of the range that it begins."""
        if not (self.is_excluded and self.may_be_key):
            return self.value
        return self._show("above") if self.is_symbolic else value_above(self.value, limit)

    def greatest(self, limit: int, ceiling: str) -> AttributeValue:
        """The greatest value of the range that it ends."""
        if not (self.is_excluded and self.may_be_key):
            return self.value
        return self._show("below") if self.is_symbolic else value_below(self.value, limit, ceiling)

    def _show(self, side: str) -> AttributeValue:
        return {tag: f"{side} {content}" for tag, content in self.value.items()}


def value_above(value: AttributeValue, limit: int) -> AttributeValue:
    """The least value above this one, in at most so many bytes."""
    ((tag, content),) = value.items()
    if tag == "N":
        return {tag: str(_number_above(Decimal(content)))}
    return {tag: _bytes_above(content, limit) if tag == "B" else _text_above(content, limit)}


def value_below(value: AttributeValue, limit: int, ceiling: str) -> AttributeValue:
    """A value below this one, with no key between. `ceiling`: greater than the rest of any key."""
    ((tag, content),) = value.items()
    if tag == "N":
        return {tag: str(_number_above(Decimal(content).copy_negate()).copy_negate())}
    if tag == "B":
        *start, last = content
        shorter = bytes(start)
        return {tag: (shorter + bytes([last - 1])).ljust(limit, b"\xff") if last else shorter}
    shorter, last = content[:-1], content[-1:]
    return {tag: shorter if last <= "\0" else close(shorter + _before(last), ceiling, limit)}


def _number_above(number: Decimal) -> Decimal:
    """DynamoDB keeps 38 digits of a number, and none closer to zero than 1E-130."""
    above = _DIGITS.next_plus(number)
    if number >= 0:
        return max(above, _LEAST_NUMBER)
    return above if above <= -_LEAST_NUMBER else Decimal(0)


def _text_above(text: str, limit: int) -> str:
    if len(text.encode()) < limit:
        return text + "\0"
    for size in range(len(text) - 1, -1, -1):
        if text[size] < HIGHEST:
            above = text[:size] + _after(text[size])
            if len(above.encode()) <= limit:
                return above
    return text + "\0"


def _bytes_above(content: bytes, limit: int) -> bytes:
    kept = content.rstrip(b"\xff")
    if len(content) < limit or not kept:
        return content + b"\0"
    return kept[:-1] + bytes([kept[-1] + 1])


def _before(character: str) -> str:
    return _BEFORE_SURROGATES if character == _AFTER_SURROGATES else chr(ord(character) - 1)


def _after(character: str) -> str:
    return _AFTER_SURROGATES if character == _BEFORE_SURROGATES else chr(ord(character) + 1)
