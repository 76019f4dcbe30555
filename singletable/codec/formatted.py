"""Coders of values that a mark on their type says how to store: a format, or `stored_as`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.moments import instant_form
from singletable.codec.names import unwrap_once
from singletable.codec.scalars import instance_of, with_usual
from singletable.codec.wire import AttributeValue, Inner, Payload
from singletable.formats import Format, Instant
from singletable.formats.stored_as import StoredAs

_DEEPEST = 32


def annotation_of(info: FieldInfo) -> Any:
    """A field's annotation, with the marks on its storage that Pydantic keeps beside it."""
    marks = [mark for mark in info.metadata if isinstance(mark, Format | StoredAs)]
    return Annotated[info.annotation, *marks] if marks else info.annotation


def declared_format(annotation: object) -> Format | None:
    """The declared format of a type."""
    return next((mark for mark in _marks(annotation) if isinstance(mark, Format)), None)


def declared_transform(annotation: object) -> StoredAs | None:
    """The functions that a type is declared to be stored by."""
    return next((mark for mark in _marks(annotation) if isinstance(mark, StoredAs)), None)


def _marks(annotation: object) -> Iterator[object]:
    """What `Annotated` says of a type, from the outside inwards."""
    seen = annotation
    for _ in range(_DEEPEST):
        if get_origin(seen) is Annotated:
            yield from reversed(get_args(seen)[1:])
        inner = unwrap_once(seen)
        if inner is seen:
            return
        seen = inner


def formatted(format_: Format, kind: type[object]) -> Inner:
    """The coder of a class whose values are stored as the format says."""
    tag = format_.attribute_type or "S"

    def encode(value: object, level: int) -> AttributeValue:
        try:
            return {tag: format_.to_attribute(value)}
        except ValueError as error:
            raise EncodeError(value, str(error)) from None

    def decode(found: str, payload: Payload, level: int) -> object:
        try:
            return format_.from_attribute(payload)
        except ValueError as error:
            raise DecodeError(short_repr(payload), f"{format_.name}: it {error}") from None

    inner = Inner(format_.name, frozenset({tag}), instance_of(kind), encode, decode)
    if type(format_) is not Instant or not format_.suffix or kind is not datetime:
        return inner
    form = instant_form(format_.separator, format_.precision, format_.suffix)
    return with_usual(inner, form)
