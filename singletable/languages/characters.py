"""Sets of characters as ranges of code points. Knows no format."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property, lru_cache

Span = tuple[int, int]
"""Code points from the first to the last, both included."""

_WIDTHS: tuple[Span, ...] = ((0, 0x7F), (0x80, 0x7FF), (0x800, 0xFFFF), (0x10000, 0x10FFFF))
"""The code points that UTF-8 writes in one, two, three and four bytes."""
_READABLE = "Aa10-"


class Characters:
    """A set of characters: sorted ranges that neither touch nor overlap.

    Sets are compared by identity, so that what is computed of two of them can be kept.
    """

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = tuple(_merged(spans))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(first for first, _ in self.spans)

    def __contains__(self, character: str) -> bool:
        at = bisect_right(self._starts, ord(character)) - 1
        return at >= 0 and ord(character) <= self.spans[at][1]

    def __invert__(self) -> Characters:
        """The other characters of all that there are."""
        ends = [-1, *(last for _, last in self.spans)]
        starts = [*self._starts, sys.maxunicode + 1]
        return Characters((end + 1, start - 1) for end, start in zip(ends, starts, strict=True))

    def __or__(self, other: Characters) -> Characters:
        return Characters((*self.spans, *other.spans))

    def __and__(self, other: Characters) -> Characters:
        return Characters(_common(self.spans, other.spans))

    @cached_property
    def samples(self) -> tuple[tuple[str, int], ...]:
        """A character of each width in UTF-8 that there is, a readable one if possible."""
        found = list[tuple[str, int]]()
        for width, span in enumerate(_WIDTHS, start=1):
            within = _common(self.spans, (span,))
            readable = next((each for each in _READABLE if width == 1 and each in self), None)
            lowest = next((first for first, last in within if last > 0x20), None)
            if readable is not None:
                found.append((readable, 1))
            elif lowest is not None:
                found.append((chr(max(lowest, 0x21)), width))
            elif within:
                found.append((chr(within[0][0]), width))
        return tuple(found)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    start, end = 0, -1
    for first, last in sorted(span for span in spans if span[0] <= span[1]):
        if first > end + 1:
            if start <= end:
                yield start, end
            start = first
        end = max(end, last)
    if start <= end:
        yield start, end


def _common(one: tuple[Span, ...], other: tuple[Span, ...]) -> list[Span]:
    found, at, beside = list[Span](), 0, 0
    while at < len(one) and beside < len(other):
        first, last = max(one[at][0], other[beside][0]), min(one[at][1], other[beside][1])
        if first <= last:
            found.append((first, last))
        if one[at][1] < other[beside][1]:
            at += 1
        else:
            beside += 1
    return found


@lru_cache(maxsize=4096)
def common(one: Characters, other: Characters) -> Characters:
    """The characters of both sets."""
    return one & other


@lru_cache(maxsize=1024)
def characters(text: Iterable[str]) -> Characters:
    """The set of the characters of a text, or of a set of texts of one character each."""
    return Characters((ord(character), ord(character)) for character in text)


@lru_cache(maxsize=1024)
def without(known: Characters, forbidden: frozenset[str]) -> Characters:
    """The set less some characters."""
    return known & ~characters(forbidden)


@cache
def matching(expression: str, flags: int = 0) -> Characters:
    """The characters that an expression of one character matches."""
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    found = re.compile(f"(?:{expression})+", flags).finditer(every)
    return Characters((ord(run[0][0]), ord(run[0][-1])) for run in found)


@cache
def unchanged(change: Callable[[str], str]) -> Characters:
    """The characters of key text that a change, such as to lower case, leaves as they are."""
    changed = list[str]()
    for start in range(0, _LAST_CHANGED, _BLOCK):
        block = "".join(map(chr, range(start, start + _BLOCK)))
        if change(block) != block:
            changed += [each for each in block if change(each) != each]
    return ANY & ~characters("".join(changed))


_LAST_CHANGED, _BLOCK = 0x2FA20, 32
"""Beyond this code point no character has another case, nor another form; a test holds it."""

ANY = Characters([(0, 0xD7FF), (0xE000, sys.maxunicode - 1)])
"""What a key text may contain: no half of a surrogate pair, and not the greatest character."""
