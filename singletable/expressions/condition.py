"""Conditions as trees: combined with `&`, `|` and `~`, resolved against a scope, then rendered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import field

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.expressions.binder import Binder
from singletable.expressions.scope import Place, Scope
from singletable.expressions.truth import COMPARISONS
from singletable.records import record

NESTED = 64
"""Levels of conditions in conditions. DynamoDB takes 300 operators, in whatever order."""


class Condition(ABC):
    """A condition or filter expression; combined with `&`, `|` and `~`.

    `levels`: how deep others are nested inside.
    """

    levels: int = 0

    @abstractmethod
    def resolve(self, scope: Scope) -> Condition:
        """The condition on stored attributes: places found, values encoded, absence counted."""

    @abstractmethod
    def text(self, binder: Binder) -> str:
        """The expression text of a resolved condition."""

    @abstractmethod
    def fields(self) -> frozenset[str]:
        """The fields it names."""

    def render(self, binder: Binder, scope: Scope) -> str:
        """The expression text; `InvalidOperation` where the scope has no such place."""
        return self.resolve(scope).text(binder)

    def __and__(self, other: Condition) -> Condition:
        check_is_condition("what follows &", other)
        joined = join("AND", self, other)
        if joined.levels > NESTED:
            raise _too_deep(joined.levels)
        return joined

    def __or__(self, other: Condition) -> Condition:
        check_is_condition("what follows |", other)
        joined = join("OR", self, other)
        if joined.levels > NESTED:
            raise _too_deep(joined.levels)
        return joined

    def __invert__(self) -> Condition:
        if self.levels >= NESTED:
            raise _too_deep(self.levels + 1)
        return Not(self, self.levels + 1)

    def __bool__(self) -> bool:
        raise TypeError("a condition has no truth value here; combine with &, | and ~")


def check_is_condition(where: str, condition: object) -> None:
    """Raises `InvalidOperation` for anything else, such as the bool that `==` gives, or text."""
    if not isinstance(condition, Condition):
        raise InvalidOperation(
            where=where,
            declared=f"the condition {abridge(condition)}",
            allowed='conditions such as attr("status").equals(value)',
        )


def both(one: Condition | None, other: Condition | None) -> Condition | None:
    """Both conditions joined by AND, or the one that there is."""
    if one is None or other is None:
        return other if one is None else one
    return join("AND", one, other)


def all_of(conditions: Sequence[Condition]) -> Condition:
    """The conditions joined by AND; of one, that one."""
    return conditions[0] if len(conditions) == 1 else join("AND", *conditions)


@record
class Joined(Condition):
    word: str
    parts: tuple[Condition, ...]
    levels: int = field(default=1, compare=False, repr=False)

    def resolve(self, scope: Scope) -> Condition:
        return join(self.word, *[part.resolve(scope) for part in self.parts])._without_repetition()

    def _without_repetition(self) -> Condition:
        """The same without a presence that is asked twice, as for many tests of one default."""
        if self.word != "OR":
            return self
        seen, parts = set[object](), list[Condition]()
        for part in self.parts:
            asked = part.asked if isinstance(part, Presence | OfType) else None
            if asked is None or asked not in seen:
                parts.append(part)
            seen.add(asked)
        return Joined(self.word, tuple(parts)) if len(parts) > 1 else parts[0]

    def text(self, binder: Binder) -> str:
        return f" {self.word} ".join([self._part(part, binder) for part in self.parts])

    def _part(self, part: Condition, binder: Binder) -> str:
        text = part.text(binder)
        return f"({text})" if isinstance(part, Joined) else text

    def fields(self) -> frozenset[str]:
        return frozenset[str]().union(*(part.fields() for part in self.parts))


def join(word: str, *sides: Condition) -> Joined:
    """Combines flatly, so that a long chain is no deep tree."""
    parts, levels = list[Condition](), 1
    for side in sides:
        if type(side) is Joined and side.word == word:
            parts += side.parts
            inside = side.levels
        else:
            parts.append(side)
            inside = side.levels + 1
        if inside > levels:  # noqa: PLR1730 - max() takes three times as long
            levels = inside
    return Joined(word, tuple(parts), levels)


def _too_deep(levels: int) -> InvalidOperation:
    return InvalidOperation(
        where="a condition",
        declared=f"{levels} levels of conditions in conditions",
        allowed=f"{NESTED} levels; & and | side by side are one",
    )


@record
class Not(Condition):
    inner: Condition
    levels: int = field(default=1, compare=False, repr=False)

    def resolve(self, scope: Scope) -> Condition:
        return Not(self.inner.resolve(scope))

    def text(self, binder: Binder) -> str:
        return f"NOT ({self.inner.text(binder)})"

    def fields(self) -> frozenset[str]:
        return self.inner.fields()


class Resolved(Condition):
    """A condition on stored attributes, which asks no scope."""

    def resolve(self, scope: Scope) -> Condition:
        return self

    def fields(self) -> frozenset[str]:
        return frozenset()


@record(frozen=False)
class Test(Resolved):
    """One comparison or function of a place, with encoded operands: `#status = :status`."""

    operator: str
    place: Place
    operands: tuple[AttributeValue, ...] = ()

    def text(self, binder: Binder) -> str:
        path, name = self.place.path(binder), self.place.name
        if self.operator in COMPARISONS:
            return f"{path} {self.operator} {binder.value(self.operands[0], name)}"
        values = [binder.value(operand, name) for operand in self.operands]
        if self.operator == "BETWEEN":
            return f"{path} BETWEEN {values[0]} AND {values[1]}"
        if self.operator == "IN":
            return f"{path} IN ({', '.join(values)})"
        if self.operator.startswith("size "):
            return f"size({path}) {self.operator.removeprefix('size ')} {values[0]}"
        return f"{self.operator}({path}, {values[0]})"


@record(frozen=False)
class Presence(Resolved):
    """Whether there is something at a place, or at the first steps to it."""

    place: Place
    depth: int
    expected: bool

    @property
    def asked(self) -> tuple[object, ...]:
        """What is asked, which is equal for two conditions that ask the same."""
        return self.place.steps[: self.depth], self.expected

    def text(self, binder: Binder) -> str:
        function = "attribute_exists" if self.expected else "attribute_not_exists"
        return f"{function}({self.place.path(binder, self.depth)})"


_TYPE_NAMES = {"NULL": "null", "M": "map", "L": "list"}


@record(frozen=False)
class OfType(Resolved):
    """Whether something of this type stands at the first steps to a place."""

    place: Place
    depth: int
    tag: str

    @property
    def asked(self) -> tuple[object, ...]:
        return self.place.steps[: self.depth], self.tag

    def text(self, binder: Binder) -> str:
        value = binder.value({"S": self.tag}, _TYPE_NAMES[self.tag])
        return f"attribute_type({self.place.path(binder, self.depth)}, {value})"


@record(frozen=False)
class Versus(Resolved):
    """A comparison of two places: `#taken < #places`."""

    operator: str
    left: Place
    right: Place

    def text(self, binder: Binder) -> str:
        return f"{self.left.path(binder)} {self.operator} {self.right.path(binder)}"


@record
class Stored(Resolved):
    """A condition on attributes by their stored names, for what the engine itself adds."""

    template: str
    attribute: str
    value: AttributeValue | None = None

    def text(self, binder: Binder) -> str:
        name = binder.name(self.attribute)
        value = "" if self.value is None else binder.value(self.value, self.attribute)
        return self.template.format(name=name, value=value)


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
