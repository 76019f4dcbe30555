"""The coder of an object with named fields as M, which loads as a plain dict.

Each field has its stored name. At any depth it may be absent: None and the empty set are stored so.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import replace
from typing import TypeGuard

from singletable.codec.containers import check_depth, is_empty_set, require
from singletable.codec.errors import DecodeError, field_step, short_repr
from singletable.codec.source import Source, attribute
from singletable.codec.unknown_names import keep_in_record
from singletable.codec.wire import (
    MISSING,
    AttributeValue,
    Inner,
    Payload,
    emit_read,
    emit_write,
    encode_at,
    encoding,
    load_at,
    loading,
    usual,
)
from singletable.records import record


@record
class Member:
    """A field's coder, and its names in the object, in the stored map and in the decoded dict."""

    name: str
    stored: str
    loaded: str
    inner: Inner


def is_absent(inner: Inner, value: object) -> bool:
    """Whether this value is stored as an absent attribute."""
    if inner.absent is MISSING:
        return False
    return value is None if inner.absent is None else is_empty_set(value)


def of_record(kind: type, members: Sequence[Member], *, closed: bool) -> Inner:
    """The coder of one class.

    `closed`: an unknown name in a stored map is malformed, otherwise it is skipped.
    An instance of a subclass is refused: what the subclass adds would be lost.
    """
    name = kind.__name__
    known = frozenset(member.stored for member in members)

    def accepts(value: object) -> TypeGuard[object]:
        return type(value) is kind

    def encode(value: object, level: int) -> AttributeValue:
        require(name, accepts, value, level)
        out: dict[str, AttributeValue] = {}
        for member in members:
            field = getattr(value, member.name, MISSING)
            if not is_absent(member.inner, field):
                wire = encode_at(member.inner, field, level + 1, member.name, field_step)
                out[member.stored] = wire
        return {"M": out}

    def decode(tag: str, payload: Payload, level: int) -> object:
        check_depth(level)
        if closed and not payload.keys() <= known:
            unknown = sorted(payload.keys() - known)
            raise DecodeError(f"unknown {short_repr(unknown)}", f"the fields of {name}")
        loaded = ((member.loaded, _field(member, payload, level + 1)) for member in members)
        return {name: value for name, value in loaded if value is not MISSING}

    keep = keep_in_record({member.stored: member.inner for member in members}, closed=closed)
    inner = Inner(name, frozenset({"M"}), accepts, encode, decode, keep=keep)
    return _with_source(inner, kind, members)


def _with_source(inner: Inner, kind: type, members: Sequence[Member]) -> Inner:
    """The coder of a record, as source text too; a map with unknown names is left to the coder."""
    known = frozenset(member.stored for member in members)

    def reading(source: Source, wire: str, level: int) -> str:
        found, payload = source.name(), source.name("p")
        test = usual(wire, "M", "dict", payload)
        with source.block(f"if {test} and {payload}.keys() <= {source.bind(known, 'known')}:"):
            source.line(f"{found} = {{}}")
            for member in members:
                target, own = f"{found}[{member.loaded!r}]", member.inner
                emit_entry(source, own, own.absent, payload, member.stored, target, level + 1)
        with source.block("else:"):
            source.line(f"{found} = {loading(inner, source, wire, level)}")
        return found

    def writing(source: Source, value: str, level: int) -> str:
        made, fields = source.name("w"), source.name("fields")
        with source.block(f"if type({value}) is {source.bind(kind, 'Kind')}:"):
            source.line(f"{fields} = {{}}")
            for member in members:
                field = source.keep(attribute(value, member.name))
                with if_stored(member.inner.absent, source, field):
                    wire = emit_write(member.inner, source, field, level + 1)
                    source.line(f"{fields}[{member.stored!r}] = {wire}")
            source.line(f"{made} = {{'M': {fields}}}")
        with source.block("else:"):
            source.line(f"{made} = {encoding(inner, source, value, level)}")
        return made

    return replace(inner, reading=reading, writing=writing)


def if_stored(absent: object, source: Source, value: str) -> AbstractContextManager[None]:
    """The lines that follow are for values that are not stored as an absent attribute."""
    if absent is MISSING:
        return nullcontext()
    if absent is None:
        return source.block(f"if {value} is not None:")
    return source.block(f"if not {source.bind(is_empty_set, 'is_empty_set')}({value}):")


def emit_entry(
    source: Source, inner: Inner, absent: object, held: str, name: str, target: str, level: int
) -> None:
    """Writes the decoding of what the map `held` has of this name, or of its absence, to `target`.

    `absent`: as of `Coder`, of which some are not those of their `inner`.
    """
    with source.block(f"if {name!r} in {held}:"):
        wire = source.keep(f"{held}[{name!r}]", "w")
        source.line(f"{target} = {emit_read(inner, source, wire, level)}")
    if absent is None:
        source.line(f"else: {target} = None")
    elif absent is not MISSING:
        empty = source.bind(absent, "empty")
        source.line(f"else: {target} = {source.bind(copy, 'copy')}({empty})")


def _field(member: Member, payload: Payload, level: int) -> object:
    if member.stored in payload:
        return load_at(member.inner, payload[member.stored], level, member.name, field_step)
    return copy(member.inner.absent)
