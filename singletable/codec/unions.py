"""X | Y: told apart by the tag when decoding, by the value when encoding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from singletable.codec.faults import EncodeError
from singletable.codec.scalars import NONE
from singletable.codec.wire import MISSING, AttributeValue, Inner


def union(name: str, members: Sequence[Inner]) -> Inner:
    """Raises ValueError, with the reason, for members that could not be told apart."""
    if any(member is not NONE and "NULL" in member.tags for member in members):
        members = [member for member in members if member is not NONE]
    for one, other in combinations(members, 2):
        _check_apart(one, other)
    by_tag = {tag: member for member in members for tag in member.tags}

    def encode(value: Any, level: int) -> AttributeValue:
        for member in members:
            if member.accepts(value):
                return member.encode(value, level)
        raise EncodeError(value, f"is none of {name}")

    def decode(tag: str, payload: Any, level: int) -> Any:
        return by_tag[tag].decode(tag, payload, level)

    def accepts(value: Any) -> bool:
        return any(member.accepts(value) for member in members)

    return Inner(name, frozenset(by_tag), accepts, encode, decode, _absent(members))


def optional(name: str, member: Inner) -> Inner:
    """`X | None`, with the reasons of X when it refuses; raises ValueError as `union` does."""
    if "NULL" in member.tags:
        return member
    _check_apart(member, NONE)

    def encode(value: Any, level: int) -> AttributeValue:
        return {"NULL": True} if value is None else member.encode(value, level)

    def decode(tag: str, payload: Any, level: int) -> Any:
        return None if tag == "NULL" else member.decode(tag, payload, level)

    def accepts(value: Any) -> bool:
        return value is None or member.accepts(value)

    return Inner(name, member.tags | {"NULL"}, accepts, encode, decode, absent=None)


def _check_apart(one: Inner, other: Inner) -> None:
    shared = one.tags & other.tags
    if shared:
        tags = " and ".join(sorted(shared))
        raise ValueError(f"{one.name} and {other.name} are both stored as {tags}")
    if _loads_from_nothing(one) and _loads_from_nothing(other):
        raise ValueError(
            f"{one.name} and {other.name} could not be told apart: "
            "DynamoDB stores no empty set, so it is absent, as None is"
        )


def _loads_from_nothing(member: Inner) -> bool:
    return member.absent is not MISSING or "NULL" in member.tags


def _absent(members: Sequence[Inner]) -> Any:
    if any("NULL" in member.tags for member in members):
        return None
    return next((m.absent for m in members if m.absent is not MISSING), MISSING)
