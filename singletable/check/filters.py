"""Whether a filter that a file has is an expression that DynamoDB reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from singletable.check.findings import Finding, Rule, Witness
from singletable.design import ir

NO_EXPRESSION = Rule(
    "filter-no-expression",
    "warning",
    "The filter is no expression that DynamoDB reads",
    "A filter compares an item's attributes with values; it knows no other item, and no words.",
    "Write it as a condition, such as total >= :least AND attribute_exists(paid).",
)
RULES = (NO_EXPRESSION,)

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<value>:\w+|\{\w+\}|-?\d+(?:\.\d+)?|"[^"]*"|'[^']*')
      | (?P<word>\#?[A-Za-z_][\w#-]*(?:\[\d+\])*(?:\.\#?[A-Za-z_][\w#-]*(?:\[\d+\])*)*)
      | (?P<sign><>|<=|>=|[=<>(),])
    )""",
    re.VERBOSE,
)
_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
_SIGNS = {"=", "<>", "<", "<=", ">", ">="}
_MOST_NESTED = 100


def filter_findings(design: ir.Design) -> Iterator[Finding]:
    """Of files alone: in Python conditions are objects."""
    tables = {each.table for each in design.entities if each.module}
    for pattern in design.patterns:
        for read in pattern.operation.reads:
            if read.filter is not None and read.table not in tables:
                problem = problem_of(read.filter.text)
                if problem:
                    declared = f"{read.filter.text}: {problem}"
                    scan = {"TableName": read.table, "FilterExpression": read.filter.text}
                    witness = Witness((), ir.Request("Scan", scan), "refused")
                    yield Finding(NO_EXPRESSION, pattern.name, declared, witness, pattern.place)


def problem_of(text: str) -> str:
    """What DynamoDB cannot read of an expression; empty if it reads all of it."""
    try:
        _Reader(text).read()
    except _Unreadable as problem:
        return str(problem)
    return ""


class _Unreadable(Exception):
    """Says what stands where something else is due."""


class _Reader:
    """A recursive descent through the grammar of conditions; values may stand as they are."""

    def __init__(self, text: str) -> None:
        self._tokens = list[tuple[str, str]]()
        self._at, end = 0, 0
        while text[end:].strip():
            found = _TOKEN.match(text, end)
            if found is None:
                raise _Unreadable(f"{text[end:].strip()[:20]!r} is nothing that an expression has")
            self._tokens.append((found.lastgroup or "", found[found.lastgroup or 0]))
            end = found.end()

    def read(self) -> None:
        self._conditions(0)
        if self._at < len(self._tokens):
            raise _Unreadable(f"{self._text()!r} stands where AND, OR or the end is due")

    def _text(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else "the end"

    def _takes(self, *words: str) -> bool:
        if self._at < len(self._tokens) and self._text().upper() in words:
            self._at += 1
            return True
        return False

    def _require(self, word: str) -> None:
        if not self._takes(word):
            raise _Unreadable(f"{self._text()!r} stands where {word} is due")

    def _conditions(self, depth: int) -> None:
        if depth > _MOST_NESTED:
            raise _Unreadable("it is nested too deep")
        self._condition(depth)
        while self._takes("AND", "OR"):
            self._condition(depth)

    def _condition(self, depth: int) -> None:
        while self._takes("NOT"):
            pass
        if self._takes("("):
            self._conditions(depth + 1)
            self._require(")")
            return
        name = self._text()
        if name in _FUNCTIONS and self._is_called():
            self._at += 1
            self._call(_FUNCTIONS[name])
            return
        self._operand()
        if self._takes("BETWEEN"):
            self._operand()
            self._require("AND")
            self._operand()
        elif self._takes("IN"):
            self._require("(")
            self._operand()
            while self._takes(","):
                self._operand()
            self._require(")")
        elif not self._takes(*_SIGNS):
            raise _Unreadable(f"{self._text()!r} stands where a comparison is due")
        else:
            self._operand()

    def _is_called(self) -> bool:
        return self._tokens[self._at + 1 : self._at + 2] == [("sign", "(")]

    def _call(self, count: int) -> None:
        self._require("(")
        for number in range(count):
            if number:
                self._require(",")
            self._operand()
        self._require(")")

    def _operand(self) -> None:
        if self._text() == "size" and self._is_called():
            self._at += 1
            self._call(1)
        elif self._at < len(self._tokens) and self._tokens[self._at][0] in ("value", "word"):
            self._at += 1
        else:
            raise _Unreadable(f"{self._text()!r} stands where an attribute or a value is due")
