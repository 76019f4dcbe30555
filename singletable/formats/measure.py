"""Measures a regular language: whether it has a text, its characters, its shortest and longest.

Knows no format. Matching takes time that grows with the text alone, whatever the expression is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cached_property

from singletable.languages.characters import Characters
from singletable.languages.expressions import Automaton

_MOST_SETS = 4096
_MOST_CHARACTERS = 1024


class Matcher:
    """Says whether an automaton has a text; remembers the sets of states that it has been in."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def has(self, text: str) -> bool:
        return not self._walk(text).isdisjoint(self._automaton.ends)

    def begins(self, text: str) -> bool:
        """Whether a text of the automaton begins with this one."""
        return not self._walk(text).isdisjoint(self._useful)

    @cached_property
    def _useful(self) -> frozenset[int]:
        return frozenset(useful_states(self._automaton))

    def _walk(self, text: str) -> frozenset[int]:
        """The states that a text leads to."""
        states, known = frozenset({0}), self._known
        for character in text:
            following = known.get((states, character))
            if following is None:
                following = self._step(states, character)
            if not following:
                return following
            states = following
        return states

    def _step(self, states: frozenset[int], character: str) -> frozenset[int]:
        if len(self._known) >= _MOST_SETS:
            self._known.clear()
        arrows = self._automaton.arrows
        following = frozenset(
            to for at in states for allowed, to in arrows[at] if character in allowed
        )
        self._known[states, character] = following
        return following


def alphabet_of(automaton: Automaton) -> frozenset[str] | None:
    """Every character of its texts; None where there are too many to count."""
    spans = [
        span
        for allowed, _ in _arrows(automaton, useful_states(automaton))
        for span in allowed.spans
    ]
    found = Characters(spans)
    if sum(last - first + 1 for first, last in found.spans) > _MOST_CHARACTERS:
        return None
    return frozenset(chr(code) for first, last in found.spans for code in range(first, last + 1))


def sizes_of(automaton: Automaton) -> tuple[int, int | None]:
    """The bytes in UTF-8 of the shortest text and of the longest; None where there is no longest.

    The automaton has a text.
    """
    useful = useful_states(automaton)
    return _shortest(automaton, useful), _longest(automaton, useful)


def useful_states(automaton: Automaton) -> frozenset[int]:
    """The states on the way from the first to an end."""
    before: list[list[int]] = [[] for _ in automaton.arrows]
    for at, row in enumerate(automaton.arrows):
        for allowed, to in row:
            if allowed.spans:
                before[to].append(at)
    after = [[to for allowed, to in row if allowed.spans] for row in automaton.arrows]
    return _reached(after, [0]) & _reached(before, automaton.ends)


def _reached(steps: list[list[int]], starts: Iterable[int]) -> frozenset[int]:
    found = set(starts)
    waiting = deque(found)
    while waiting:
        for to in steps[waiting.popleft()]:
            if to not in found:
                found.add(to)
                waiting.append(to)
    return frozenset(found)


def _arrows(automaton: Automaton, useful: frozenset[int]) -> list[tuple[Characters, int]]:
    return [
        (allowed, to)
        for at in useful
        for allowed, to in automaton.arrows[at]
        if allowed.spans and to in useful
    ]


def _shortest(automaton: Automaton, useful: frozenset[int]) -> int:
    """By the least bytes to each state, improved until nothing changes."""
    least, waiting = {0: 0}, deque([0])
    while waiting:
        at = waiting.popleft()
        for allowed, to in automaton.arrows[at]:
            if not allowed.spans or to not in useful:
                continue
            size = least[at] + _width(allowed.spans[0][0])
            if size < least.get(to, size + 1):
                least[to] = size
                waiting.append(to)
    return min(least[end] for end in automaton.ends if end in least)


def _longest(automaton: Automaton, useful: frozenset[int]) -> int | None:
    """By the states in an order in which every arrow leads on; there is none where one circles."""
    pending = dict.fromkeys(useful, 0)
    for _, to in _arrows(automaton, useful):
        pending[to] += 1
    most, ready, seen = {0: 0}, [at for at, count in pending.items() if count == 0], 0
    while ready:
        at, seen = ready.pop(), seen + 1
        for allowed, to in automaton.arrows[at]:
            if not allowed.spans or to not in useful:
                continue
            most[to] = max(most.get(to, 0), most[at] + _width(allowed.spans[-1][1]))
            pending[to] -= 1
            if pending[to] == 0:
                ready.append(to)
    return max(most[end] for end in automaton.ends if end in most) if seen == len(useful) else None


def _width(code: int) -> int:
    """The bytes of a character in UTF-8."""
    return len(chr(code).encode("utf-8", "surrogatepass"))
