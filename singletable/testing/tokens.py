"""Expressions cut into tokens, and what every expression's grammar shares: paths, placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from singletable.codec.reserved import RESERVED
from singletable.testing.errors import TransportError, build_validation
from singletable.testing.paths import Path

_BYTES = 4096
_DEEPEST = 32
_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<alias>\#[A-Za-z0-9_]+)|(?P<value>:[A-Za-z0-9_]+)"
    r"|(?P<index>0|[1-9][0-9]*)|(?P<sign><>|<=|>=|[=<>()\[\].,+-])|(?P<wrong>\S))"
)


class Token(NamedTuple):
    """`kind` is name, alias, value, index, sign, wrong or end."""

    kind: str
    text: str
    start: int


class Parser:
    """Reads tokens one after the other; remembers the placeholders that it has seen."""

    def __init__(self, label: str, text: str, names: Mapping[str, str]) -> None:
        self.label = label
        self.text = text
        self.names = names
        self.used_names: set[str] = set()
        self.used_values: set[str] = set()
        self.used_attributes: set[str] = set()
        self.tokens = self._cut()
        self.at = 0

    def _cut(self) -> list[Token]:
        if not self.text:
            raise self.refuse("The expression can not be empty;")
        if len(self.text.encode()) > _BYTES:
            raise self.refuse(
                "Expression size has exceeded the maximum allowed size; "
                f"expression size: {len(self.text.encode())}"
            )
        tokens = [
            Token(found.lastgroup or "", found[found.lastgroup or 0], found.start(found.lastgroup))
            for found in _TOKEN.finditer(self.text)
            if found.lastgroup
        ]
        return [*tokens, Token("end", "<EOF>", len(self.text))]

    def refuse(self, problem: str) -> TransportError:
        """The error about this expression."""
        return build_validation(f"Invalid {self.label}: {problem}")

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def after_next(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def take_if(self, text: str) -> bool:
        """Takes the next token if it is this sign or, in any case, this keyword."""
        found = self.is_next(text)
        if found:
            self.at += 1
        return found

    def is_next(self, text: str) -> bool:
        token = self.next
        return token.kind in {"sign", "name"} and token.text.upper() == text

    def expect(self, text: str) -> None:
        if not self.take_if(text):
            raise self.syntax_error()

    def expect_end(self) -> None:
        if self.next.kind != "end":
            raise self.syntax_error()

    def syntax_error(self) -> TransportError:
        """The error at the next token, shown with its surroundings."""
        before = self.tokens[max(self.at - 1, 0)].start
        end = self.next.start + len(self.next.text)
        near = self.text[before : self.after_next.start + len(self.after_next.text)]
        near = near if self.next.kind != "end" else self.text[before:end]
        return self.refuse(f'Syntax error; token: "{self.next.text}", near: "{near}"')

    def path(self) -> Path:
        """Parses `name.name[0]`; a name is resolved by its placeholder."""
        name = self._name()
        self.used_attributes.add(name)
        steps: list[str | int] = [name]
        while True:
            if self.take_if("."):
                steps.append(self._name())
            elif self.take_if("["):
                if self.next.kind != "index":
                    raise self.syntax_error()
                steps.append(int(self.take().text))
                self.expect("]")
            else:
                return self._check_depth(steps)

    def _check_depth(self, steps: list[str | int]) -> Path:
        if len(steps) > _DEEPEST:
            raise self.refuse(
                f"The document path has too many nesting levels; nesting levels: {len(steps)}"
            )
        return tuple(steps)

    def value(self) -> str:
        """Parses `:placeholder`."""
        if self.next.kind != "value":
            raise self.syntax_error()
        text = self.take().text
        self.used_values.add(text)
        return text

    def _name(self) -> str:
        if self.next.kind not in {"name", "alias"}:
            raise self.syntax_error()
        token = self.take()
        if token.kind == "alias":
            return self._resolve(token.text)
        if token.text.upper() in RESERVED:
            raise self.refuse(
                f"Attribute name is a reserved keyword; reserved keyword: {token.text}"
            )
        return token.text

    def _resolve(self, alias: str) -> str:
        self.used_names.add(alias)
        if alias not in self.names:
            raise self.refuse(
                "An expression attribute name used in the document path is not defined; "
                f"attribute name: {alias}"
            )
        return self.names[alias]
