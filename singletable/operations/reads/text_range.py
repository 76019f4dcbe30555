"""The ends of ranges as key text: the least and the greatest text that a value covers."""

from __future__ import annotations

from singletable.codec import AttributeValue
from singletable.formats.base import HIGHEST
from singletable.records import record
from singletable.schema import KeyPart, Values
from singletable.templates import Part

_ASCII_CEILING = "~"
_GREATEST = ("", "\x7f", "\u07ff", "\uffff")
"""The greatest character of up to 0, 1, 2 and 3 bytes; `HIGHEST` has four."""


def natural_end(part: KeyPart, end: object) -> AttributeValue:
    return part.render({part.fields[0]: end})


@record
class TextPlace:
    """Where a range stands in a key: after a prefix, on one part of its template."""

    key: KeyPart
    prefix: str
    part: Part

    def low(self, value: object) -> str:
        """The least key text that `value` covers."""
        if self._is_whole_field(value):
            return str(natural_end(self.key, value)["S"])
        return self.fit(self.key.template.bounds(self.part, value)[0], value)

    def beginning(self, value: object) -> str:
        """The beginning of the key texts whose part begins with `value`."""
        text = self.key.template.beginning(self.part, value)
        if self.key.natural is not None and not self.part.format.takes_beginnings:
            text = str(self.key.encode_natural(value)["S"])  # as it is stored, not escaped
        return self.fit(text, value)

    def high(self, value: object, *, is_exact: bool = False) -> str:
        """The greatest key text that `value` covers, whatever follows it in the key.

        `is_exact`: free text covers itself alone, and no text that begins with it.
        """
        # Not simply the value's own text: the stored key goes on after it (`7#post`), and is
        # greater than the text alone. Nor the text and the greatest character: `7~` covers `71`.
        if self._is_whole_field(value, is_exact=is_exact):
            return str(natural_end(self.key, value)["S"])
        low, high = self.key.template.bounds(self.part, value)
        if is_exact and not self.part.takes_beginning(value):
            high = low
        if low != high and high.startswith(low):
            is_closed = self.part.after[:1] < _ASCII_CEILING
            return self.close(self.fit(low, value), high[len(low) :] if is_closed else HIGHEST)
        following = self._following
        end = self.fit(high, value) + self.part.after
        return self.close(end, ceiling(following[0]) if following else "")

    @property
    def _following(self) -> tuple[Part, ...]:
        at = self.key.template.parts.index(self.part)
        return self.key.template.parts[at + 1 : at + 2]

    @property
    def is_last(self) -> bool:
        """Whether no other part follows, so that the greatest text of a value may be a key."""
        return not self._following

    def _is_whole_field(self, value: object, *, is_exact: bool = False) -> bool:
        """Whether the key is the field as it is stored, and the value stands for itself alone."""
        if self.key.natural is None or self.part.takes_beginning(value):
            return False
        return is_exact or not self.part.format.closing

    def fit(self, text: str, value: object) -> str:
        """The text after the prefix; refused where no key has room for it, as an equality is."""
        whole = self.prefix + text
        self.key.template.check_length(whole + self.part.after, {self.part.field: value})
        return whole

    def close(self, text: str, ceiling: str) -> str:
        """The text and the ceiling, or the greatest character that a key still has room for."""
        return close(text, ceiling, self.key.template.limit)


def close(text: str, ceiling: str, limit: int) -> str:
    """The text and the ceiling, or the greatest character that there is room for."""
    room = limit - len(text.encode())
    return text + (ceiling if len(ceiling.encode()) <= room else _GREATEST[room])


def ceiling(placeholder: Part) -> str:
    """A text greater than every text of the placeholder; `~`, which is readable, if it can."""
    alphabet = placeholder.format.alphabet
    if alphabet is not None and max(alphabet) < _ASCII_CEILING:
        return _ASCII_CEILING
    return HIGHEST


def ends_of(key: KeyPart, known: Values) -> tuple[str, str]:
    """The least and the greatest text of a key attribute whose first fields are known."""
    template = key.template
    given = key.leading_values(known)
    if len(given) == len(template.fields):
        text = str(key.render(given)["S"])
        return text, text
    prefix, following = template.prefix(given), template.parts[len(given)]
    return prefix, TextPlace(key, prefix, following).close(prefix, ceiling(following))
