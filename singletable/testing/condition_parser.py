"""The grammar of conditions: OR binds least, then AND, then NOT, then comparisons."""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

from singletable.testing.conditions import (
    Attribute,
    Between,
    Comparison,
    Condition,
    Conjunction,
    Existence,
    Literal,
    Membership,
    Negation,
    Operand,
    Search,
    Size,
)
from singletable.testing.tokens import Parser

_CHOICES = 100
_OPERATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
_Node: TypeAlias = Condition | Operand


class ConditionParser(Parser):
    """Parses a condition, filter or key condition."""

    def condition(self) -> Condition:
        node = self._or()
        if not _is_condition(node):
            self._check_usage(node)
            raise self.syntax_error()
        self.expect_end()
        return node

    def _or(self) -> _Node:
        parts = [self._and()]
        while self.take_if("OR"):
            parts.append(self._and())
        return self._join(parts, every=False)

    def _and(self) -> _Node:
        parts = [self._not()]
        while self.take_if("AND"):
            parts.append(self._not())
        return self._join(parts, every=True)

    def _join(self, parts: list[_Node], *, every: bool) -> _Node:
        if len(parts) == 1:
            return parts[0]
        return Conjunction(tuple([self._as_condition(part) for part in parts]), every)

    def _not(self) -> _Node:
        if self.take_if("NOT"):
            return Negation(self._as_condition(self._not()))
        return self._comparison()

    def _comparison(self) -> _Node:
        left = self._term()
        if self.next.text in _OPERATORS:
            operator = self.take().text
            return Comparison(operator, self._as_operand(left), self._operand())
        if self.take_if("BETWEEN"):
            lower = self._operand()
            self.expect("AND")
            return Between(self._as_operand(left), lower, self._operand())
        if self.take_if("IN"):
            return Membership(self._as_operand(left), self._choices())
        return left

    def _choices(self) -> tuple[Operand, ...]:
        self.expect("(")
        choices = [self._operand()]
        while self.take_if(","):
            choices.append(self._operand())
        self.expect(")")
        if len(choices) > _CHOICES:
            raise self.refuse(
                "Invalid number of operands for operator or function; "
                f"operator or function: IN, number of operands: {len(choices)}"
            )
        return tuple(choices)

    def _term(self) -> _Node:
        if self.take_if("("):
            return self._parentheses()
        if self.next.kind == "value":
            return Literal(self.value())
        if self.next.kind == "name" and self.after_next.text == "(":
            return self._function()
        return Attribute(self.path())

    def _parentheses(self) -> _Node:
        doubled = self.is_next("(")
        start = self.at
        node = self._or()
        self.expect(")")
        if doubled and self._closing_of(start) == self.at - 2:
            raise self.refuse("The expression has redundant parentheses;")
        return node

    def _closing_of(self, opening: int) -> int:
        depth = 0
        for at in range(opening, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.tokens[at].text, 0)
            if depth == 0:
                return at
        return -1

    def _operand(self) -> Operand:
        return self._as_operand(self._term())

    def _function(self) -> _Node:
        name = self.take().text
        if name not in _FUNCTIONS:
            raise self.refuse(f"Invalid function name; function: {name}")
        self.expect("(")
        operands = [self._operand()]
        while self.take_if(","):
            operands.append(self._operand())
        self.expect(")")
        if len(operands) != _FUNCTIONS[name]:
            raise self.refuse(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(operands)}"
            )
        return self._call(name, operands)

    def _call(self, name: str, operands: list[Operand]) -> _Node:
        if name == "size":
            return Size(operands[0])
        if len(operands) == 2:
            return Search(name, operands[0], operands[1])
        if not isinstance(operands[0], Attribute):
            raise self.refuse(
                f"Operator or function requires a document path; operator or function: {name}"
            )
        return Existence(operands[0], expected=name == "attribute_exists")

    def _as_condition(self, node: _Node) -> Condition:
        if _is_condition(node):
            return node
        self._check_usage(node)
        raise self.syntax_error()

    def _as_operand(self, node: _Node) -> Operand:
        if isinstance(node, Attribute | Literal | Size):
            return node
        if isinstance(node, Search | Existence):
            name = node.function if isinstance(node, Search) else "attribute_exists"
            raise self._misuse_error(name)
        raise self.syntax_error()

    def _check_usage(self, node: _Node) -> None:
        if isinstance(node, Size):
            raise self._misuse_error("size")

    def _misuse_error(self, function: str) -> Exception:
        return self.refuse(
            "The function is not allowed to be used this way in an expression; "
            f"function: {function}"
        )


def _is_condition(node: _Node) -> TypeGuard[Condition]:
    return not isinstance(node, Attribute | Literal | Size)
