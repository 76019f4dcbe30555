"""Conditions as trees, rendered to expression text against a scope."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions.binder import Binder
from singletable.expressions.scope import Scope, Step

IN_VALUES = 100


class Condition(ABC):
    """A condition or filter expression; combined with `&`, `|` and `~`."""

    @abstractmethod
    def render(self, binder: Binder, scope: Scope) -> str:
        """The expression text."""

    @abstractmethod
    def fields(self) -> frozenset[str]:
        """The fields it names."""

    def __and__(self, other: Condition) -> Condition:
        return _join("AND", self, other)

    def __or__(self, other: Condition) -> Condition:
        return _join("OR", self, other)

    def __invert__(self) -> Condition:
        return Not(self)

    def __bool__(self) -> bool:
        raise TypeError("a condition has no truth value here; combine with &, | and ~")


def check_is_condition(where: str, condition: object) -> None:
    """Raises `InvalidOperation` for anything else, such as the bool that `==` gives, or text."""
    if not isinstance(condition, Condition):
        raise InvalidOperation(
            where=where,
            declared=f"the condition {condition!r}",
            allowed='conditions such as attr("status").equals(value)',
        )


def both(one: Condition | None, other: Condition | None) -> Condition | None:
    """Both conditions joined by AND, or the one that there is."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


@dataclass(frozen=True)
class Joined(Condition):
    word: str
    parts: tuple[Condition, ...]

    def render(self, binder: Binder, scope: Scope) -> str:
        return f" {self.word} ".join(self._part(part, binder, scope) for part in self.parts)

    def _part(self, part: Condition, binder: Binder, scope: Scope) -> str:
        text = part.render(binder, scope)
        return f"({text})" if isinstance(part, Joined) and part.word != self.word else text

    def fields(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.fields() for part in self.parts))


def _join(word: str, *sides: Condition) -> Condition:
    """Combines flatly, so that a long chain is no deep tree."""
    parts = [
        part
        for side in sides
        for part in (side.parts if isinstance(side, Joined) and side.word == word else (side,))
    ]
    return Joined(word, tuple(parts))


@dataclass(frozen=True)
class Not(Condition):
    inner: Condition

    def render(self, binder: Binder, scope: Scope) -> str:
        return f"NOT ({self.inner.render(binder, scope)})"

    def fields(self) -> frozenset[str]:
        return self.inner.fields()


@dataclass(frozen=True)
class _OnPath(Condition):
    steps: tuple[Step, ...]

    def fields(self) -> frozenset[str]:
        return frozenset({str(self.steps[0])})


@dataclass(frozen=True)
class Compare(_OnPath):
    operator: str
    value: object

    def render(self, binder: Binder, scope: Scope) -> str:
        path = scope.path(binder, self.steps)
        return f"{path} {self.operator} {scope.value(binder, self.steps, self.value)}"


@dataclass(frozen=True)
class Between(_OnPath):
    low: object
    high: object

    def render(self, binder: Binder, scope: Scope) -> str:
        path = scope.path(binder, self.steps)
        low, high = (scope.value(binder, self.steps, end) for end in (self.low, self.high))
        return f"{path} BETWEEN {low} AND {high}"


@dataclass(frozen=True)
class In(_OnPath):
    values: tuple[object, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= IN_VALUES:
            raise InvalidOperation(
                where=f"{self.steps[0]} is in",
                declared=f"{len(self.values)} values",
                allowed=f"1 to {IN_VALUES}",
            )

    def render(self, binder: Binder, scope: Scope) -> str:
        path = scope.path(binder, self.steps)
        values = ", ".join(scope.value(binder, self.steps, value) for value in self.values)
        return f"{path} IN ({values})"


@dataclass(frozen=True)
class Function(_OnPath):
    name: str

    def render(self, binder: Binder, scope: Scope) -> str:
        return f"{self.name}({scope.path(binder, self.steps)})"


@dataclass(frozen=True)
class Contains(_OnPath):
    name: str
    value: object

    def render(self, binder: Binder, scope: Scope) -> str:
        path = scope.path(binder, self.steps)
        encoded = scope.by_type(self.value)
        if encoded is None:
            raise InvalidOperation(
                where=f"{self.name}({self.steps[0]})",
                declared=f"{self.value!r}",
                allowed="a value that is stored",
            )
        return f"{self.name}({path}, {binder.value(encoded, str(self.steps[0]))})"


@dataclass(frozen=True)
class SizeCompare(_OnPath):
    operator: str
    count: int

    def render(self, binder: Binder, scope: Scope) -> str:
        path = scope.path(binder, self.steps)
        count = binder.value({"N": str(self.count)}, str(self.steps[0]))
        return f"size({path}) {self.operator} {count}"


@dataclass(frozen=True)
class Stored(Condition):
    """A condition on attributes by their stored names, for what the engine itself adds."""

    text: str
    attribute: str
    value: AttributeValue | None = None

    def render(self, binder: Binder, scope: Scope) -> str:
        name = binder.name(self.attribute)
        value = "" if self.value is None else binder.value(self.value, self.attribute)
        return self.text.format(name=name, value=value)

    def fields(self) -> frozenset[str]:
        return frozenset()


def attribute_exists(attribute: str) -> Condition:
    """The item has this stored attribute; it exists, if that is its partition key."""
    return Stored("attribute_exists({name})", attribute)


def attribute_not_exists(attribute: str) -> Condition:
    """The item lacks this stored attribute, or does not exist."""
    return Stored("attribute_not_exists({name})", attribute)


def stored_equals(attribute: str, value: AttributeValue | None) -> Condition:
    """The stored attribute is exactly this wire value, or absent when that is None."""
    if value is None:
        return attribute_not_exists(attribute)
    return Stored("{name} = {value}", attribute, value)
