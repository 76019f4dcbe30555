"""Leads paths of Python names through an entity's types to places in its stored items."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, JsonValue, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from singletable.annotations import accepts_symbol, show_type
from singletable.codec import MISSING, AttributeValue, compile_coder, same_value
from singletable.codec.models import fields_of, is_record
from singletable.codec.names import unwrap
from singletable.codec.wire import is_class
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import InvalidItem, InvalidOperation, UnstorableValue
from singletable.expressions.scope import REQUIRED, IfAbsent, Place, Scope, Step
from singletable.schema.attribute import Attribute, field_check, validates_default
from singletable.schema.markers import metadata_of
from singletable.tracing import Symbol

_ANYTHING: Final = (Any, object, JsonValue)
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
        for kind in _members_of(self.attribute.annotation):
            if _is_anything(kind):
                return self._part(Any, "[]")
            arguments = get_args(kind)
            if (get_origin(kind) or kind) in (*_LISTS, *_SETS):
                is_fixed = len(arguments) > 1 and arguments[1] is not ...
                return self._part(Any if is_fixed else (*arguments, Any)[0], "[]")
        return None

    @property
    def filled_in(self) -> str:
        """A field inside, of a model, that is read as its default where the stored map lacks it."""
        return self._filled_in

    @cached_property
    def _filled_in(self) -> str:
        return _filled_in(self.attribute.annotation, frozenset())

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
        for kind in _members_of(self.attribute.annotation):
            if _is_anything(kind):
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
                return field.stored, _member_of(self.attribute, kind, field.name)
        return None

    def _part(self, annotation: object, step: str) -> Typed:
        """The type of an element, or of a dict's key or value."""
        where = f"{self.attribute.field}{step}"
        return Typed(
            _attribute(self.attribute.entity, where, annotation),
            metadata_of_annotation(annotation),
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
        chain = [
            Typed(
                attribute,
                metadata_of(info),
                _default_of(attribute, info, is_checked=validates_default(model, info)),
            )
        ]
        stored: list[Step] = [attributes[first].stored]
        for step in steps[1:]:
            name, typed = chain[-1].step_into(step)
            stored.append(name)
            chain.append(typed)
        absences = tuple(_read_without(chain, stored, depth) for depth in range(len(chain)))
        return Place(entity, chain[-1].attribute.field, tuple(stored), chain[-1], absences)

    return Scope(entity, find)


def _filled_in(annotation: object, seen: frozenset[object]) -> str:
    for kind in _members_of(annotation):
        if is_class(kind) and is_record(kind) and kind not in seen:
            for field in fields_of(kind)[0]:
                if _is_filled_in(kind, field.name, field.annotation):
                    return field.name
                if inner := _filled_in(field.annotation, seen | {kind}):
                    return f"{field.name}.{inner}"
        for argument in get_args(kind):
            if inner := _filled_in(argument, seen):
                return inner
    return ""


def _is_filled_in(kind: Any, name: str, annotation: object) -> bool:
    """Whether a field has a default other than what absence is stored for: None, an empty set."""
    info = kind.model_fields[name] if issubclass(kind, BaseModel) else _declared(kind, name)
    return not info.is_required() and compile_coder(annotation, name).absent is MISSING


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


def _member_of(holder: Attribute, kind: type[object], name: str) -> Typed:
    """The type of a field of a model, dataclass or named tuple inside an entity."""
    label = f"{holder.field}.{name}"
    if issubclass(kind, BaseModel):
        info = kind.model_fields[name]
        attribute = Attribute(
            entity=holder.entity,
            field=label,
            stored=name,
            annotation=info.annotation,
            coder=compile_coder(info.annotation, label),
            format=None,
            required=info.is_required(),
            implied=None,
            check=field_check(kind, name, info),
        )
        return Typed(
            attribute,
            metadata_of(info),
            _default_of(attribute, info, is_checked=validates_default(kind, info)),
        )
    (annotation,) = (each.annotation for each in fields_of(kind)[0] if each.name == name)
    declared = _declared(kind, name)
    attribute = dataclasses.replace(
        _attribute(holder.entity, label, annotation), required=declared.is_required()
    )
    default = _default_of(attribute, declared, is_checked=False)
    return Typed(attribute, metadata_of_annotation(annotation), default)


def _declared(kind: Any, name: str) -> FieldInfo:
    """The default of a dataclass's or named tuple's field, as models say it."""
    if not dataclasses.is_dataclass(kind):
        return FieldInfo(default=kind._field_defaults.get(name, PydanticUndefined))
    (own,) = (field for field in dataclasses.fields(kind) if field.name == name)
    if own.default_factory is not dataclasses.MISSING:
        return FieldInfo(default_factory=own.default_factory)
    has_default = own.default is not dataclasses.MISSING
    return FieldInfo(default=own.default if has_default else PydanticUndefined)


def _default_of(
    attribute: Attribute, info: FieldInfo, *, is_checked: bool
) -> AttributeValue | None:
    """The stored form of what absence is read as; None where that is nothing, or not known."""
    if info.is_required() or attribute.coder.absent is not MISSING:
        return None
    if info.default_factory is None:
        default = info.default
        return attribute.encode(attribute.check(default) if is_checked else default)
    return None if info.default_factory_takes_validated_data else _made_alike(attribute, info)


def _made_alike(attribute: Attribute, info: FieldInfo) -> AttributeValue | None:
    """What a factory makes, if it makes the same twice, and no moment or identifier."""
    one, other = (info.get_default(call_default_factory=True) for _ in range(2))
    if isinstance(one, (date, time, UUID)):
        return None
    made = attribute.encode(one)
    return made if same_value(made, attribute.encode(other)) else None


def _attribute(entity: str, where: str, annotation: object) -> Attribute:
    """What stands at a place that no field declares: validated and encoded by its type."""
    if _is_anything(annotation):
        return _anything(entity, where)
    adapter = TypeAdapter(cast(Any, annotation))
    return Attribute(
        entity=entity,
        field=where,
        stored=where,
        annotation=annotation,
        coder=compile_coder(annotation, where),
        format=None,
        required=True,
        implied=None,
        check=adapter.validate_python,
    )


def _anything(entity: str, where: str) -> Attribute:
    coder = dataclasses.replace(compile_coder(Any, where), encode=_encode_by_type)
    return Attribute(entity, where, where, Any, coder, None, True, None, lambda value: value)


def _encode_by_type(value: object) -> AttributeValue | None:
    """The wire form that the value's own type implies."""
    try:
        kind: Any = str if isinstance(value, Symbol) else type(value)
        return compile_coder(kind, "condition").encode(value)
    except UnsupportedAnnotation as error:
        raise UnstorableValue(
            where="condition", value=value, reason=f"has no stored form: {error.declared}"
        ) from None


def _members_of(annotation: object) -> Iterator[object]:
    """The types that values of an annotation may have, without None."""
    bare = unwrap(annotation)
    if get_origin(bare) in (Union, UnionType):
        for member in get_args(bare):
            yield from _members_of(member)
    elif bare not in (None, NoneType):
        yield bare


def _is_anything(kind: object) -> bool:
    return any(kind is each for each in _ANYTHING)


def metadata_of_annotation(annotation: object) -> tuple[object, ...]:
    """What `Annotated` says of a type, also inside an optional one."""
    if get_origin(annotation) is Annotated:
        inner, *extra = get_args(annotation)
        return (*metadata_of_annotation(inner), *extra)
    return ()
