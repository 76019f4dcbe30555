"""The shape of a pattern's plan: what every operation that the pattern asks must have in common.

Kind, keys, given fields, range, filter, limits, writes and constants belong to it; the values of
arguments do not. It is compiled once, for it is compared at every call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from operator import attrgetter
from typing import Any, Final, get_origin

from pydantic import BaseModel

from singletable.annotations import admits_none, core_type
from singletable.codec.errors import short_repr
from singletable.errors.request import Label, RequestError
from singletable.expressions import Condition
from singletable.operations import Transaction, Upsert
from singletable.operations.reads.key_conditions import Range
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.patterns.plan import field_names
from singletable.schema import CompiledKey, Schema
from singletable.schema.schema import schema_by_model
from singletable.tracing import Symbol

_UNSHAPED: Final = frozenset({"origin", "result_of"})
_SETS: Final = (set, frozenset)
_FIXED: Final = (Schema, CompiledKey, type)


@dataclass(frozen=True)
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


def shape_of(plan: object) -> Shape | None:
    """The shape of a planned value; None for an argument, which may have any value."""
    if isinstance(plan, Symbol):
        return None
    for kind, build in _BUILDERS:
        if isinstance(plan, kind):
            return build(plan)
    if is_dataclass(plan):
        return _Record(plan)
    return _Constant(plan)


@dataclass(frozen=True, slots=True)
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
        return Difference(part, _show(self.planned), _show(value))


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


class _Record(Shape):
    """A dataclass: constants, those of dataclasses inside too, are compared at once, by one getter.

    The others are compared by their shapes.
    """

    def __init__(self, plan: Any, known: Mapping[str, Shape | None] | None = None) -> None:
        names = [name for name in field_names(type(plan)) if name not in _UNSHAPED]
        shapes = {name: shape_of(getattr(plan, name)) for name in names} | dict(known or {})
        is_strict = isinstance(plan, Condition)
        self.kind: type[Any] = type(plan)
        self.plain: list[tuple[str, object]] = [("__class__", self.kind)]
        self.parts: list[tuple[str, Callable[[Any], Any], Shape]] = []
        for name, shape in shapes.items():
            if isinstance(shape, _Record):
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
                return Difference(shown, _show(planned), _show(asked))
        return _first_difference(
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
            return Difference(part, _names(self.names), _names(value or ()))
        return _first_difference(
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
            return Difference(part, f"{self.length} of them", _show(value))
        return _first_difference(
            ((f"{part}[{at}]", shape, value[at]) for at, shape in self.parts), part
        )


class _Entity(Shape):
    """An entity: fields that the pattern itself sets; not what a factory makes each time anew."""

    def __init__(self, plan: BaseModel) -> None:
        self.kind: type[BaseModel] = type(plan)
        schema = schema_by_model(self.kind)
        made_anew = {
            name
            for name, info in self.kind.model_fields.items()
            if info.default_factory is not None and name not in plan.model_fields_set
        }
        self.parts: list[tuple[str, list[Shape]]] = []
        for name, value in vars(plan).items():
            is_set = name in self.kind.model_fields and name not in made_anew
            shape = shape_of(value) if is_set else None
            if shape is not None:
                valid = schema and shape_of(_validated(schema, name, value))
                self.parts.append((name, [shape, valid] if valid else [shape]))

    def fits(self, value: Any) -> bool:
        if type(value) is not self.kind:
            return False
        known: dict[str, Any] = vars(value)
        for name, shapes in self.parts:
            if not any(shape.fits(known.get(name)) for shape in shapes):
                return False
        return True

    def find_difference(self, value: Any, part: str) -> Difference:
        if type(value) is not self.kind:
            return Difference(part, self.kind.__name__, _show(value))
        known: dict[str, Any] = vars(value)
        return _first_difference(
            (
                (f"{part}.{name}", shapes[0], known.get(name))
                for name, shapes in self.parts
                if not any(shape.fits(known.get(name)) for shape in shapes)
            ),
            part,
        )


def _validated(schema: Schema[Any], name: str, value: object) -> object:
    """A constant as the model keeps it: beside symbols it was not validated."""
    try:
        return schema.attribute(name).validate(value)
    except RequestError:
        return value


class _Updates(Shape):
    """Updates of fields: an argument that is None, or an empty set, removes its field instead.

    `left_out`: fields that may be neither.
    """

    def __init__(self, plan: FieldUpdates, left_out: Collection[str] = ()) -> None:
        self.left_out = left_out
        self.assigned = plan.assigned
        self.removed = plan.removed
        self.optional = {name for name, value in plan.assigned.items() if _may_remove(value)}
        self.shapes = {
            name: shape
            for name, value in plan.assigned.items()
            if (shape := shape_of(value)) is not None
        }
        rest: dict[str, Shape | None] = {"assigned": None, "removed": None}
        self.others = _Record(plan, rest)

    def fits(self, value: Any) -> bool:
        if value.removed != self.removed or value.assigned.keys() != self.assigned.keys():
            gone = self.assigned.keys() - value.assigned.keys()
            if not self._is_removal(value, gone):
                return False
        for name, shape in self.shapes.items():
            if not shape.fits(value.assigned.get(name)):
                return False
        return self.others.fits(value)

    def _is_removal(self, value: FieldUpdates, gone: set[str]) -> bool:
        """Whether the fields that are not assigned are removed, or left out, and may be."""
        removed = {*value.removed}
        return (
            gone - removed <= {*self.left_out}
            and gone & removed <= self.optional
            and value.assigned.keys() <= self.assigned.keys()
            and removed - gone == {*self.removed}
        )

    def find_difference(self, value: Any, part: str) -> Difference:
        gone = self.assigned.keys() - value.assigned.keys()
        if not self._is_removal(value, gone):
            planned = f"set {_names(self.assigned)}; removed {_names(self.removed)}"
            asked = f"set {_names(value.assigned)}; removed {_names(value.removed)}"
            return Difference(part, planned, asked)
        for name, shape in self.shapes.items():
            if not shape.fits(value.assigned.get(name)):
                return shape.find_difference(value.assigned.get(name), f"{part}.{name}")
        return self.others.find_difference(value, part)


def _may_remove(value: object) -> bool:
    if not isinstance(value, Symbol):
        return False
    kind = core_type(value.annotation)
    return admits_none(value.annotation) or kind is Any or (get_origin(kind) or kind) in _SETS


class _Transacted(Shape):
    """A transaction, and which of its writes it returns."""

    def __init__(self, plan: Transaction[Any]) -> None:
        self.rest = _Record(plan)
        self.returned = _position(plan)

    def fits(self, value: Any) -> bool:
        return self.rest.fits(value) and _position(value) == self.returned

    def find_difference(self, value: Any, part: str) -> Difference:
        if not self.rest.fits(value):
            return self.rest.find_difference(value, part)
        return Difference(f"{part}.returning", _show(self.returned), _show(_position(value)))


def _position(plan: Transaction[Any]) -> int | None:
    """The position of the write whose result the transaction returns."""
    return next((at for at, each in enumerate(plan.writes) if each is plan.result_of), None)


def _upsert_shape(plan: Upsert[Any]) -> Shape:
    """The shape of an upsert; one of a whole entity leaves out what the entity was not given."""
    kept = {*plan.schema.primary.fields, plan.schema.roles.get("created")}
    kept.add(plan.schema.roles.get("updated"))
    fields_ = plan.schema.attributes.keys() - kept
    assigned = plan.updates.assigned
    own = {name for name, value in assigned.items() if _is_field_of_argument(value, name)}
    is_whole = bool(own) and assigned.keys() | set(plan.updates.removed) == fields_
    left_out = {name for name in own if not plan.schema.attribute(name).required}
    updates = _Updates(plan.updates, left_out if is_whole else ())
    return _Record(plan, {"updates": updates})


def _is_field_of_argument(value: object, name: str) -> bool:
    return isinstance(value, Symbol) and repr(value) == f"{{{value.argument}.{name}}}"


def _range_shape(plan: Range) -> Shape:
    ends = {name: _Given(value) for name, value in vars(plan).items() if isinstance(value, Symbol)}
    return _Record(plan, ends)


def _first_difference(parts: Iterable[tuple[str, Shape, object]], part: str) -> Difference:
    for name, shape, value in parts:
        if not shape.fits(value):
            return shape.find_difference(value, name)
    return Difference(part, "as it was declared", "another")


def _is_text(plan: tuple[object, ...]) -> bool:
    return all(isinstance(each, (str, Label)) for each in plan)


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"


def _show(value: object) -> str:
    """A short text; of what has parts itself the name of its class."""
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, BaseModel) or (is_dataclass(value)):
        return getattr(value, "label", None) or type(value).__name__
    return short_repr(value)


_BUILDERS: Final[tuple[tuple[Any, Callable[[Any], Shape]], ...]] = (
    (_FIXED, _Fixed),
    (FieldUpdates, _Updates),
    (Transaction, _Transacted),
    (Range, _range_shape),
    (Upsert, _upsert_shape),
    (BaseModel, _Entity),
    (Label, _Constant),
    (dict, lambda plan: _Named(plan) if plan else _Constant(plan)),
    (tuple, lambda plan: _Constant(plan) if _is_text(plan) else _Sequence(plan)),
    (list, _Sequence),
)
