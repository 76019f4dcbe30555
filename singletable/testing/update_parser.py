"""The grammar of update expressions and of projections."""

from __future__ import annotations

from singletable.testing.conditions import Attribute, Literal, Operand
from singletable.testing.paths import Path, check_apart
from singletable.testing.tokens import Parser
from singletable.testing.updates import Arithmetic, Change, IfNotExists, ListAppend, Update

_SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")
_CONDITION_FUNCTIONS = frozenset(
    {
        "attribute_exists",
        "attribute_not_exists",
        "attribute_type",
        "begins_with",
        "contains",
        "size",
    }
)


class UpdateParser(Parser):
    """Parses SET, REMOVE, ADD and DELETE, each at most once and in any order."""

    def update(self) -> Update:
        changes: list[Change] = []
        seen: set[str] = set()
        while self.next.kind != "end":
            section = self._section()
            if section in seen:
                raise self.refuse(
                    f'The "{section}" section can only be used once in an update expression;'
                )
            seen.add(section)
            changes.append(self._change(section))
            while self.take_if(","):
                changes.append(self._change(section))
        if not changes:
            raise self.syntax_error()
        check_apart(self.label, [change.path for change in changes])
        return Update(tuple(changes))

    def _section(self) -> str:
        for section in _SECTIONS:
            if self.take_if(section):
                return section
        raise self.syntax_error()

    def _change(self, section: str) -> Change:
        path = self.path()
        if section == "REMOVE":
            return Change(section, path)
        if section == "SET":
            self.expect("=")
            return Change(section, path, self._sum())
        return Change(section, path, Literal(self.value()))

    def _sum(self) -> Operand:
        left = self._operand()
        for operator in ("+", "-"):
            if self.take_if(operator):
                return Arithmetic(operator, left, self._operand())
        return left

    def _operand(self) -> Operand:
        if self.take_if("("):
            inner = self._sum()
            self.expect(")")
            return inner
        if self.next.kind == "value":
            return Literal(self.value())
        if self.next.kind == "name" and self.after_next.text == "(":
            return self._function()
        return Attribute(self.path())

    def _function(self) -> Operand:
        name = self.take().text
        if name not in {"if_not_exists", "list_append"}:
            allowed = name in _CONDITION_FUNCTIONS
            problem = "The function is not allowed in an update expression"
            raise self.refuse(
                f"{problem if allowed else 'Invalid function name'}; function: {name}"
            )
        self.expect("(")
        operands = [self._operand()]
        while self.take_if(","):
            operands.append(self._operand())
        self.expect(")")
        if len(operands) != 2:
            raise self.refuse(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(operands)}"
            )
        return self._call(name, *operands)

    def _call(self, name: str, first: Operand, second: Operand) -> Operand:
        if name == "list_append":
            return ListAppend(first, second)
        if not isinstance(first, Attribute):
            raise self.refuse(
                f"Operator or function requires a document path; operator or function: {name}"
            )
        return IfNotExists(first.path, second)


class ProjectionParser(Parser):
    """Parses paths separated by commas."""

    def paths(self) -> tuple[Path, ...]:
        paths = [self.path()]
        while self.take_if(","):
            paths.append(self.path())
        self.expect_end()
        check_apart(self.label, paths)
        return tuple(paths)
