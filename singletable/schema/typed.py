"""`Typed`: what a type says of a place: its values, and the steps that lead on from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import ConfigDict

from singletable.annotations import show_type
from singletable.codec import MISSING, AttributeValue, compile_coder
from singletable.codec.containers import LONGEST_NAME
from singletable.codec.models import fields_of, is_record
from singletable.codec.wire import is_class
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions.scope import REQUIRED, IfAbsent, Step
from singletable.formats import Format, StoredAs, epoch, instant
from singletable.records import record
from singletable.schema.attribute import Attribute
from singletable.schema.discriminators import Discriminator, discriminator_of
from singletable.schema.folded_keys import has_one_spelling
from singletable.schema.markers import TTL, metadata_in
from singletable.schema.members import (
    attribute_of,
    field_with_default,
    is_anything,
    member_of,
    types_in,
)
from singletable.schema.text_parts import TEXT, encode_part
from singletable.tracing import Symbol

_LISTS: Final = (list, tuple, deque, Sequence)
_SETS: Final = (set, frozenset)
_MAPS: Final = (dict, Mapping)
_EMPTY: Final[Mapping[str, AttributeValue]] = {tag: {tag: []} for tag in ("SS", "NS", "BS")}
_POSITIONS: Final = 400 * 1024
"""More than the largest item can have elements."""


@record
class Entry:
    """Where a step leads; `only`: in the variants of a union that have such values, if in some."""

    stored: Step
    typed: Typed
    only: Only | None = None


@record
class Only:
    """The stored name of the field that tells variants apart, and what it holds in these."""

    name: str
    forms: tuple[AttributeValue, ...]

    def fits(self, value: AttributeValue) -> bool:
        return value.get("M", {}).get(self.name) in self.forms


@record
class Steps:
    """All that a step may lead to.

    `is_complete`: every variant of the union has it, if this is one. `is_mixed`: something that has
    no such steps may be there.
    """

    entries: tuple[Entry, ...]
    is_complete: bool = True
    is_mixed: bool = False


@record
class Typed:
    """The type of a place, by the attribute or the attribute-like part that stands there.

    `metadata`: what `Annotated` says of it. `default`: what it is read as where it is absent.
    `config`: that of the model around it. `is_element`: it is no field, and has no default.
    `tells_apart`: it says which variant of a union the model around it is. `key`: the type of keys
    of the dict that it is an entry of.
    """

    attribute: Attribute
    metadata: tuple[object, ...] = ()
    default: AttributeValue | None = None
    config: ConfigDict | None = None
    is_made: bool = False
    is_element: bool = False
    tells_apart: bool = False
    key: object = None

    @property
    def tags(self) -> frozenset[str]:
        return self.attribute.coder.tags

    @property
    def stored_by(self) -> Format | StoredAs | None:
        """The format or functions that say how values are stored; None where their type does."""
        return self._stored_by

    @cached_property
    def _stored_by(self) -> Format | StoredAs | None:
        if self.attribute.coder.transform is not None:
            return self.attribute.coder.transform
        if TTL in self.metadata:
            return epoch("seconds")
        formats = [mark for mark in self.metadata if isinstance(mark, Format)]
        if formats and formats[-1].attribute_type:
            return formats[-1]
        is_moment = datetime in types_in(self.attribute.annotation)
        default = self.attribute.instants if not formats else None
        return (default or instant()) if is_moment else None

    def wire(self, value: object) -> AttributeValue | None:
        return self.attribute.encode(self.valid(value))

    def valid(self, value: object) -> object:
        """The value as it is validated here; `InvalidItem` if it is refused."""
        try:
            return self.attribute.validate(value)
        except InvalidItem as error:
            problems = error.problems.replace("the item", self.attribute.field, 1)
            raise InvalidItem(entity=self.attribute.entity, problems=problems) from error

    @cached_property
    def as_written(self) -> Typed:
        """The same for what is written: conditions on Any take values that would not come back."""
        if not is_anything(self.attribute.annotation):
            return self
        coder = compile_coder(self.attribute.annotation, self.attribute.field)
        return replace(self, attribute=replace(self.attribute, coder=coder))

    def text(self, part: object, *, is_beginning: bool) -> AttributeValue | None:
        return encode_part(self.attribute, self.metadata, part, is_beginning=is_beginning)

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
        return "" if self.is_opaque else field_with_default(self.attribute.annotation)

    @property
    def if_absent(self) -> IfAbsent:
        """What is read where this alone is absent."""
        attribute, absent = self.attribute, self.attribute.coder.absent
        if self.is_element or absent is None:
            return None
        if absent is not MISSING:
            return next(empty for tag, empty in _EMPTY.items() if tag in self.tags)
        return REQUIRED if attribute.required else self.default

    @property
    def is_opaque(self) -> bool:
        """Whether what is stored is what a function makes of the value."""
        return self.attribute.coder.is_opaque

    @cached_property
    def may_be_respelled(self) -> bool:
        """Whether it is an entry whose key may be stored in several spellings."""
        return self.key is not None and not has_one_spelling(self.key, self.config or {})

    @property
    def nullable(self) -> bool:
        """Whether None may be stored here as NULL."""
        return self.attribute.coder.absent is None

    def step_into(self, step: Step) -> Steps:
        """What a step leads to; `InvalidOperation` if it can lead to nothing."""
        if self.is_opaque:
            raise self._unknown(step, "no step: what is stored is made by its stored_as")
        kinds = [*types_in(self.attribute.annotation)]
        if any(map(is_anything, kinds)):
            return Steps((Entry(self._checked(step), self._part(Any, f"[{step!r}]")),), True, True)
        records = [kind for kind in kinds if is_class(kind) and is_record(kind)]
        found = [each for kind in kinds for each in self._into_generic(kind, step)]
        if found and (len(found) > 1 or records):
            raise self._unknown(step, "steps that say whether a key or a position is meant")
        if found:
            return Steps(tuple(found), True, len(kinds) > 1)
        if _is_argument(step):
            raise self._unknown(step, "an argument for a key of a dict alone")
        members = self._members(records, step)
        if not members:
            raise self._unknown(step, self._allowed(kinds, records))
        is_mixed = len(kinds) > len(records)
        is_complete = members[0].only is None or len(members) == len(records)
        return Steps(tuple(members), is_complete, is_mixed)

    def _into_generic(self, kind: object, step: Step) -> Iterator[Entry]:
        """Where a step leads in a dict or list."""
        origin, arguments = get_origin(kind) or kind, get_args(kind)
        if origin in _MAPS:
            key, value = arguments or (str, Any)
            typed_key = self._part(key, " key")
            if isinstance(step, str) or _is_argument(step) or typed_key.tags == frozenset({"N"}):
                entry = self._part(value, f"[{step!r}]", key)
                yield Entry(self._stored_key(typed_key, step), entry)
        if origin in _LISTS and isinstance(step, int):
            element = self._element_type(origin, arguments, step)
            yield Entry(self._checked(step), self._part(element, f"[{step}]"))

    def _element_type(self, origin: object, arguments: tuple[Any, ...], at: int) -> object:
        if origin is not tuple or not arguments or arguments[1:] == (...,):
            return (*arguments, Any)[0]
        if at >= len(arguments):
            raise self._unknown(at, f"positions below {len(arguments)}")
        return arguments[at]

    def _stored_key(self, key: Typed, step: Step) -> str:
        """The stored text of a dict's key, which is spelt as the type of keys says."""
        stored = str(next(iter((key.wire(step) or {"S": ""}).values())))
        return str(self._checked(stored))

    def _checked(self, step: Step) -> Step:
        if _is_argument(step):
            return repr(step)
        if isinstance(step, int) and step >= _POSITIONS:
            raise self._unknown(step, f"positions below {_POSITIONS}")
        if isinstance(step, str) and not (
            TEXT.encode(step) and 0 < len(step.encode()) <= LONGEST_NAME
        ):
            raise self._unknown(step, f"names of 1 to {LONGEST_NAME} bytes")
        return step

    def _members(self, records: list[type[object]], step: Step) -> list[Entry]:
        """The fields of this name, one for each record that has it."""
        found = {
            kind: field for kind in records for field in fields_of(kind)[0] if field.name == step
        }
        if len(records) < 2:
            return [self._member(kind, field.name, field.stored) for kind, field in found.items()]
        known = discriminator_of(records)
        if known is None:
            raise self._unknown(step, "fields of a union whose variants one Literal tells apart")
        if [*found] == records and {field.stored for field in found.values()} == {known.name}:
            return [Entry(known.name, self._of_all(known, step))]
        return [
            self._member(kind, field.name, field.stored, Only(known.name, known.forms[kind]))
            for kind, field in found.items()
        ]

    def _member(self, kind: Any, name: str, stored: str, only: Only | None = None) -> Entry:
        tells_apart = only is not None and only.name == stored
        member = member_of(self.attribute, kind, name, self.config)
        return Entry(stored, Typed(*member, tells_apart=tells_apart), only)

    def _of_all(self, known: Discriminator, step: Step) -> Typed:
        """The field that tells variants apart, which may be what any of them has there."""
        label = f"{self.attribute.field}.{step}"
        attribute = attribute_of(self.attribute.entity, label, Literal[known.members])
        return Typed(attribute, tells_apart=True)

    def _allowed(self, kinds: list[object], records: list[type[object]]) -> str:
        names = [field.name for kind in records for field in fields_of(kind)[0]]
        if any((get_origin(kind) or kind) in _LISTS for kind in kinds):
            names.append("a position")
        if any((get_origin(kind) or kind) in _MAPS for kind in kinds):
            names.append("a key")
        known = ", ".join(dict.fromkeys(names))
        return (
            f"one of {known}" if known else f"no step: it is {show_type(self.attribute.annotation)}"
        )

    def read(self, steps: Sequence[Step]) -> IfAbsent:
        """What these steps lead to where nothing is stored here."""
        value, typed = self.if_absent, self
        for step in steps:
            if value is None or value is REQUIRED:
                return value
            try:
                found = typed._entry_of(step, value)
            except (InvalidOperation, InvalidItem):  # the variant that it is has no such step
                return None
            if found is None:
                return None
            inner = _inside(value, found.stored)
            typed = found.typed
            value = typed.if_absent if inner is None else None if "NULL" in inner else inner
        return value

    def _entry_of(self, step: Step, value: AttributeValue) -> Entry | None:
        """Where a step leads in this value; None if that has no such step."""
        entries = self.step_into(step).entries
        if ("L" if isinstance(entries[0].stored, int) else "M") not in value:
            return None
        return next((one for one in entries if one.only is None or one.only.fits(value)), None)

    def _part(self, annotation: object, step: str, key: object = None) -> Typed:
        """The type of an element, or of a dict's key or value."""
        where = f"{self.attribute.field}{step}"
        return Typed(
            attribute_of(
                self.attribute.entity, where, annotation, self.config, self.attribute.instants
            ),
            tuple(metadata_in(annotation)),
            config=self.config,
            is_element=True,
            key=key,
        )

    def _unknown(self, step: Step, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"{self.attribute.entity}: {self.attribute.field}",
            declared=f"there is no {step!r}",
            allowed=allowed,
        )


def _is_argument(step: object) -> bool:
    """Whether a step is an argument of a traced pattern."""
    return isinstance(step, Symbol)


def _inside(value: AttributeValue, step: Step) -> AttributeValue | None:
    if isinstance(step, str):
        found: AttributeValue | None = value["M"].get(step)
        return found
    elements = value["L"]
    return elements[step] if step < len(elements) else None
