"""The ends of ranges as key text: the least and the greatest text that a value covers."""

from __future__ import annotations

from dataclasses import dataclass

from singletable.codec import AttributeValue
from singletable.formats.base import HIGHEST
from singletable.schema import KeyPart, Values
from singletable.templates import Part

_ASCII_CEILING = "~"
_GREATEST = ("", "\x7f", "\u07ff", "\uffff")
"""The greatest character of up to 0, 1, 2 and 3 bytes; `HIGHEST` has four."""


def natural_end(part: KeyPart, end: object) -> AttributeValue:
    return part.render({part.fields[0]: end})


@dataclass(frozen=True)
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

    def high(self, value: object) -> str:
        """The greatest key text that `value` covers, whatever follows it in the key."""
        # Not simply the value's own text: the stored key goes on after it (`7#post`), and is
        # greater than the text alone. Nor the text and the greatest character: `7~` covers `71`.
        if self._is_whole_field(value):
            return str(natural_end(self.key, value)["S"])
        low, high = self.key.template.bounds(self.part, value)
        begun = self.fit(low, value)
        if low != high:
            is_closed = high.startswith(low) and self.part.after[:1] < _ASCII_CEILING
            return self.close(begun, high[len(low) :] if is_closed else HIGHEST)
        at = self.key.template.parts.index(self.part)
        following = self.key.template.parts[at + 1 : at + 2]
        return self.close(begun + self.part.after, ceiling(following[0]) if following else "")

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
