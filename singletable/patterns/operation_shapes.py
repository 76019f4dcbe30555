"""The shapes of entities, updates and transactions, which vary in more than their arguments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast, get_origin

from pydantic import BaseModel

from singletable.annotations import admits_none, core_type
from singletable.errors.request import RequestError
from singletable.operations import Batch, BatchGet, Operation, Transaction, Upsert
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.write_condition import WriteCondition
from singletable.patterns.plan import contents_of
from singletable.patterns.shape import (
    Difference,
    Record,
    Shape,
    first_difference,
    shape_of,
    show,
    show_names,
)
from singletable.schema import Schema
from singletable.schema.schema import schema_by_model
from singletable.tracing import Symbol

_SETS = (set, frozenset)


def shape_of_operation(operation: Operation[object]) -> Shape:
    """The shape of a planned operation."""
    shape = shape_of(operation)
    if shape is None:
        raise TypeError("an operation has a shape; an argument has none")
    return shape


@shape_of.register(BaseModel)
def _of_entity(plan: BaseModel) -> Shape:
    return _Entity(plan)


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
            return Difference(part, self.kind.__name__, show(value))
        known: dict[str, Any] = vars(value)
        return first_difference(
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


@shape_of.register(FieldUpdates)
def _of_updates(plan: FieldUpdates) -> Shape:
    return _Updates(plan)


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
        self.others = Record(plan, rest)

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
            planned = f"set {show_names(self.assigned)}; removed {show_names(self.removed)}"
            asked = f"set {show_names(value.assigned)}; removed {show_names(value.removed)}"
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


@shape_of.register(BatchGet)
def _of_batch_get(plan: BatchGet[Any]) -> Shape:
    """The shape of a batch: an argument may stand for any number of keys."""
    known = [value for identity in plan.identities for value in identity.values()]
    if len(plan.identities) != 1 or not any(isinstance(value, Symbol) for value in known):
        return Record(plan)
    return Record(plan, {"identities": _Each(shape_of(plan.identities[0]))})


class _Each(Shape):
    """A tuple whose elements all have one shape."""

    def __init__(self, shape: Shape | None) -> None:
        self.shape = shape

    def fits(self, value: Any) -> bool:
        return type(value) is tuple and (
            self.shape is None or all(map(self.shape.fits, cast("tuple[object, ...]", value)))
        )

    def find_difference(self, value: Any, part: str) -> Difference:
        shape = self.shape
        if shape is None or type(value) is not tuple:
            return Difference(part, "a tuple", show(value))
        elements = enumerate(cast("tuple[object, ...]", value))
        return first_difference(((f"{part}[{at}]", shape, each) for at, each in elements), part)


@shape_of.register(Batch)
def _of_batch(plan: Batch) -> Shape:
    """The shape of a batch: what is made of the elements of an argument may be there any times."""
    return Record(plan, {"writes": _Repeated(plan.writes)})


class _Repeated(Shape):
    """A tuple of elements of planned shapes in their order: of those of a sequence any number."""

    def __init__(self, plans: Sequence[object]) -> None:
        self.shapes = [(shape_of(each), _is_repeated(each)) for each in plans]

    def fits(self, value: Any) -> bool:
        return type(value) is tuple and self._find_odd(cast("tuple[object, ...]", value)) is None

    def find_difference(self, value: Any, part: str) -> Difference:
        if type(value) is not tuple:
            return Difference(part, "a tuple", show(value))
        values = cast("tuple[object, ...]", value)
        at, planned = self._find_odd(values) or (len(values), [])
        if not planned:
            return Difference(part, f"{len(self.shapes)} kinds of write", f"{len(values)} writes")
        return planned[0].find_difference(values[at], f"{part}[{at}]")

    def _find_odd(self, values: Sequence[object]) -> tuple[int, list[Shape]] | None:
        """The position of the first element that does not fit, and the shapes it might have had."""
        places = self._skip({0})
        for at, value in enumerate(values):
            known = [(place, *self.shapes[place]) for place in places if place < len(self.shapes)]
            fitting = {
                place if is_repeated else place + 1
                for place, shape, is_repeated in known
                if shape is None or shape.fits(value)
            }
            if not fitting:
                return at, [shape for _, shape, _ in known if shape is not None]
            places = self._skip(fitting)
        return None if len(self.shapes) in places else (len(values), [])

    def _skip(self, places: set[int]) -> set[int]:
        """Also the places behind what may be absent."""
        found = set(places)
        for place, (_, is_repeated) in enumerate(self.shapes):
            if is_repeated and place in found:
                found.add(place + 1)
        return found


def _is_repeated(plan: object) -> bool:
    return any(symbol.is_element for symbol in contents_of(plan).symbols)


@shape_of.register(Transaction)
def _of_transaction(plan: Transaction[Any]) -> Shape:
    return _Transacted(plan)


class _Transacted(Shape):
    """A transaction, and which of its writes it returns."""

    def __init__(self, plan: Transaction[Any]) -> None:
        self.rest = Record(plan)
        self.returned = _position(plan)

    def fits(self, value: Any) -> bool:
        return self.rest.fits(value) and _position(value) == self.returned

    def find_difference(self, value: Any, part: str) -> Difference:
        if not self.rest.fits(value):
            return self.rest.find_difference(value, part)
        return Difference(f"{part}.returning", show(self.returned), show(_position(value)))


def _position(plan: Transaction[Any]) -> int | None:
    """The position of the write whose result the transaction returns."""
    return next((at for at, each in enumerate(plan.writes) if each is plan.result_of), None)


@shape_of.register(WriteCondition)
def _of_condition(plan: WriteCondition) -> Shape:
    """The shape of a write's condition; how an entity that was read is stored is not planned."""
    return Record(plan, {"known": None, "states": None})


@shape_of.register(Upsert)
def _of_upsert(plan: Upsert[Any]) -> Shape:
    """The shape of an upsert; one of a whole entity leaves out what the entity was not given."""
    kept = {*plan.schema.primary.fields, plan.schema.roles.get("created")}
    kept.add(plan.schema.roles.get("updated"))
    fields_ = plan.schema.attributes.keys() - kept
    assigned = plan.updates.assigned
    own = {name for name, value in assigned.items() if _is_field_of_argument(value, name)}
    is_whole = bool(own) and assigned.keys() | set(plan.updates.removed) == fields_
    left_out = {name for name in own if not plan.schema.attribute(name).required}
    updates = _Updates(plan.updates, left_out if is_whole else ())
    return Record(plan, {"updates": updates, "unknown": None, "is_read": None})


def _is_field_of_argument(value: object, name: str) -> bool:
    return isinstance(value, Symbol) and repr(value) == f"{{{value.argument}.{name}}}"
