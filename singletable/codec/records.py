"""The coder of an object with named fields as M, which loads as a plain dict.

Each field has its stored name. At any depth it may be absent: None and the empty set are stored so.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import TypeGuard

from singletable.codec.containers import check_depth, is_empty_set, require
from singletable.codec.errors import DecodeError, field_step, short_repr
from singletable.codec.unknown_names import keep_in_record
from singletable.codec.wire import MISSING, AttributeValue, Inner, Payload, encode_at, load_at


@dataclass(frozen=True, slots=True)
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


def record(kind: type, members: Sequence[Member], *, closed: bool) -> Inner:
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
    return Inner(name, frozenset({"M"}), accepts, encode, decode, keep=keep)


def _field(member: Member, payload: Payload, level: int) -> object:
    if member.stored in payload:
        return load_at(member.inner, payload[member.stored], level, member.name, field_step)
    return copy(member.inner.absent)
