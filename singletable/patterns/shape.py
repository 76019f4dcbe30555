"""The shape of a pattern's plan: what every operation that the pattern asks must have in common.

Kind, keys, given fields, range, filter, limits, writes and constants belong to it; the values of
arguments do not. It is compiled once, for it is compared at every call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import singledispatch
from operator import attrgetter
from types import NoneType
from typing import Any, Final

from pydantic import BaseModel

from singletable.codec.errors import short_repr
from singletable.errors.request import Label
from singletable.expressions import Condition
from singletable.operations.reads.key_conditions import Range
from singletable.patterns.plan import field_names
from singletable.records import record
from singletable.schema import CompiledKey, Schema
from singletable.tracing import Symbol

_UNSHAPED: Final = frozenset({"origin", "result_of"})
_SETS: Final = (set, frozenset)
_CONSTANTS: Final = frozenset({str, int, bool, NoneType})
_FIXED: Final = (Schema, CompiledKey, type)


@record
class Difference:
    """What differs between the plan and what is asked: the part, and both as text."""

    part: str
    planned: str
    asked: str


class Shape(ABC):
    """The shape of one value."""

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Whether a value has this shape."""

    @abstractmethod
    def find_difference(self, value: Any, part: str) -> Difference:
        """What differs, of a value that does not fit."""


@singledispatch
def shape_of(plan: object) -> Shape | None:
    """The shape of a planned value; None for an argument, which may have any value."""
    return Record(plan) if is_dataclass(plan) else _Constant(plan)


@record
class _Constant(Shape):
    """What is the same in plan and operation: equal, and of one type."""

    planned: object

    def fits(self, value: Any) -> bool:
        return value is self.planned or (
            type(value) is type(self.planned) and bool(value == self.planned)
        )

    def is_plain(self, *, is_strict: bool) -> bool:
        """Whether equality alone does, because nothing of another type is equal."""
        return not is_strict or type(self.planned) in (str, tuple, type(None))

    def find_difference(self, value: Any, part: str) -> Difference:
        return Difference(part, show(self.planned), show(value))


class _Fixed(_Constant):
    """A schema or key, of which there is one."""

    __slots__ = ()

    def fits(self, value: Any) -> bool:
        return value is self.planned


class _Given(_Constant):
    """An end of a range that an argument gives."""

    __slots__ = ()

    def fits(self, value: Any) -> bool:
        return value is not None

    def is_plain(self, *, is_strict: bool) -> bool:
        return False


def _shape_inside(value: object) -> Shape | None:
    # Most values are constants of these classes, which the dispatch would find out at some cost.
    return _Constant(value) if type(value) in _CONSTANTS else shape_of(value)


class Record(Shape):
    """A dataclass: constants, those of dataclasses inside too, are compared at once, by one getter.

    The others are compared by their shapes.
    """

    def __init__(self, plan: Any, known: Mapping[str, Shape | None] | None = None) -> None:
        self.kind: type[Any] = type(plan)
        names = [name for name in field_names(self.kind) if name not in _UNSHAPED]
        given = known or {}
        shapes = {
            name: given[name] if name in given else _shape_inside(getattr(plan, name))
            for name in names
        }
        is_strict = isinstance(plan, Condition)
        self.plain: list[tuple[str, object]] = [("__class__", self.kind)]
        self.parts: list[tuple[str, Callable[[Any], Any], Shape]] = []
        for name, shape in shapes.items():
            if isinstance(shape, Record):
                self.plain += [(f"{name}.{inner}", value) for inner, value in shape.plain]
                self.parts += [
                    (path, attrgetter(path), each)
                    for inner, _, each in shape.parts
                    for path in [f"{name}.{inner}"]
                ]
            elif isinstance(shape, _Constant) and shape.is_plain(is_strict=is_strict):
                self.plain.append((name, shape.planned))
            elif shape is not None:
                self.parts.append((name, attrgetter(name), shape))
        self.values: Callable[[Any], Any] = attrgetter(*(name for name, _ in self.plain))
        self.planned: Any = tuple(value for _, value in self.plain)
        if len(self.plain) == 1:
            (self.planned,) = self.planned

    def fits(self, value: Any) -> bool:
        try:
            if self.values(value) != self.planned:
                return False
        except AttributeError:  # a part is of another class
            return False
        for _, get, shape in self.parts:  # noqa: SIM110 - twice as fast as all() of a generator
            if not shape.fits(get(value)):
                return False
        return True

    def find_difference(self, value: Any, part: str) -> Difference:
        for name, planned in self.plain:
            asked = attrgetter(name)(value)
            if asked != planned:
                shown = f"{part}.{name}".removesuffix(".__class__")
                return Difference(shown, show(planned), show(asked))
        return first_difference(
            ((f"{part}.{name}", shape, get(value)) for name, get, shape in self.parts), part
        )


class _Named(Shape):
    """A mapping: the same names, and the same constants under them."""

    def __init__(self, plan: Mapping[str, object]) -> None:
        self.kind: type[Any] = type(plan)
        self.names = plan.keys()
        shapes = {name: shape_of(value) for name, value in plan.items()}
        self.parts = [(name, each) for name, each in shapes.items() if each is not None]

    def fits(self, value: Any) -> bool:
        if type(value) is not self.kind or value.keys() != self.names:
            return False
        for name, shape in self.parts:  # noqa: SIM110
            if not shape.fits(value[name]):
                return False
        return True

    def find_difference(self, value: Any, part: str) -> Difference:
        if type(value) is not self.kind or value.keys() != self.names:
            return Difference(part, show_names(self.names), show_names(value or ()))
        return first_difference(
            ((f"{part}.{name}", shape, value[name]) for name, shape in self.parts), part
        )


class _Sequence(Shape):
    def __init__(self, plan: Sequence[object]) -> None:
        self.kind: type[Any] = type(plan)
        self.length = len(plan)
        shapes = map(shape_of, plan)
        self.parts = [(at, each) for at, each in enumerate(shapes) if each is not None]

    def fits(self, value: Any) -> bool:
        if type(value) is not self.kind or len(value) != self.length:
            return False
        for at, shape in self.parts:  # noqa: SIM110
            if not shape.fits(value[at]):
                return False
        return True

    def find_difference(self, value: Any, part: str) -> Difference:
        if type(value) is not self.kind or len(value) != self.length:
            return Difference(part, f"{self.length} of them", show(value))
        return first_difference(
            ((f"{part}[{at}]", shape, value[at]) for at, shape in self.parts), part
        )


class _Elements(Shape):
    """A set of arguments, of which some may be equal."""

    def __init__(self, plan: Collection[object]) -> None:
        self.kind = type(plan)
        self.most = len(plan)

    def fits(self, value: Any) -> bool:
        return type(value) is self.kind and 1 <= len(value) <= self.most

    def find_difference(self, value: Any, part: str) -> Difference:
        return Difference(part, f"a set of {self.most}", show(value))


def first_difference(parts: Iterable[tuple[str, Shape, object]], part: str) -> Difference:
    for name, shape, value in parts:
        if not shape.fits(value):
            return shape.find_difference(value, name)
    return Difference(part, "as it was declared", "another")


def show_names(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"


def show(value: object) -> str:
    """A short text; of what has parts itself the name of its class."""
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseModel) or (is_dataclass(value)):
        return getattr(value, "label", None) or type(value).__name__
    return short_repr(value)


@shape_of.register(Symbol)
def _of_argument(plan: Symbol) -> None:
    return None


@shape_of.register(Schema)
@shape_of.register(CompiledKey)
@shape_of.register(type)
def _of_one(plan: object) -> Shape:
    return _Fixed(plan)


@shape_of.register(Label)
def _of_label(plan: Label) -> Shape:
    return _Constant(plan)


@shape_of.register(dict)
def _of_mapping(plan: dict[str, object]) -> Shape:
    return _Named(plan) if plan else _Constant(plan)


@shape_of.register(tuple)
def _of_tuple(plan: tuple[object, ...]) -> Shape:
    is_text = all(isinstance(each, (str, Label)) for each in plan)
    return _Constant(plan) if is_text else _Sequence(plan)


@shape_of.register(list)
def _of_list(plan: list[object]) -> Shape:
    return _Sequence(plan)


@shape_of.register(set)
def _of_set(plan: set[object]) -> Shape:
    is_given = any(isinstance(each, Symbol) for each in plan)
    return _Elements(plan) if is_given else _Constant(plan)


@shape_of.register(Range)
def _of_range(plan: Range) -> Shape:
    ends = {name: _Given(value) for name, value in vars(plan).items() if isinstance(value, Symbol)}
    return Record(plan, ends)
