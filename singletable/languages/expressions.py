"""Regular languages of key text: expressions, and the automata that they compile to.

An automaton has no empty moves, so that two of them can be walked side by side. Knows no format.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import takewhile

from singletable.languages.characters import ANY, Characters, characters, common
from singletable.records import record


@record(eq=False)
class Automaton:
    """The texts that lead from state 0 to one of `ends`, and have `least` to `most` UTF-8 bytes.

    `arrows`: for each state the sets of characters that lead on, and to which state.
    """

    arrows: Sequence[Sequence[tuple[Characters, int]]]
    ends: Collection[int]
    least: int = 0
    most: int | None = None

    @property
    def counts(self) -> bool:
        """Whether the length of a text decides, beside its characters."""
        return self.least > 0 or self.most is not None

    def may_end(self, state: int, size: int) -> bool:
        return state in self.ends and size >= self.least

    def within(self, allowed: Characters) -> Automaton:
        """The texts of this automaton that have these characters alone."""
        arrows = [
            [(common(label, allowed), target) for label, target in row] for row in self.arrows
        ]
        return replace(self, arrows=arrows)

    @property
    def begun(self) -> Automaton:
        """Every text whose first character is that of some text here."""
        if self.may_end(0, 0):
            return ANYTHING
        first = [(allowed, 1) for allowed, _ in self.arrows[0]]
        return Automaton([first, [(ANY, 1)]], frozenset({1}))

    def extremes(self, width: int) -> tuple[str, str] | None:
        """Two texts of a width, between which all texts begin; None where some are shorter."""
        least, greatest = self._extreme(width, 0), self._extreme(width, -1)
        return None if least is None or greatest is None else (least, greatest)

    def _extreme(self, width: int, side: int) -> str | None:
        text, states = "", {0}
        for _ in range(width):
            arrows = [arrow for at in states for arrow in self.arrows[at] if arrow[0].spans]
            if not arrows or states & set(self.ends):
                return None
            codes = [allowed.spans[side][side] for allowed, _ in arrows]
            text += chr(max(codes) if side else min(codes))
            states = {target for allowed, target in arrows if text[-1] in allowed}
        return text


class Expression:
    """A regular expression, from which one automaton is compiled."""

    @cached_property
    def automaton(self) -> Automaton:
        builder = _Builder()
        first, last, is_optional = builder.add(self)
        builder.follow[0] = first
        arrows = [[(builder.labels[to], to) for to in targets] for targets in builder.follow]
        return Automaton(arrows, frozenset([*last, 0] if is_optional else last))


@record(eq=False)
class OneCharacter(Expression):
    """One character of a set."""

    allowed: Characters


@record(eq=False)
class InOrder(Expression):
    """Expressions one after the other; of none, the empty text."""

    members: tuple[Expression, ...]


@record(eq=False)
class Alternatives(Expression):
    """One of several expressions."""

    members: tuple[Expression, ...]


@record(eq=False)
class Repeated(Expression):
    """An expression `least` to `most` times; `most` None is any number of times."""

    member: Expression
    least: int = 0
    most: int | None = None


Ends = tuple[list[int], list[int], bool]
"""The states that an expression can begin and end with, and whether it may be empty."""


class _Builder:
    """Glushkov's construction: a state for each character of the expression, entered by it."""

    def __init__(self) -> None:
        self.labels = [ANY]
        self.follow: list[list[int]] = [[]]

    def add(self, node: Expression) -> Ends:
        match node:
            case OneCharacter(allowed):
                self.labels.append(allowed)
                self.follow.append([])
                return [len(self.labels) - 1], [len(self.labels) - 1], False
            case Alternatives(members):
                all_ends = [self.add(member) for member in members]
                first = [state for ends in all_ends for state in ends[0]]
                last = [state for ends in all_ends for state in ends[1]]
                return first, last, any(ends[2] for ends in all_ends)
            case InOrder(members):
                whole: Ends = ([], [], True)
                for member in members:
                    whole = self._join(whole, self.add(member))
                return whole
            case Repeated():
                return self._repeat(node)
            case _:
                raise TypeError(node)

    def _join(self, one: Ends, other: Ends) -> Ends:
        self._link(one[1], other[0])
        first = one[0] + other[0] if one[2] else one[0]
        last = one[1] + other[1] if other[2] else other[1]
        return first, last, one[2] and other[2]

    def _repeat(self, node: Repeated) -> Ends:
        first, last, is_optional = list[int](), list[int](), node.least == 0
        before, ends = list[int](), None
        for copy in range(1, (max(node.least, 1) if node.most is None else node.most) + 1):
            ends = self.add(node.member)
            is_optional = is_optional or ends[2]
            self._link(before, ends[0])
            first = first or ends[0]
            last += ends[1] if is_optional or copy >= node.least else []
            before = ends[1]
        if ends is not None and node.most is None:
            self._link(ends[1], ends[0])
        return first, last, is_optional

    def _link(self, before: list[int], after: list[int]) -> None:
        for state in before:
            known = self.follow[state]
            known += [to for to in after if to not in known]


def literal(text: str) -> Expression:
    """This text alone."""
    return InOrder(tuple(OneCharacter(characters(character)) for character in text))


def any_of(texts: Sequence[str], *, levels: int = 60) -> Expression:
    """One of these texts; common beginnings are one way, so that walks do not multiply.

    `levels`: how often a way may divide; below that each text is a way of its own.
    """
    if not levels:
        return Alternatives(tuple(map(literal, texts)))
    rests = dict[str, list[str]]()
    for text in dict.fromkeys(texts):
        rests.setdefault(text[:1], []).append(text)
    return Alternatives(tuple(_with_one_beginning(each, levels) for each in rests.values()))


def _with_one_beginning(texts: Sequence[str], levels: int) -> Expression:
    if len(texts) == 1:
        return literal(texts[0])
    width = _shared_width(min(texts), max(texts))
    beginning, rests = texts[0][:width], [text[width:] for text in texts]
    return InOrder((literal(beginning), any_of(rests, levels=levels - 1)))


def _shared_width(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def between(
    low: str | None,
    high: str | None,
    alphabet: Characters,
    rest: Callable[[int], Expression],
    *,
    may_stop: bool = False,
) -> Expression:
    """The texts that begin between two texts of one width, in the order of their characters.

    An end that is None sets no bound. `rest` are the texts that may follow where both ends are
    passed, so many characters before their width. `may_stop`: a text may be a part of `high`.
    """
    ends = [end for end in (low, high) if end is not None]
    width = len(ends[0]) if ends else 0
    if not width:
        return rest(0)

    def go_on(text: str, low: str | None, high: str | None) -> Expression:
        return InOrder((literal(text), between(low, high, alphabet, rest, may_stop=may_stop)))

    if low is not None and high is not None and low[0] == high[0]:
        return go_on(low[0], low[1:], high[1:])
    first = 0 if low is None else ord(low[0]) + 1
    last = sys.maxunicode if high is None else ord(high[0]) - 1
    middle = OneCharacter(alphabet & Characters([(first, last)]))
    ways: list[Expression] = [InOrder((middle, rest(width - 1)))]
    ways += [] if low is None else [go_on(low[0], low[1:], None)]
    ways += [] if high is None else [go_on(high[0], None, high[1:])]
    ways += [InOrder(())] if may_stop and low is None else []
    return Alternatives(tuple(ways))


_ANYTHING = Repeated(OneCharacter(ANY))
ANYTHING = _ANYTHING.automaton
"""Every text."""


def beginning_between(low: str | None, high: str | None) -> Automaton:
    """Every text that is not before `low`, and not after all that begins with `high`."""
    return between(low, high, ANY, lambda _: _ANYTHING, may_stop=True).automaton


def text_between(low: str, high: str | None, *, is_whole: bool = False) -> Expression:
    """Every text from `low` to the last that begins with `high`; to `high` itself if `is_whole`.

    None as `high` sets no bound.
    """
    if high is None:
        return _from(low)
    width = _shared_width(low, high)
    beginning, low, high = low[:width], low[width:], high[width:]
    end = InOrder(()) if is_whole else _ANYTHING
    if not low:
        rest = _up_to(high, end)
    elif not high:
        rest = _from(low)
    else:
        inner = _then(ord(low[0]) + 1, ord(high[0]) - 1, _ANYTHING)
        least, greatest = _from(low[1:]), _up_to(high[1:], end)
        ways = (inner, InOrder((literal(low[0]), least)), InOrder((literal(high[0]), greatest)))
        rest = Alternatives(ways)
    return InOrder((literal(beginning), rest))


def _from(low: str) -> Expression:
    """Every text from `low` on."""
    if not low:
        return _ANYTHING
    beyond = _then(ord(low[0]) + 1, sys.maxunicode, _ANYTHING)
    return Alternatives((beyond, InOrder((literal(low[0]), _from(low[1:])))))


def _up_to(high: str, end: Expression) -> Expression:
    """Every text before `high`, and those that go on from it as `end` says."""
    if not high:
        return end
    before = _then(0, ord(high[0]) - 1, _ANYTHING)
    return Alternatives((InOrder(()), before, InOrder((literal(high[0]), _up_to(high[1:], end)))))


def _then(first: int, last: int, rest: Expression) -> Expression:
    """A character of these code points, and what follows."""
    return InOrder((OneCharacter(Characters([(first, last)])), rest))


def text_of(allowed: Characters, least: int, most: int | None) -> Automaton:
    """The texts over these characters that have so many bytes."""
    if least == most and all(last < 0x80 for _, last in allowed.spans):
        return Repeated(OneCharacter(allowed), least, least).automaton
    return replace(Repeated(OneCharacter(allowed)).automaton, least=least, most=most)
