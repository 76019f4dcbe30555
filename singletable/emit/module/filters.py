"""Filter expressions as conditions: `status = :status AND size(tags) > 2` as `attr(...)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from singletable.emit.module.layout import quoted

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<argument>:[A-Za-z_]\w*|\{[^{}]+\})"""
    r"""|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<sign><>|<=|>=|[=<>(),])|(?P<name>\#?[A-Za-z_]\w*))"""
)
_COMPARE = {
    "=": "equals",
    "<>": "differs_from",
    "<": "less_than",
    "<=": "at_most",
    ">": "greater_than",
    ">=": "at_least",
}
_FUNCTIONS = {
    "attribute_exists": "exists",
    "attribute_not_exists": "is_absent",
    "begins_with": "begins_with",
    "contains": "contains",
}
_WORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})


@dataclass(frozen=True)
class Value:
    """An argument's name, or a constant's text."""

    text: str
    is_argument: bool


@dataclass(frozen=True)
class Test:
    """One condition on an attribute: `method` of `attr(...)`, or of its size."""

    attribute: str
    method: str
    values: tuple[Value, ...] = ()
    of_size: bool = False


@dataclass(frozen=True)
class Joined:
    """Conditions joined by `&` or `|`, or one that is turned round by `~`."""

    sign: str
    parts: tuple[Test | Joined, ...]


Node = Test | Joined


def parse_filter(text: str) -> Node:
    """The conditions of an expression; `ValueError` for what is none that can be declared."""
    tokens = [*_tokens(text)]
    parser = _Parser(tokens)
    node = parser.any_of()
    if parser.rest:
        raise ValueError(f"{parser.rest[0][1]!r} is not expected")
    return node


def tests_of(node: Node) -> Iterator[Test]:
    """All conditions on one attribute."""
    if isinstance(node, Test):
        yield node
    else:
        for part in node.parts:
            yield from tests_of(part)


def condition_text(node: Node, show: Callable[[Test], str], *, inside: bool = False) -> str:
    """The condition as an expression of Python."""
    if isinstance(node, Test):
        return show(node)
    if node.sign == "~":
        return f"~{condition_text(node.parts[0], show, inside=True)}"
    shown = f" {node.sign} ".join(condition_text(each, show, inside=True) for each in node.parts)
    return f"({shown})" if inside else shown


def test_call(test: Test, field: str) -> str:
    """What one condition is a call of: `attr("total").at_least`."""
    size = ".size()" if test.of_size else ""
    return f"attr({quoted(field)}){size}.{test.method}"


Token = tuple[str, str]


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise ValueError(f"{text[at:].strip()!r} is no part of an expression")
        kind, value = found.lastgroup, found[found.lastgroup]
        is_word = kind == "name" and value.upper() in _WORDS
        yield ("word", value.upper()) if is_word else (kind, value)
        at = found.end()


class _Parser:
    """Reads tokens from left to right; NOT binds closer than AND, that closer than OR."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.rest = list(tokens)

    def any_of(self) -> Node:
        return self._joined("|", "OR", self.all_of)

    def all_of(self) -> Node:
        return self._joined("&", "AND", self._one)

    def _joined(self, sign: str, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._takes("word", word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(sign, tuple(parts))

    def _one(self) -> Node:
        if self._takes("word", "NOT"):
            return Joined("~", (self._one(),))
        if self._takes("sign", "("):
            node = self.any_of()
            self._expect(")")
            return node
        name = self._name()
        if not self._takes("sign", "("):
            return self._compared(name, of_size=False)
        if name == "size":
            attribute = self._name()
            self._expect(")")
            return self._compared(attribute, of_size=True)
        if name not in _FUNCTIONS:
            raise ValueError(f"{name} is no function of conditions")
        attribute, values = self._name(), list[Value]()
        while self._takes("sign", ","):
            values.append(self._value())
        self._expect(")")
        if len(values) != ("exists" not in name):
            raise ValueError(f"{name} has {len(values) + 1} operands")
        return Test(attribute, _FUNCTIONS[name], tuple(values))

    def _compared(self, attribute: str, *, of_size: bool) -> Node:
        if self._takes("word", "BETWEEN"):
            low = self._value()
            if not self._takes("word", "AND"):
                raise ValueError("BETWEEN has one end")
            high = self._value()
            if not of_size:
                return Test(attribute, "between", (low, high))
            ends = (("at_least", low), ("at_most", high))
            return Joined("&", tuple(Test(attribute, how, (end,), True) for how, end in ends))
        if self._takes("word", "IN"):
            self._expect("(")
            values = [self._value()]
            while self._takes("sign", ","):
                values.append(self._value())
            self._expect(")")
            if not of_size:
                return Test(attribute, "is_in", tuple(values))
            each = (Test(attribute, "equals", (value,), True) for value in values)
            return Joined("|", tuple(each))
        kind, sign = self._next()
        if kind != "sign" or sign not in _COMPARE:
            raise ValueError(f"{sign!r} follows {attribute}, which is no comparison")
        return Test(attribute, _COMPARE[sign], (self._value(),), of_size)

    def _value(self) -> Value:
        kind, text = self._next()
        if kind == "argument":
            return Value(text.strip(":{}"), is_argument=True)
        if kind in ("text", "number"):
            return Value(text[1:-1] if kind == "text" else text, is_argument=False)
        raise ValueError(f"{text!r} is no value")

    def _name(self) -> str:
        kind, text = self._next()
        if kind != "name":
            raise ValueError(f"{text!r} is no attribute")
        return text.removeprefix("#")

    def _expect(self, sign: str) -> None:
        if not self._takes("sign", sign):
            raise ValueError(f"{sign!r} is missing")

    def _takes(self, kind: str, text: str) -> bool:
        if self.rest[:1] != [(kind, text)]:
            return False
        del self.rest[0]
        return True

    def _next(self) -> Token:
        if not self.rest:
            raise ValueError("it ends too early")
        return self.rest.pop(0)
