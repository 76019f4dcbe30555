"""Update expressions: parsed into changes, computed on the old item, applied to a new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from singletable.testing.conditions import Operand, Values, check_literal
from singletable.testing.errors import build_validation
from singletable.testing.numbers import add_numbers, subtract_numbers
from singletable.testing.paths import MISSING, Missing, Path, find, order_of
from singletable.testing.values import Item, Value, kind_of

_SETS = frozenset({"SS", "NS", "BS"})
_ADDED = _SETS | {"N"}
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": add_numbers,
    "-": subtract_numbers,
}


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str
    left: Operand
    right: Operand

    def find(self, item: Item, values: Values) -> Value | Missing:
        left, right = compute(self.left, item, values), compute(self.right, item, values)
        if not isinstance(left, Decimal) or not isinstance(right, Decimal):
            raise _wrong_type()
        return _ARITHMETIC[self.operator](left, right)


@dataclass(frozen=True, slots=True)
class ListAppend:
    left: Operand
    right: Operand

    def find(self, item: Item, values: Values) -> Value | Missing:
        left, right = compute(self.left, item, values), compute(self.right, item, values)
        if not isinstance(left, tuple) or not isinstance(right, tuple):
            raise _wrong_type()
        return left + right


@dataclass(frozen=True, slots=True)
class IfNotExists:
    path: Path
    fallback: Operand

    def find(self, item: Item, values: Values) -> Value | Missing:
        found = find(item, self.path)
        return compute(self.fallback, item, values) if found is MISSING else found


@dataclass(frozen=True, slots=True)
class Change:
    """One action of a section; a REMOVE has no operand."""

    section: str
    path: Path
    operand: Operand | None = None

    def check(self, values: Values, label: str) -> None:
        """Refuses literals of a wrong type, whatever the item is."""
        if self.operand is not None and self.section in {"ADD", "DELETE"}:
            allowed = _ADDED if self.section == "ADD" else _SETS
            check_literal(label, self.section, self.operand, values, allowed)
        elif self.operand is not None:
            _check_operands(self.operand, values, label)

    def result(self, item: Item, values: Values) -> Value | Missing:
        """The value at the path afterwards; MISSING for nothing."""
        if self.operand is None:
            return MISSING
        given = compute(self.operand, item, values)
        if self.section == "SET":
            return given
        return _COMBINATIONS[self.section](find(item, self.path), given)


@dataclass(frozen=True, slots=True)
class Update:
    """The changes of an update expression; their paths do not overlap."""

    changes: tuple[Change, ...]

    @property
    def paths(self) -> list[Path]:
        return [change.path for change in self.changes]

    @property
    def target_paths(self) -> list[Path]:
        """The paths that are given a value."""
        return [change.path for change in self.changes if change.section != "REMOVE"]

    def check(self, values: Values, label: str) -> None:
        for change in self.changes:
            change.check(values, label)

    def apply(self, item: Item, values: Values) -> Item:
        """The new item; every operand sees the old one, and so does every list index.

        Values are written in the order of list indexes, so that those beyond a list's end are
        appended in this order; elements are removed from the end, so that none moves before.
        """
        results = [(change.path, change.result(item, values)) for change in self.changes]
        results.sort(key=lambda result: order_of(result[0]))
        for path, value in results:
            if value is not MISSING:
                item = _entries(_put(item, path, value))
        for path, value in reversed(results):
            if value is MISSING:
                item = _entries(_remove(item, path))
        return item


def compute(operand: Operand, item: Item, values: Values) -> Value:
    """An operand's value, which must exist."""
    found = operand.find(item, values)
    if found is MISSING:
        raise build_validation(
            "The provided expression refers to an attribute that does not exist in the item"
        )
    return found


def _check_operands(operand: Operand, values: Values, label: str) -> None:
    if isinstance(operand, IfNotExists):
        _check_operands(operand.fallback, values, label)
    elif isinstance(operand, Arithmetic | ListAppend):
        name, kind = (
            (operand.operator, "N") if isinstance(operand, Arithmetic) else ("list_append", "L")
        )
        for side in (operand.left, operand.right):
            check_literal(label, name, side, values, frozenset({kind}))
            _check_operands(side, values, label)


def _put(container: Value, path: Path, value: Value) -> Value:
    """The container with the value at the path; its containers must exist."""
    step, rest = path[0], path[1:]
    if isinstance(step, str) and isinstance(container, dict):
        if not rest:
            return {**container, step: value}
        if step in container:
            return {**container, step: _put(container[step], rest, value)}
    elif isinstance(step, int) and isinstance(container, tuple):
        if step < len(container):
            new = _put(container[step], rest, value) if rest else value
            return (*container[:step], new, *container[step + 1 :])
        if not rest:
            return (*container, value)
    raise _invalid_path()


def _remove(container: Value, path: Path) -> Value:
    """The container without what is at the path; the last step may be missing already."""
    step, rest = path[0], path[1:]
    if isinstance(step, str) and isinstance(container, dict):
        if not rest:
            return {name: value for name, value in container.items() if name != step}
        if step in container:
            return {**container, step: _remove(container[step], rest)}
    elif isinstance(step, int) and isinstance(container, tuple):
        if not rest:
            return (*container[:step], *container[step + 1 :])
        if step < len(container):
            new = _remove(container[step], rest)
            return (*container[:step], new, *container[step + 1 :])
    raise _invalid_path()


def _entries(value: Value) -> Item:
    if not isinstance(value, dict):
        raise _invalid_path()
    return value


def _add(found: Value | Missing, given: Value) -> Value | Missing:
    if found is MISSING:
        return given
    if isinstance(found, Decimal) and isinstance(given, Decimal):
        return add_numbers(found, given)
    left, right = _matching_sets(found, given)
    return left | right


def _delete(found: Value | Missing, given: Value) -> Value | Missing:
    if found is MISSING:
        return MISSING
    left, right = _matching_sets(found, given)
    return left - right or MISSING


def _matching_sets(found: Value, given: Value) -> tuple[frozenset[Any], frozenset[Any]]:
    if isinstance(found, frozenset) and isinstance(given, frozenset):
        if kind_of(found) != kind_of(given):
            raise _wrong_type()
        return found, given
    raise _wrong_type()


def _wrong_type() -> Exception:
    return build_validation("An operand in the update expression has an incorrect data type")


def _invalid_path() -> Exception:
    return build_validation(
        "The document path provided in the update expression is invalid for update"
    )


_COMBINATIONS: dict[str, Callable[[Value | Missing, Value], Value | Missing]] = {
    "ADD": _add,
    "DELETE": _delete,
}
