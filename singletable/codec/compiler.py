"""Compiles annotations into coders. Knows no attribute value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import JsonValue

from singletable.codec.addresses import address, url
from singletable.codec.anything import ANY
from singletable.codec.choices import choices, stored_forms
from singletable.codec.field_checks import settle_absence
from singletable.codec.formatted import (
    declared_format,
    declared_transform,
    formatted,
)
from singletable.codec.generics import GENERIC
from singletable.codec.models import Field, fields_of, is_record
from singletable.codec.moments import DATE, DATETIME, TIME
from singletable.codec.names import name_of, text_or_int, unwrap, unwrap_to_class
from singletable.codec.numbers import DECIMAL, FLOAT, INT, TIMEDELTA
from singletable.codec.records import Member, of_record
from singletable.codec.scalars import BOOL, BYTES, NONE, STR, UUID_
from singletable.codec.transformed import transformed
from singletable.codec.unions import optional
from singletable.codec.unknown_names import keep_inside
from singletable.codec.vectors import VectorMark, vector
from singletable.codec.wire import MISSING, AttributeValue, Forms, Inner, Payload, is_class
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.formats import Format
from singletable.formats.stored_as import StoredAs
from singletable.records import record

ALLOWED: Final = (
    "str, bool, int, float, Decimal, bytes, datetime, date, time, timedelta, UUID, Enum, Literal, "
    "list, deque, Sequence, tuple, set, dict or Mapping with keys of text or numbers, BaseModel, "
    "dataclass, NamedTuple, X | None, unions told apart by stored type or by a Literal field, "
    "AnyUrl, IP addresses and networks, Path, Any for plain values; any class with stored_as"
)
_PLAIN: Final[Mapping[object, Inner]] = {
    str: STR,
    bytes: BYTES,
    bool: BOOL,
    int: INT,
    float: FLOAT,
    Decimal: DECIMAL,
    UUID: UUID_,
    datetime: DATETIME,
    date: DATE,
    time: TIME,
    timedelta: TIMEDELTA,
    None: NONE,
    type(None): NONE,
    Any: ANY,
    object: ANY,
    JsonValue: ANY,
}


@record(frozen=False)
class Compiler:
    """Compiles one annotation; remembers the records on the way, as they may contain themselves.

    `instants`: the format of moments that declare none. `is_rebuilt`: whether Pydantic builds
    objects anew from what is decoded, such as models.
    """

    instants: Format | None = None
    records: dict[type, Inner] = field(default_factory=dict[type, Inner])
    is_rebuilt: bool = False

    def compile(self, annotation: object, where: str) -> Inner:
        try:
            return self._build(annotation, self.unwrap(annotation), where)
        except UnsupportedAnnotation:
            raise
        except Exception as error:
            why = str(error) if type(error) is ValueError else f"raises {error!r}"
            raise UnsupportedAnnotation(
                where=where, declared=f"{name_of(annotation)}: {why}", allowed=ALLOWED
            ) from error

    def _build(self, annotation: object, bare: object, where: str) -> Inner:
        transform = declared_transform(annotation)
        if transform is not None:
            return self._build_transformed(transform, annotation, where)
        format_ = declared_format(annotation) or (self.instants if bare is datetime else None)
        if format_ is not None and format_.attribute_type and is_class(bare) and format_.fits(bare):
            return formatted(format_, bare)
        if _is_plain(bare):
            return _PLAIN[bare]
        found = address(bare) if is_class(bare) else None
        if found is not None:
            return found
        build = GENERIC.get(get_origin(bare) or bare)
        if build is not None:
            return build(self.compile, bare, where)
        if is_class(bare):
            return self.compile_class(bare, where)
        raise ValueError("is not supported")

    def _build_transformed(self, mark: StoredAs, annotation: object, where: str) -> Inner:
        bare = unwrap_to_class(annotation)
        members = get_args(bare) if get_origin(bare) in (Union, UnionType) else (bare,)
        kinds = [kind for kind in members if kind is not NoneType]
        kind = get_origin(kinds[0]) or unwrap_to_class(kinds[0]) if len(kinds) == 1 else None
        if not is_class(kind):
            raise ValueError("has stored_as, which is for one class, or that and None")
        if isinstance(mark, VectorMark):
            found = vector(mark)
            return found if len(kinds) == len(members) else optional(found.name, found)
        if mark.kind is None:
            raise ValueError(
                "has stored_as of a function that does not say what it gives: annotate it, or give"
                " the type as the third argument"
            )
        inside = Compiler(self.instants)
        stored = inside.compile(mark.kind, where)
        if "NULL" in stored.tags or stored.absent is not MISSING:
            raise ValueError("has stored_as what may be stored as no attribute")
        name = name_of(kind)
        inner = transformed(mark, name, kind, stored, is_rebuilt=inside.is_rebuilt)
        return inner if len(kinds) == len(members) else optional(name, inner)

    def unwrap(self, annotation: object) -> object:
        bare = unwrap_to_class(annotation)
        kind = text_or_int(bare) if is_class(bare) else bare
        self.is_rebuilt |= kind is not bare
        return kind

    def compile_class(self, kind: type[object], where: str) -> Inner:
        if issubclass(kind, Enum):
            if issubclass(kind, Flag):
                raise ValueError("is a Flag, whose combinations are no members")
            return choices(kind.__name__, kind)
        if is_record(kind):
            return self.compile_record(kind, where)
        found = url(kind)
        if found is not None:
            self.is_rebuilt = True
            return found
        raise ValueError("is not supported")

    def compile_record(self, kind: type[object], where: str) -> Inner:
        known = self.records.get(kind)
        if known is not None:
            return known
        self.is_rebuilt = True
        fields, closed = fields_of(kind)
        fixed = {field.stored: forms for field in fields if (forms := _fixed(field))}
        self.records[kind] = self._reference(kind, fixed)
        members = [
            Member(each.name, each.stored, each.loaded, self._compile_field(kind, each, where))
            for each in fields
        ]
        self.records[kind] = replace(of_record(kind, members, closed=closed), fixed=fixed)
        return self.records[kind]

    def _compile_field(self, kind: type[object], field: Field, where: str) -> Inner:
        inner = self.compile(field.annotation, f"{where}.{field.name}")
        return settle_absence(inner, kind, field.name, field.annotation)

    def _reference(self, kind: type[object], fixed: Mapping[str, Forms]) -> Inner:
        """The coder of a record inside itself: not compiled yet, so looked up when it is used."""

        def encode(value: object, level: int) -> AttributeValue:
            return self.records[kind].encode(value, level)

        def decode(tag: str, payload: Payload, level: int) -> object:
            return self.records[kind].decode(tag, payload, level)

        def accepts(value: object) -> bool:
            return type(value) is kind

        def keep(
            stored: AttributeValue, known: AttributeValue, new: AttributeValue
        ) -> AttributeValue:
            return keep_inside(self.records[kind].keep, stored, known, new)

        return Inner(
            kind.__name__, frozenset({"M"}), accepts, encode, decode, fixed=fixed, keep=keep
        )


def _fixed(field: Field) -> Forms:
    """What a field can be stored as, if it is a Literal."""
    bare = unwrap(field.annotation)
    return stored_forms(get_args(bare)) if get_origin(bare) is Literal else frozenset()


def _is_plain(bare: object) -> bool:
    return (bare is None or bare is JsonValue or isinstance(bare, type)) and bare in _PLAIN
