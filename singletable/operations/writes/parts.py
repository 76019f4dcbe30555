"""Changes of what stands inside a field, or that a field becomes what stands elsewhere."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Final, Literal, cast

from singletable.codec import MISSING, AttributeValue
from singletable.codec.wire import DEEPEST, is_mapping
from singletable.errors.base import abridge
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Path
from singletable.expressions.scope import REQUIRED, Place, Step, Variant, Variants
from singletable.expressions.variants import single_place
from singletable.operations.writes.bounds import NULL
from singletable.records import record
from singletable.schema.insides import Inside, are_alike, look_inside
from singletable.schema.limits import Limits
from singletable.schema.schema import AnySchema
from singletable.schema.typed import Typed
from singletable.tracing import Symbol

Verb = Literal["set", "unset", "add", "remove", "append", "prepend"]
SETS: Final = frozenset({"SS", "NS", "BS"})
COUNTABLE: Final = frozenset({"N", *SETS})
_COMPUTING: Final = frozenset({"add", "remove", "append", "prepend"})
_TYPES: Final[dict[str, tuple[frozenset[str], str]]] = {
    "add": (COUNTABLE, "numbers and sets"),
    "remove": (SETS, "sets"),
    "append": (frozenset({"L"}), "lists"),
    "prepend": (frozenset({"L"}), "lists"),
}


@record
class Part:
    """One change: `verb` of what stands at `steps`; `value` is another path where that is set."""

    schema: AnySchema
    verb: Verb
    steps: tuple[Step, ...]
    value: object = None

    def __getstate__(self) -> dict[str, object]:
        """The fields: what was found of them is found again."""
        return {name: vars(self)[name] for name in self.__dataclass_fields__}

    @cached_property
    def _found(self) -> tuple[Place, tuple[Variant, ...]]:
        """The place, and the variants of a union that it is in; none where it is in all alike."""
        found = self.schema.scope.find(self.steps)
        if not isinstance(found, Variants):
            self._check(found)
            return found, ()
        variants, refusals = list[Variant](), list[InvalidItem | InvalidOperation]()
        for variant in found.each:
            try:
                self._check(variant.place)
            except (InvalidItem, InvalidOperation) as refusal:
                refusals.append(refusal)
            else:
                variants.append(variant)
        if not variants:
            raise refusals[0]
        variants = self._stored_alike(variants)
        if len({variant.place.steps for variant in variants}) > 1:
            raise self.invalid("a part that variants store under different names", "one variant's")
        is_in_all = found.is_complete and len(variants) == len(found.each)
        return variants[0].place, () if is_in_all else tuple(variants)

    def _stored_alike(self, variants: list[Variant]) -> list[Variant]:
        """The variants that store the value as the first one does."""
        if self.verb == "unset" or isinstance(self.value, Path | Symbol):
            return variants
        kinds = [cast(Typed, variant.place.kind).as_written for variant in variants]
        wires = [kind.attribute.encode(self.valid_at(kind)) for kind in kinds]
        return [each for each, wire in zip(variants, wires, strict=True) if wire == wires[0]]

    @property
    def has_several_starts(self) -> bool:
        """Whether variants of a union are read as different values where the part is absent."""
        found = self.schema.scope.find(self.steps)
        each = [variant.place for variant in found.each] if isinstance(found, Variants) else []
        return any(place.if_absent[-1] != each[0].if_absent[-1] for place in each)

    @property
    def may_be_made(self) -> bool:
        """Whether a factory makes what is read of other fields where the part is absent."""
        places = (self.place, *(variant.place for variant in self.variants))
        kinds = [cast(Typed, place.kind) for place in places]
        return any(kind.is_made and kind.attribute.coder.absent is MISSING for kind in kinds)

    @property
    def place(self) -> Place:
        return self._found[0]

    @property
    def variants(self) -> tuple[Variant, ...]:
        return self._found[1]

    @property
    def label(self) -> str:
        return self.place.label

    @property
    def kind(self) -> Typed:
        return cast(Typed, self.place.kind).as_written

    @cached_property
    def inside(self) -> Inside:
        """What the model asks of the part, and of what it stands in."""
        return look_inside(self.schema.model, self.steps)

    @cached_property
    def limits(self) -> Limits:
        return self.inside.limits

    @property
    def is_computed(self) -> bool:
        """Whether the new value depends on the stored one."""
        return self.verb in _COMPUTING

    @cached_property
    def source(self) -> Place | None:
        """The place that the value is taken from, if it is."""
        if not isinstance(self.value, Path):
            return None
        return single_place(self.schema.scope.find(self.value.steps))

    @cached_property
    def wire(self) -> AttributeValue | None:
        """What is written; None where that is no attribute."""
        wire = self.kind.attribute.encode(self.value)
        return NULL if wire is None and self.value is None and self.kind.is_element else wire

    @property
    def removes(self) -> bool:
        """Whether nothing is there afterwards."""
        return self.verb == "unset" or (self.source is None and self.wire is None)

    @property
    def is_without_value(self) -> bool:
        """Whether no value of its own is written."""
        return self.removes or self.source is not None

    def _check(self, place: Place) -> None:
        """Raises `InvalidItem` or `InvalidOperation` for a place that takes no such change."""
        kind = cast(Typed, place.kind).as_written
        if kind.tells_apart:
            raise self.invalid(
                f"a change of {place.label}, which tells variants apart", "the whole"
            )
        if kind.may_be_respelled:
            raise self.invalid(
                f"{self.verb} at {place.label}, an entry that may be stored under another spelling"
                " of its key",
                "update(before, after), or a dict whose keys are dates, enums of text, or text that"
                " nothing folds",
            )
        if self.verb == "add" and self.value is None:
            raise self.invalid(f"add_at({place.label}, None)", "something to add")
        if self.verb in _TYPES:
            tags, allowed = _TYPES[self.verb]
            if not kind.tags <= tags or kind.is_opaque:
                raise self.invalid(f"{self.verb} at {place.label}", allowed)
        if self.verb == "unset":
            self._check_removable(place, kind)
        elif self.verb == "remove" and kind.is_element and not self._may_be_gone(place):
            raise self.invalid(f"elements of {place.label}, which may be gone then", "set_at(...)")
        else:
            self.valid_at(kind)

    def valid_at(self, kind: Typed) -> object:
        """The value as it is validated there; a number to be added need not be within bounds."""
        if isinstance(self.value, Path):
            return self.value
        if self.verb == "add" and "N" in kind.tags:
            if isinstance(self.value, Symbol):
                return kind.attribute.bind(self.value)
            kind.attribute.encode(self.value)
            return self.value
        return kind.valid(self.value)

    def _check_removable(self, place: Place, kind: Typed) -> None:
        if kind.is_element:
            if isinstance(place.steps[-1], int) and not self._is_in_list():
                raise self.invalid(f"{place.label} is taken out of a tuple", "lists")
        elif kind.attribute.coder.absent is MISSING:
            raise InvalidItem(
                entity=self.schema.name,
                problems=f"{place.label} has a value always: set it instead",
            )
        else:
            kind.attribute.validate(copy(kind.attribute.coder.absent))

    def _may_be_gone(self, place: Place) -> bool:
        """Whether nothing may be left of it: an entry of a dict; an element would shift others."""
        return isinstance(place.steps[-1], str) and not self.inside.least_held

    def _is_in_list(self) -> bool:
        """Whether what it stands in may have any number of elements."""
        return all(
            node["type"] != "tuple" or "variadic_item_index" in node for node in self.inside.holders
        )

    def invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"change of {self.schema.name}", declared=declared, allowed=allowed
        )


def check_part(part: Part) -> Part:
    """Checks a change against the model; the part with its value as it is validated there."""
    place = part.place
    if len(part.steps) > 1 and part.inside.obstacle:
        raise part.invalid(
            f"a change inside {part.steps[0]}: what {place.label} is in {part.inside.obstacle}",
            "set(...) of the whole field, or update(before, after)",
        )
    if part.source is not None:
        _check_source(part, part.source)
    if part.source is not None or part.verb == "unset":
        return part
    _check_limits(part)
    checked = replace(part, value=part.valid_at(part.kind))
    _check_stored(checked)
    return checked


def _check_source(part: Part, source: Place) -> None:
    """Checks that every value of the source is one that the place may have."""
    steps, others = part.place.steps, source.steps
    if steps[: len(others)] == others[: len(steps)]:
        raise part.invalid(f"{part.label} becomes what {source.label} is", "another field")
    path = cast(Path, part.value)
    kind, other = part.kind, cast(Typed, source.kind)
    is_same = (kind.tags, kind.stored_by) == (other.tags, other.stored_by)
    inside = look_inside(part.schema.model, path.steps)
    if not (is_same and are_alike(part.inside, inside)):
        raise part.invalid(
            f"{part.label} becomes what {source.label} is, of another type or with other bounds",
            "fields of one type, format and bounds",
        )


def _check_limits(part: Part) -> None:
    """Checks that a condition of the write can keep the limits of what is computed."""
    if not part.is_computed:
        return
    fewer = part.verb == "remove"
    problem = part.limits.unsayable_of_fewer if fewer else part.limits.unsayable
    if problem:
        raise part.invalid(
            f"{part.verb} at {part.label}, whose result may not fit: {problem}",
            "set_at(...), or update(before, after)",
        )
    if part.verb == "add" and not part.limits.keeps_steps(part.value):
        raise part.invalid(f"{abridge(part.value)} is added at {part.label}", part.limits.step_text)


def _check_stored(part: Part) -> None:
    """Checks that a value is stored as something, no deeper than DynamoDB allows."""
    if isinstance(part.value, Symbol):
        return
    if part.wire is None and part.verb in ("add", "remove"):
        raise part.invalid(f"{abridge(part.value)} at {part.label}", "something")
    if part.wire is None and part.kind.is_element:
        raise InvalidItem(
            entity=part.schema.name,
            problems=f"{part.label} is an empty set, which only a field can be, by its absence",
        )
    if part.wire is not None and len(part.place.steps) + _levels(part.wire) - 1 > DEEPEST:
        raise InvalidItem(
            entity=part.schema.name,
            problems=f"{part.label} is nested deeper than DynamoDB's {DEEPEST} levels",
        )


def _levels(wire: AttributeValue | None) -> int:
    [(tag, payload)] = (wire or NULL).items()
    inside = payload.values() if tag == "M" else payload if tag == "L" else ()
    return 1 + max(map(_levels, inside), default=0)


def root_of(part: Part) -> str:
    """The field that is changed, or in which something is."""
    return str(part.steps[0])


def needs_room(part: Part) -> bool:
    """Whether the number of elements or entries around a part is limited, and may change."""
    if not part.kind.is_element or len(part.steps) == 1:
        return False
    if part.verb == "unset":
        return part.inside.least_held > 0
    is_entry = isinstance(part.place.steps[-1], str)
    return part.verb != "remove" and is_entry and part.inside.most_held is not None


def default_of(source: Place) -> AttributeValue | None:
    """The one value that is read where the source is absent; None if it may be several, or none."""
    found = [value for value in source.if_absent if value is not REQUIRED]
    if not found or any(value is None or value != found[0] for value in found):
        return None
    [default] = found[:1]
    return default if is_mapping(default) and next(iter(default.values())) != [] else None
