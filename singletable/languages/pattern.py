"""Reads the regular part of Python's regular expressions; look-ahead and the like are refused."""

from __future__ import annotations

import re
from functools import lru_cache

from singletable.languages.characters import ANY, Characters, characters, matching
from singletable.languages.expressions import (
    Alternatives,
    Automaton,
    Expression,
    InOrder,
    OneCharacter,
    Repeated,
)

_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "a": "\a", "0": "\0"}
_CODES = {"x": 2, "u": 4, "U": 8}
_REPEATS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_COUNTED = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")
_NOT_REGULAR = "it may have literals, classes, groups, | and repetitions"
_MOST_PLACES = 2048
"""As many bytes as a key attribute has: a longer text is none."""


REGULAR = set[str]()
"""The patterns of the formats that are declared here; to compile one takes some milliseconds."""


def check_pattern(source: str) -> None:
    """`ValueError` for a pattern that has no automaton."""
    if source not in REGULAR:
        compile_pattern(source)


@lru_cache(maxsize=1024)
def compile_pattern(source: str) -> Automaton:
    """The automaton of the texts that the pattern matches whole; a `ValueError` if it has none."""
    try:
        re.compile(source)
        reader = _Reader(source)
        expression = reader.alternatives()
    except re.error as error:
        raise ValueError(f"the pattern {source!r} is none: {error}; {_NOT_REGULAR}") from None
    except RecursionError:
        raise ValueError(f"a pattern of {len(source)} signs is nested too deep") from None
    if reader.at < len(source):
        raise reader.refusal(source[reader.at])
    count = _count_places(expression)
    if count > _MOST_PLACES:
        raise ValueError(
            f"the pattern {source!r} stands for {count} characters one after the other or as"
            f" alternatives, with its repetitions; it may have {_MOST_PLACES}"
        )
    return expression.automaton.within(ANY)


def _count_places(expression: Expression) -> int:
    """How many characters the expression names, as often as it repeats them."""
    match expression:
        case Repeated(member, least, most):
            return max(least, 1 if most is None else most) * _count_places(member)
        case InOrder(members) | Alternatives(members):
            return sum(map(_count_places, members))
        case _:
            return 1


class _Reader:
    """A recursive descent through a pattern that `re` has found to be well formed."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0

    def refusal(self, found: str) -> ValueError:
        return ValueError(f"the pattern {self.source!r} has {found!r}; {_NOT_REGULAR}")

    def peek(self, count: int = 1) -> str:
        return self.source[self.at : self.at + count]

    def take(self, count: int = 1) -> str:
        self.at += count
        return self.source[self.at - count : self.at]

    def alternatives(self) -> Expression:
        members = [self.sequence()]
        while self.peek() == "|":
            self.take()
            members.append(self.sequence())
        return members[0] if len(members) == 1 else Alternatives(tuple(members))

    def sequence(self) -> Expression:
        members = list[Expression]()
        while self.at < len(self.source) and self.peek() not in "|)":
            if self.is_anchor():
                self.take()
                continue
            members.append(self.repeated(self.one()))
        return InOrder(tuple(members))

    def is_anchor(self) -> bool:
        """Whether the next sign says where the text ends, which is known: it is matched whole."""
        starts = self.peek() == "^" and self.at == 0
        return starts or (self.peek() == "$" and self.at == len(self.source) - 1)

    def repeated(self, member: Expression) -> Expression:
        while self.peek() and (self.peek() in _REPEATS or _COUNTED.match(self.source, self.at)):
            if self.peek() in _REPEATS:
                least, most = _REPEATS[self.take()]
            else:
                found = _COUNTED.match(self.source, self.at)
                low, comma, high = found.groups() if found else ("", "", "")
                if not (low or comma):
                    return member
                self.take(len(found[0]) if found else 0)
                least = int(low or 0)
                most = (int(high) if high else None) if comma else least
            if self.peek() == "+":
                raise self.refusal("+")
            if self.peek() == "?":
                self.take()
            member = Repeated(member, least, most)
        return member

    def one(self) -> Expression:
        sign = self.take()
        if sign == "(":
            return self.group()
        if sign == "[":
            return OneCharacter(self.char_class())
        if sign == "\\":
            return OneCharacter(self.escape())
        if sign == ".":
            return OneCharacter(~characters("\n"))
        if sign in "^$":
            raise self.refusal(sign)
        return OneCharacter(characters(sign))

    def group(self) -> Expression:
        if self.peek() == "?":
            opening = self.take(2)
            if opening == "?P" and self.peek() == "<":
                self.take(self.source.index(">", self.at) + 1 - self.at)
            elif opening != "?:":
                raise self.refusal("(" + opening)
        inner = self.alternatives()
        self.take()
        return inner

    def escape(self) -> Characters:
        sign = self.take()
        if sign in "dDsSwW":
            return matching("\\" + sign)
        if sign in _CODES:
            return characters(chr(int(self.take(_CODES[sign]), 16)))
        if sign in _CONTROLS and not self.peek().isdecimal():
            return characters(_CONTROLS[sign])
        if sign.isascii() and sign.isalnum():
            raise self.refusal("\\" + sign)
        return characters(sign)

    def char_class(self) -> Characters:
        """The characters of a class, whose opening bracket was read."""
        is_negated = self.peek() == "^"
        self.take(is_negated)
        members, is_first = characters(""), True
        while is_first or self.peek() != "]":
            is_first = False
            first = self.class_member()
            if self.peek() == "-" and self.peek(2) != "-]":
                self.take()
                start, end = first.spans[0][0], self.class_member().spans[0][1]
                first = Characters([(start, end)])
            members = members | first
        self.take()
        return ~members if is_negated else members

    def class_member(self) -> Characters:
        sign = self.take()
        if sign != "\\":
            return characters(sign)
        if self.peek() == "b":
            self.take()
            return characters("\b")
        return self.escape()
