"""Decides whether every text of one automaton is a text of another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from singletable.languages.characters import Characters
from singletable.languages.expressions import Automaton

_MOST_BYTES = 2048
_MOST_PLACES = 100_000
"""Patterns for which more would have to be looked at are not decided."""
_WIDTHS = ((0x7F, 1), (0x7FF, 2), (0xFFFF, 3), (0x10FFFF, 4))
"""The last code points that UTF-8 writes in so many bytes."""

Step = tuple[str, int]
"""A character that stands for all that both automata treat alike, and its bytes."""


def is_within(one: Automaton, other: Automaton) -> bool:
    """Whether all texts of `one` are of `other`, too; False as well where that takes too long.

    `one` is walked state by state, `other` in all states at once that the same text leads to.
    """
    steps, counts = [*_steps(one, other)], one.counts or other.counts
    waiting = [(0, frozenset({0}), 0)]
    seen = {*waiting}
    while waiting:
        state, others, size = waiting.pop()
        if one.may_end(state, size) and not _may_end(other, others, size):
            return False
        for character, width in steps:
            targets = {to for allowed, to in one.arrows[state] if character in allowed}
            reached = size + width if counts else 0
            if not targets or reached > min(_MOST_BYTES, one.most or _MOST_BYTES):
                continue
            met = frozenset(
                to for each in others for allowed, to in other.arrows[each] if character in allowed
            )
            new = {(to, met, reached) for to in targets} - seen
            seen |= new
            waiting += new
        if len(seen) > _MOST_PLACES:
            return False
    return True


def _may_end(automaton: Automaton, states: Collection[int], size: int) -> bool:
    is_short = automaton.most is None or size <= automaton.most
    return is_short and any(automaton.may_end(each, size) for each in states)


def _steps(one: Automaton, other: Automaton) -> Iterator[Step]:
    """A character for each set of those that the same arrows take, and that are as wide."""
    labels = {
        id(allowed): allowed
        for automaton in (one, other)
        for row in automaton.arrows
        for allowed, _ in row
    }
    seen = set[tuple[object, ...]]()
    for code, width in _beginnings([*labels.values()]):
        taken = (width, *(chr(code) in allowed for allowed in labels.values()))
        if taken not in seen:
            seen.add(taken)
            yield chr(code), width


def _beginnings(labels: Collection[Characters]) -> Iterator[tuple[int, int]]:
    """The code points from which on other labels hold, or another width, and their bytes."""
    found = {0, *(last + 1 for last, _ in _WIDTHS[:-1])}
    found |= {code for each in labels for first, last in each.spans for code in (first, last + 1)}
    for code in sorted(found):
        width = next((width for last, width in _WIDTHS if code <= last), None)
        if width is not None:
            yield code, width
