"""Coders of X | Y and X | None: the value chooses when encoding, the tag when decoding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from singletable.codec.errors import EncodeError
from singletable.codec.scalars import NONE
from singletable.codec.wire import MISSING, AttributeValue, Inner, Payload


def union(name: str, members: Sequence[Inner]) -> Inner:
    """The coder of a union; ValueError says why members could not be told apart."""
    if any(member is not NONE and "NULL" in member.tags for member in members):
        members = [member for member in members if member is not NONE]
    for one, other in combinations(members, 2):
        _check_apart(one, other)
    by_tag = {tag: member for member in members for tag in member.tags}

    def encode(value: object, level: int) -> AttributeValue:
        for member in members:
            if member.accepts(value):
                return member.encode(value, level)
        raise EncodeError(value, f"is none of {name}")

    def decode(tag: str, payload: Payload, level: int) -> object:
        return by_tag[tag].decode(tag, payload, level)

    def accepts(value: object) -> bool:
        return any(member.accepts(value) for member in members)

    return Inner(name, frozenset(by_tag), accepts, encode, decode, _absent(members))


def optional(name: str, member: Inner) -> Inner:
    """The coder of `X | None`; refuses values as X does, members as `union` does."""
    if "NULL" in member.tags:
        return member
    _check_apart(member, NONE)

    def encode(value: object, level: int) -> AttributeValue:
        return {"NULL": True} if value is None else member.encode(value, level)

    def decode(tag: str, payload: Payload, level: int) -> object:
        return None if tag == "NULL" else member.decode(tag, payload, level)

    def accepts(value: object) -> bool:
        return value is None or member.accepts(value)

    return Inner(name, member.tags | {"NULL"}, accepts, encode, decode, absent=None)


def _check_apart(one: Inner, other: Inner) -> None:
    shared = one.tags & other.tags
    if shared:
        tags = " and ".join(sorted(shared))
        raise ValueError(f"{one.name} and {other.name} are both stored as {tags}")
    if _may_be_absent(one) and _may_be_absent(other):
        raise ValueError(
            f"{one.name} and {other.name} could not be told apart: "
            "DynamoDB stores no empty set, so it is absent, as None is"
        )


def _may_be_absent(member: Inner) -> bool:
    return member.absent is not MISSING or "NULL" in member.tags


def _absent(members: Sequence[Inner]) -> object:
    if any("NULL" in member.tags for member in members):
        return None
    return next((m.absent for m in members if m.absent is not MISSING), MISSING)
