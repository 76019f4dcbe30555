"""Leads paths of Python names through an entity's types to places in its stored items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, cast, get_args, get_origin

from pydantic import BaseModel

from singletable.annotations import accepts_symbol, show_type
from singletable.codec import MISSING, AttributeValue
from singletable.codec.models import fields_of, is_record
from singletable.codec.wire import is_class
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions.scope import REQUIRED, IfAbsent, Place, Scope, Step
from singletable.schema.attribute import Attribute
from singletable.schema.markers import metadata_in, metadata_of
from singletable.schema.members import (
    attribute_of,
    default_of,
    field_with_default,
    is_anything,
    member_of,
    types_in,
)
from singletable.tracing import Symbol

_LISTS: Final = (list, tuple)
_SETS: Final = (set, frozenset)
_EMPTY: Final[Mapping[str, AttributeValue]] = {tag: {tag: []} for tag in ("SS", "NS", "BS")}
_PLACES = 1024


@dataclass(frozen=True)
class Typed:
    """The type of a place, by the attribute or the attribute-like part that stands there.

    `metadata`: what `Annotated` says of it. `default`: what it is read as where it is absent.
    `is_element`: it is no field, and has no default.
    """

    attribute: Attribute
    metadata: tuple[object, ...] = ()
    default: AttributeValue | None = None
    is_element: bool = False

    @property
    def tags(self) -> frozenset[str]:
        return self.attribute.coder.tags

    def wire(self, value: object) -> AttributeValue | None:
        return self.attribute.encode(self._valid(value))

    def _valid(self, value: object) -> object:
        try:
            return self.attribute.validate(value)
        except InvalidItem as error:
            problems = error.problems.replace("the item", self.attribute.field, 1)
            raise InvalidItem(entity=self.attribute.entity, problems=problems) from error

    def text(self, part: object) -> AttributeValue | None:
        if isinstance(part, Symbol):
            return {"S": repr(part)} if accepts_symbol(str, part.annotation) else None
        if isinstance(part, str) and "S" in self.tags:
            return {"S": self._in_stored_case(str.__str__(part))}
        return {"B": part} if isinstance(part, bytes) and "B" in self.tags else None

    def _in_stored_case(self, part: str) -> str:
        """The part in the case that whole values are stored in, where there is one."""
        for rule in self.metadata:
            if getattr(rule, "to_lower", False) or getattr(rule, "lower", False) is True:
                part = part.lower()
            if getattr(rule, "to_upper", False):
                part = part.upper()
        try:
            whole = self.attribute.validate(part)
        except InvalidItem:
            return part
        is_same = type(whole) is str and whole.casefold() == part.casefold()
        return cast(str, whole) if is_same else part

    def element(self, value: object) -> AttributeValue | None:
        return None if self._element is None else self._element.wire(value)

    @cached_property
    def _element(self) -> Typed | None:
        for kind in types_in(self.attribute.annotation):
            if is_anything(kind):
                return self._part(Any, "[]")
            arguments = get_args(kind)
            if (get_origin(kind) or kind) in (*_LISTS, *_SETS):
                is_fixed = len(arguments) > 1 and arguments[1] is not ...
                return self._part(Any if is_fixed else (*arguments, Any)[0], "[]")
        return None

    @property
    def field_with_default(self) -> str:
        """A field inside, of a model, that is read as its default where the stored map lacks it."""
        return self._field_with_default

    @cached_property
    def _field_with_default(self) -> str:
        return field_with_default(self.attribute.annotation)

    @property
    def if_absent(self) -> IfAbsent:
        """What is read where this alone is absent."""
        attribute, absent = self.attribute, self.attribute.coder.absent
        if self.is_element or absent is None:
            return None
        if absent is not MISSING:
            return _EMPTY[next(iter(self.tags))]
        return REQUIRED if attribute.required else self.default

    def step_into(self, step: Step) -> tuple[Step, Typed]:
        """The stored form of a step, and what stands there; `InvalidOperation` if nothing can."""
        known = list[str]()
        for kind in types_in(self.attribute.annotation):
            if is_anything(kind):
                return step, self._part(Any, f"[{step!r}]")
            found = self._step_into(kind, step, known)
            if found is not None:
                return found
        shown = show_type(self.attribute.annotation)
        allowed = f"one of {', '.join(known)}" if known else f"no step: it is {shown}"
        raise self._unknown(step, allowed)

    def _step_into(self, kind: object, step: Step, known: list[str]) -> tuple[Step, Typed] | None:
        origin, arguments = get_origin(kind) or kind, get_args(kind)
        if origin is dict and isinstance(step, str):
            key, value = arguments or (str, Any)
            return self._stored_key(key, step), self._part(value, f"[{step!r}]")
        if origin in _LISTS:
            known.append("a position")
            if isinstance(step, int):
                element = self._element_type(origin, arguments, step)
                return step, self._part(element, f"[{step}]")
        if is_class(kind) and is_record(kind):
            known += [field.name for field in fields_of(kind)[0]]
            return self._member(kind, step)
        return None

    def _element_type(self, origin: object, arguments: tuple[Any, ...], at: int) -> object:
        if origin is list or not arguments or arguments[1:] == (...,):
            return (*arguments, Any)[0]
        if at >= len(arguments):
            raise self._unknown(at, f"positions below {len(arguments)}")
        return arguments[at]

    def _stored_key(self, key: object, step: str) -> str:
        known = self._part(key, " key").wire(step) or {}
        return str(known.get("S", step))

    def _member(self, kind: type[object], step: Step) -> tuple[Step, Typed] | None:
        for field in fields_of(kind)[0]:
            if field.name == step:
                return field.stored, Typed(*member_of(self.attribute, kind, field.name))
        return None

    def _part(self, annotation: object, step: str) -> Typed:
        """The type of an element, or of a dict's key or value."""
        where = f"{self.attribute.field}{step}"
        return Typed(
            attribute_of(self.attribute.entity, where, annotation),
            tuple(metadata_in(annotation)),
            is_element=True,
        )

    def _unknown(self, step: Step, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"{self.attribute.entity}: {self.attribute.field}",
            declared=f"there is no {step!r}",
            allowed=allowed,
        )


def places_of(model: type[BaseModel], entity: str, attributes: Mapping[str, Attribute]) -> Scope:
    """The scope of an entity's expressions: each place is found once."""

    @lru_cache(maxsize=_PLACES)
    def find(steps: tuple[Step, ...]) -> Place:
        first = str(steps[0])
        if first not in attributes:
            raise InvalidOperation(
                where=entity, declared=f"there is no field {first!r}", allowed=", ".join(attributes)
            )
        attribute, info = attributes[first], model.model_fields[first]
        chain = [Typed(attribute, metadata_of(info), default_of(model, attribute, info))]
        stored: list[Step] = [attributes[first].stored]
        for step in steps[1:]:
            name, typed = chain[-1].step_into(step)
            stored.append(name)
            chain.append(typed)
        absences = tuple(_read_without(chain, stored, depth) for depth in range(len(chain)))
        return Place(entity, chain[-1].attribute.field, tuple(stored), chain[-1], absences)

    return Scope(entity, find)


def _read_without(chain: list[Typed], stored: list[Step], depth: int) -> IfAbsent:
    """What the end of a path is read as where an item has nothing from this step on."""
    value = chain[depth].if_absent
    for step, typed in zip(stored[depth + 1 :], chain[depth + 1 :], strict=True):
        if value is None or value is REQUIRED:
            return value
        inner = _inside(value, step)
        value = inner if inner is not None else typed.if_absent
    return value


def _inside(value: AttributeValue, step: Step) -> AttributeValue | None:
    if isinstance(step, str):
        found: AttributeValue | None = value.get("M", {}).get(step)
        return found
    elements = value.get("L", [])
    return elements[step] if step < len(elements) else None
