"""Decides whether two languages of key text have a text in common, and shows the shortest one.

Two automata are walked side by side, the shortest texts first; nothing is sampled or guessed. Knows
no entity and no index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from heapq import heappop, heappush

from singletable.languages.characters import Characters, common
from singletable.languages.expressions import Automaton

Place = tuple[int, int, int]
"""Where a walk stands: the piece, its state, and the bytes of it that were read and matter."""


class Language:
    """The texts that consist of a text of each piece, one after the other.

    `opening` is a text that all of them begin with; `most` how many bytes they may have. The pieces
    are built when they are needed: most languages differ in their openings.
    """

    def __init__(
        self, build: Callable[[], Sequence[Automaton]], opening: str = "", most: int = 2048
    ) -> None:
        self._build, self.opening, self.most = build, opening, most

    @cached_property
    def pieces(self) -> tuple[Automaton, ...]:
        return tuple(self._build())

    def opens_apart(self, other: Language) -> bool:
        """Whether the openings alone show that no text is of both."""
        mine, theirs = self.opening, other.opening
        return not (mine.startswith(theirs) or theirs.startswith(mine))

    def may_end(self, place: Place) -> bool:
        piece, state, size = place
        if not self.pieces[piece].may_end(state, size):
            return False
        return all(each.may_end(0, 0) for each in self.pieces[piece + 1 :])

    def arrows(self, place: Place) -> Iterator[tuple[Characters, Place]]:
        """The characters that lead on from a place, and where to."""
        piece, state, size = place
        automaton = self.pieces[piece]
        for allowed, target in automaton.arrows[state]:
            yield allowed, (piece, target, size)
        if piece + 1 < len(self.pieces) and automaton.may_end(state, size):
            yield from self.arrows((piece + 1, 0, 0))

    def enter(self, place: Place, width: int) -> Place | None:
        """The place after a character of so many bytes; None where the piece is too long then."""
        piece, state, size = place
        automaton = self.pieces[piece]
        if not automaton.counts:
            return piece, state, 0
        size += width
        if automaton.most is None:
            return piece, state, min(size, automaton.least)
        return None if size > automaton.most else (piece, state, size)

    def least(self, place: Place) -> int:
        """The bytes of a place, as far as they decide whether its piece is long enough."""
        return min(place[2], self.pieces[place[0]].least)


class _Seen:
    """The pairs of places that a walk has been at.

    Of two that differ in bytes alone, both long enough, the shorter one can go on in every way that
    the longer one can: that keeps lengths up to a thousand bytes from multiplying the pairs.
    """

    def __init__(self, one: Language, other: Language) -> None:
        self._one, self._other = one, other
        self._sizes = dict[tuple[int, ...], list[tuple[int, int]]]()

    def add(self, mine: Place, theirs: Place) -> bool:
        """Whether the pair is new."""
        least = (self._one.least(mine), self._other.least(theirs))
        sizes = self._sizes.setdefault((*mine[:2], *theirs[:2], *least), [])
        if any(size[0] <= mine[2] and size[1] <= theirs[2] for size in sizes):
            return False
        sizes.append((mine[2], theirs[2]))
        return True


@lru_cache(maxsize=8192)
def shared_text(one: Language, other: Language) -> str | None:
    """The shortest text of both languages; None if they have none in common."""
    if one.opens_apart(other):
        return None
    waiting: list[tuple[int, str, tuple[Place, Place]]] = [(0, "", ((0, 0, 0), (0, 0, 0)))]
    most, seen = min(one.most, other.most), _Seen(one, other)
    while waiting:
        size, text, (mine, theirs) = heappop(waiting)
        if not seen.add(mine, theirs):
            continue
        if one.may_end(mine) and other.may_end(theirs):
            return text
        for character, width, pair in _steps(one, other, mine, theirs):
            if size + width <= most:
                heappush(waiting, (size + width, text + character, pair))
    return None


def _steps(
    one: Language, other: Language, mine: Place, theirs: Place
) -> Iterator[tuple[str, int, tuple[Place, Place]]]:
    """The ways on from a pair: a character, its bytes, and the next pair."""
    for allowed, my_next in one.arrows(mine):
        for accepted, their_next in other.arrows(theirs):
            samples = common(allowed, accepted).samples
            counts = one.pieces[my_next[0]].counts or other.pieces[their_next[0]].counts
            for character, width in samples if counts else samples[:1]:
                entered = one.enter(my_next, width), other.enter(their_next, width)
                if entered[0] is not None and entered[1] is not None:
                    yield character, width, (entered[0], entered[1])
