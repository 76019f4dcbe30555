"""Conditions as trees: each node checks its literals once and is then evaluated on items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, Protocol, TypeAlias

from singletable.testing.errors import build_validation
from singletable.testing.paths import MISSING, Missing, Path, find, show
from singletable.testing.values import Item, Value, encode, equals, kind_of

Values: TypeAlias = Mapping[str, Value]
_ORDERED = frozenset({"S", "N", "B"})
_SIZED = frozenset({"S", "B", "SS", "NS", "BS", "L", "M"})
_SEARCHED = frozenset({"S", "B", "SS", "NS", "BS", "L"})
_TYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"})
_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


class Operand(Protocol):
    def find(self, item: Item, values: Values) -> Value | Missing: ...


class Condition(Protocol):
    def check(self, values: Values, label: str) -> None:
        """Refuses literals of a wrong type, whatever the items are."""

    def holds(self, item: Item, values: Values) -> bool: ...


@dataclass(frozen=True, slots=True)
class Attribute:
    path: Path

    def find(self, item: Item, values: Values) -> Value | Missing:
        return find(item, self.path)


@dataclass(frozen=True, slots=True)
class Literal:
    placeholder: str

    def find(self, item: Item, values: Values) -> Value | Missing:
        return values[self.placeholder]


@dataclass(frozen=True, slots=True)
class Size:
    """Length of a text in UTF-16 or of bytes, number of elements of a set, list or map."""

    operand: Operand

    def find(self, item: Item, values: Values) -> Value | Missing:
        value = self.operand.find(item, values)
        if isinstance(value, str):
            return Decimal(len(value.encode("utf-16-le")) // 2)
        if isinstance(value, bytes | frozenset | tuple | dict):
            return Decimal(len(value))
        return MISSING


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Operand
    right: Operand

    def check(self, values: Values, label: str) -> None:
        check_distinct(label, self.operator, self.left, self.right)
        allowed = _TYPES if self.operator in {"=", "<>"} else _ORDERED
        for operand in (self.left, self.right):
            check_literal(label, self.operator, operand, values, allowed)

    def holds(self, item: Item, values: Values) -> bool:
        left, right = self.left.find(item, values), self.right.find(item, values)
        if self.operator == "=":
            return _same(left, right)
        if self.operator == "<>":
            return not _same(left, right)
        return _are_ordered(left, right) and _ORDERINGS[self.operator](left, right)


@dataclass(frozen=True, slots=True)
class Between:
    operand: Operand
    lower: Operand
    upper: Operand

    def check(self, values: Values, label: str) -> None:
        check_distinct(label, "BETWEEN", self.operand, self.lower, self.upper)
        for operand in (self.operand, self.lower, self.upper):
            check_literal(label, "BETWEEN", operand, values, _ORDERED)
        if isinstance(self.lower, Literal) and isinstance(self.upper, Literal):
            _check_bounds(label, values[self.lower.placeholder], values[self.upper.placeholder])

    def holds(self, item: Item, values: Values) -> bool:
        at_least = Comparison(">=", self.operand, self.lower)
        return at_least.holds(item, values) and Comparison("<=", self.operand, self.upper).holds(
            item, values
        )


@dataclass(frozen=True, slots=True)
class Membership:
    operand: Operand
    choices: tuple[Operand, ...]

    def check(self, values: Values, label: str) -> None:
        check_distinct(label, "IN", self.operand, *self.choices)

    def holds(self, item: Item, values: Values) -> bool:
        found = self.operand.find(item, values)
        return any(_same(found, choice.find(item, values)) for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Existence:
    operand: Operand
    expected: bool

    def check(self, values: Values, label: str) -> None:
        pass

    def holds(self, item: Item, values: Values) -> bool:
        return (self.operand.find(item, values) is not MISSING) is self.expected


@dataclass(frozen=True, slots=True)
class Search:
    """`begins_with`, `contains` and `attribute_type`."""

    function: str
    left: Operand
    right: Operand

    def check(self, values: Values, label: str) -> None:
        check_distinct(label, self.function, self.left, self.right)
        searched, sought = _SEARCH_TYPES[self.function]
        check_literal(label, self.function, self.left, values, searched)
        check_literal(label, self.function, self.right, values, sought)
        if self.function == "attribute_type" and isinstance(self.right, Literal):
            _check_type_name(label, values[self.right.placeholder])

    def holds(self, item: Item, values: Values) -> bool:
        left, right = self.left.find(item, values), self.right.find(item, values)
        if left is MISSING or right is MISSING:
            return False
        return _SEARCHES[self.function](left, right)


@dataclass(frozen=True, slots=True)
class Conjunction:
    """AND and, where `every` is false, OR."""

    parts: tuple[Condition, ...]
    every: bool

    def check(self, values: Values, label: str) -> None:
        for part in self.parts:
            part.check(values, label)

    def holds(self, item: Item, values: Values) -> bool:
        for part in self.parts:
            if part.holds(item, values) is not self.every:
                return not self.every
        return self.every


@dataclass(frozen=True, slots=True)
class Negation:
    part: Condition

    def check(self, values: Values, label: str) -> None:
        self.part.check(values, label)

    def holds(self, item: Item, values: Values) -> bool:
        return not self.part.holds(item, values)


def check_literal(
    label: str, operator: str, operand: Operand, values: Values, allowed: frozenset[str]
) -> None:
    """Refuses a literal, or the size of one, of a type that the operator does not take."""
    if isinstance(operand, Size):
        check_literal(label, "size", operand.operand, values, _SIZED)
        kind = "N"
    elif isinstance(operand, Literal):
        kind = kind_of(values[operand.placeholder])
    else:
        return
    if kind not in allowed:
        raise build_validation(
            f"Invalid {label}: Incorrect operand type for operator or function; "
            f"operator or function: {operator}, operand type: {kind}"
        )


def check_distinct(label: str, operator: str, first: Operand, *others: Operand) -> None:
    if isinstance(first, Attribute) and first in others:
        raise build_validation(
            f"Invalid {label}: The first operand must be distinct from the remaining operands for "
            f"this operator or function; operator: {operator}, first operand: {show(first.path)}"
        )


def _check_bounds(label: str, lower: Value, upper: Value) -> None:
    if kind_of(lower) != kind_of(upper):
        problem = "same data type for lower and upper bounds"
    elif _ORDERINGS[">"](lower, upper):
        problem = "upper bound to be greater than or equal to lower bound"
    else:
        return
    shown = [f"AttributeValue: {encode(bound)}" for bound in (lower, upper)]
    raise build_validation(
        f"Invalid {label}: The BETWEEN operator requires {problem}; "
        f"lower bound operand: {shown[0]}, upper bound operand: {shown[1]}"
    )


def _check_type_name(label: str, name: Value) -> None:
    if name not in _TYPES:
        raise build_validation(
            f"Invalid {label}: Invalid attribute type name found; type: {name!r}, "
            f"valid types: {{{','.join(sorted(_TYPES))}}}"
        )


def _same(left: Value | Missing, right: Value | Missing) -> bool:
    return left is not MISSING and right is not MISSING and equals(left, right)


def _are_ordered(left: Value | Missing, right: Value | Missing) -> bool:
    return type(left) is type(right) and isinstance(left, str | Decimal | bytes)


def _begins_with(value: Value, beginning: Value) -> bool:
    if isinstance(value, str) and isinstance(beginning, str):
        return value.startswith(beginning)
    return isinstance(value, bytes) and isinstance(beginning, bytes) and value.startswith(beginning)


def _contains(value: Value, part: Value) -> bool:
    if isinstance(value, str):
        return isinstance(part, str) and part in value
    if isinstance(value, bytes):
        return isinstance(part, bytes) and part in value
    if isinstance(value, tuple | frozenset):
        return any(equals(element, part) for element in value)
    return False


def _is_of_type(value: Value, name: Value) -> bool:
    return kind_of(value) == name


_SEARCHES: dict[str, Callable[[Value, Value], bool]] = {
    "begins_with": _begins_with,
    "contains": _contains,
    "attribute_type": _is_of_type,
}
_SEARCH_TYPES = {
    "begins_with": (frozenset({"S", "B"}), frozenset({"S", "B"})),
    "contains": (_SEARCHED, _TYPES),
    "attribute_type": (_TYPES, frozenset({"S"})),
}
