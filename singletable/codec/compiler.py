"""Compiles annotations into coders. Knows no attribute value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from typing import Any, Final, get_origin
from uuid import UUID

from pydantic import JsonValue

from singletable.codec.anything import ANY
from singletable.codec.choices import choices
from singletable.codec.generics import GENERIC
from singletable.codec.models import fields_of, is_record
from singletable.codec.moments import DATE, DATETIME, TIME
from singletable.codec.names import name_of, unwrap
from singletable.codec.numbers import DECIMAL, FLOAT, INT, TIMEDELTA
from singletable.codec.records import Member, record
from singletable.codec.scalars import BOOL, BYTES, NONE, STR, UUID_
from singletable.codec.wire import AttributeValue, Inner, Payload, is_class
from singletable.errors.declaration import UnsupportedAnnotation

ALLOWED: Final = (
    "str, bool, int, float, Decimal, bytes, datetime, date, time, timedelta, UUID, Enum, Literal, "
    "list, tuple, dict with text keys, set, BaseModel, dataclass, X | None, "
    "unions told apart by their stored type, Any for plain values"
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


@dataclass
class Compiler:
    """Compiles one annotation; remembers the records on the way, as they may contain themselves."""

    records: dict[type, Inner] = field(default_factory=dict[type, Inner])

    def compile(self, annotation: object, where: str) -> Inner:
        try:
            bare = unwrap(annotation)
            if _is_plain(bare):
                return _PLAIN[bare]
            origin = get_origin(bare) or bare
            build = GENERIC.get(origin)
            if build is not None:
                return build(self.compile, bare, where)
            if is_class(bare):
                return self.compile_class(bare, where)
            raise ValueError("is not supported")
        except ValueError as error:
            name = name_of(annotation)
            raise UnsupportedAnnotation(
                where=where, declared=f"{name}: {error}", allowed=ALLOWED
            ) from None

    def compile_class(self, kind: type[object], where: str) -> Inner:
        if issubclass(kind, Enum):
            if issubclass(kind, Flag):
                raise ValueError("is a Flag, whose combinations are no members")
            return choices(kind.__name__, kind)
        if is_record(kind):
            return self.compile_record(kind, where)
        raise ValueError("is not supported")

    def compile_record(self, kind: type[object], where: str) -> Inner:
        known = self.records.get(kind)
        if known is not None:
            return known
        self.records[kind] = self._reference(kind)
        fields, closed = fields_of(kind)
        members = [
            Member(each.name, each.stored, each.loaded, self.compile(each.annotation, at))
            for each in fields
            for at in [f"{where}.{each.name}"]
        ]
        self.records[kind] = record(kind, members, closed=closed)
        return self.records[kind]

    def _reference(self, kind: type[object]) -> Inner:
        """The coder of a record inside itself: not compiled yet, so looked up when it is used."""

        def encode(value: object, level: int) -> AttributeValue:
            return self.records[kind].encode(value, level)

        def decode(tag: str, payload: Payload, level: int) -> object:
            return self.records[kind].decode(tag, payload, level)

        return Inner(
            kind.__name__, frozenset({"M"}), lambda value: type(value) is kind, encode, decode
        )


def _is_plain(bare: object) -> bool:
    return (bare is None or bare is JsonValue or isinstance(bare, type)) and bare in _PLAIN
