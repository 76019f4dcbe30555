"""Coders of text, bytes, bool, UUID and None, and `scalar`, which makes coders with one tag."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeGuard, TypeVar
from uuid import UUID

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.source import Source
from singletable.codec.wire import AttributeValue, Inner, Payload, encoding, loading, usual
from singletable.records import record

T = TypeVar("T")

_PAYLOADS: Final = {"S": "str", "N": "str", "B": "bytes", "BOOL": "bool"}


@record
class Usual:
    """What generated code does in place of a scalar's coder.

    Payloads that meet `test`, an expression in which `{p}` is the payload, or that `text` matches
    whole, or all where there is neither, are what `make` makes of them, or stand for themselves:
    a match takes thrice the time of a few methods of texts. A value that is exactly of the class
    `kind`, and meets `fits`, is stored as `payload`: expressions in which `{v}` is the value.
    """

    text: re.Pattern[str] | None = None
    test: str = ""
    make: Callable[[Payload], object] | None = None
    kind: type | None = None
    fits: str = ""
    payload: str = "{v}"


def scalar(
    name: str,
    tag: str,
    accepts: Callable[[object], TypeGuard[T]],
    dump: Callable[[T], object],
    parse: Callable[[Payload], object],
    form: Usual | None = None,
) -> Inner:
    """A coder with one tag. `dump` gives the payload or raises `EncodeError`; `parse` reads it."""

    def encode(value: object, level: int) -> AttributeValue:
        if not accepts(value):
            raise EncodeError(value, f"is no {name}")
        return {tag: dump(value)}

    def decode(found: str, payload: Payload, level: int) -> object:
        return parse(payload)

    inner = Inner(name, frozenset({tag}), accepts, encode, decode)
    return inner if form is None else with_usual(inner, form)


def scalar_of(
    kind: type[T],
    tag: str,
    dump: Callable[[T], object],
    parse: Callable[[Payload], object],
    form: Usual | None = None,
) -> Inner:
    """The coder, with one tag, of a class and of those below it."""
    accepts: Callable[[object], TypeGuard[T]] = instance_of(kind)
    return scalar(kind.__name__, tag, accepts, dump, parse, form)


def with_usual(inner: Inner, form: Usual) -> Inner:
    """The coder of a scalar, as source text too: any other form is left to the coder itself."""
    [tag] = inner.tags

    def reading(source: Source, wire: str, level: int) -> str:
        payload = source.name("p")
        test = usual(wire, tag, _PAYLOADS[tag], payload)
        tests = [f"({form.test.format(p=payload)})"] if form.test else []
        if form.text is not None:
            tests.append(f"{source.bind(form.text.fullmatch, 'fits')}({payload})")
        if tests:
            test += f" and ({' or '.join(tests)})"
        made = payload if form.make is None else f"{source.bind(form.make, 'make')}({payload})"
        return f"({made} if {test} else {loading(inner, source, wire, level)})"

    def writing(source: Source, value: str, level: int) -> str:
        test = f"type({value}) is {source.bind(form.kind, 'Kind')}"
        test += f" and {form.fits.format(v=value)}" if form.fits else ""
        made = f"{{{tag!r}: {form.payload.format(v=value)}}}"
        return f"({made} if {test} else {encoding(inner, source, value, level)})"

    return replace(inner, reading=reading, writing=None if form.kind is None else writing)


def instance_of(kind: type[T]) -> Callable[[object], TypeGuard[T]]:
    """A test for instances of the class and of those below it."""

    def accepts(value: object) -> TypeGuard[T]:
        return isinstance(value, kind)

    return accepts


def storable_text(value: str) -> str:
    """The text as a plain `str`; `EncodeError` for a lone surrogate."""
    text = str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise EncodeError(value, "has a lone surrogate, which UTF-8 cannot carry") from None
    return text


_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _uuid(text: str) -> UUID:
    if not _UUID.fullmatch(text):
        raise DecodeError(short_repr(text), "the text of a UUID")
    return UUID(text)


def _plain_bytes(value: bytes) -> bytes:
    """The bytes themselves: a class below them may say otherwise in `__bytes__`."""
    return b"".join((value,))


def _same(payload: T) -> T:
    return payload


def _is_none(value: object) -> TypeGuard[None]:
    return value is None


STR: Final = scalar_of(str, "S", storable_text, _same, Usual(kind=str, fits="{v}.isascii()"))
BYTES: Final = scalar_of(bytes, "B", _plain_bytes, _same, Usual(kind=bytes))
BOOL: Final = scalar_of(bool, "BOOL", bool, bool, Usual(kind=bool))
UUID_: Final = scalar_of(
    UUID, "S", UUID.__str__, _uuid, Usual(_UUID, make=UUID, kind=UUID, payload="str({v})")
)
NONE: Final = replace(scalar("None", "NULL", _is_none, lambda _: True, lambda _: None), absent=None)
