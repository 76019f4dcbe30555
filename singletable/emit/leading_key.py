"""Patterns of partition keys, as IAM's StringLike takes them. Knows no statement."""

from __future__ import annotations

import re
from itertools import takewhile

from singletable.codec import AttributeValue

_SYMBOL = re.compile(r"\{[A-Za-z_][\w.]*\}( \+ 1)?")
_ANYTHING = "\0"
_SPECIAL = re.compile(r"[*?$]")


class LeadingKey(str):
    """Text in which NUL, that no key holds, stands for any text."""

    __slots__ = ()

    @property
    def is_anything(self) -> bool:
        """Whether it restricts nothing."""
        return self == _ANYTHING

    def covers(self, other: LeadingKey) -> bool:
        """Whether all that fits `other` fits this one."""
        parts = map(re.escape, self.split(_ANYTHING))
        return re.fullmatch(".*".join(parts), other, re.DOTALL) is not None

    @property
    def pattern(self) -> str:
        """For StringLike: signs that mean something there are written as variables."""
        return _SPECIAL.sub(lambda sign: f"${{{sign[0]}}}", self).replace(_ANYTHING, "*")


def leading_key(one: AttributeValue, other: AttributeValue) -> LeadingKey:
    """What is the same in two traced values of a key; arguments, and what differs, are anything.

    The two are of one request at two moments, so that what is made of the time is not taken
    for a constant. Bytes are anything: how IAM writes them is documented nowhere.
    """
    texts = [_text(one), _text(other)]
    text = texts[0] if texts[0] == texts[1] else _common(texts)
    return LeadingKey(re.sub(f"{_ANYTHING}+", _ANYTHING, text))


def _common(texts: list[str]) -> str:
    """The same beginning and the same end, with anything between."""
    start = _beginning(texts)
    end = _beginning([text[len(start) :][::-1] for text in texts])[::-1]
    return start + _ANYTHING + end


def _beginning(texts: list[str]) -> str:
    signs = zip(*texts, strict=False)
    return "".join(each[0] for each in takewhile(lambda pair: pair[0] == pair[1], signs))


def _text(value: AttributeValue) -> str:
    ((_, content),) = value.items()
    return _SYMBOL.sub(_ANYTHING, content) if isinstance(content, str) else _ANYTHING
