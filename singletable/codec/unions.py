"""Coders of X | Y and X | None: the value chooses when encoding, the tag when decoding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Final

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.scalars import NONE
from singletable.codec.unknown_names import keep_in_union, keep_in_variants
from singletable.codec.wire import MISSING, AttributeValue, Inner, Payload, is_attribute_value

_SCALARS: Final = frozenset({"S", "N", "BOOL"})


def union(name: str, members: Sequence[Inner]) -> Inner:
    """The coder of a union; ValueError says why members could not be told apart."""
    if any(member is not NONE and "NULL" in member.tags for member in members):
        members = [member for member in members if member is not NONE]
    for one, other in combinations(members, 2):
        _check_apart(one, other)
    by_tag = {tag: member for member in members for tag in member.tags}

    def decode(tag: str, payload: Payload, level: int) -> object:
        return by_tag[tag].decode(tag, payload, level)

    def accepts(value: object) -> bool:
        return any(member.accepts(value) for member in members)

    encode = union_encoder(name, members)
    absent, keep = _absent(members), keep_in_union(by_tag)
    transform = next((each.transform for each in members if each.transform is not None), None)
    tags = frozenset(by_tag)
    return Inner(name, tags, accepts, encode, decode, absent, keep=keep, transform=transform)


def merge_records(members: Sequence[Inner]) -> list[Inner]:
    """The members, with one coder for records that a `Literal` field of each tells apart."""
    records = [member for member in members if member.fixed]
    for field in records[0].fixed if len(records) > 1 else ():
        forms = [record.fixed.get(field, frozenset()) for record in records]
        if all(forms) and len(frozenset[object]().union(*forms)) == sum(map(len, forms)):
            others = [member for member in members if not member.fixed]
            return [_discriminated(field, records), *others]
    return list(members)


def _discriminated(field: str, records: Sequence[Inner]) -> Inner:
    """The coder of records that are told apart by what they store in `field`."""
    name = " | ".join(record.name for record in records)
    by_form = {form: record for record in records for form in record.fixed[field]}
    by_value = union_encoder(name, records)

    def variant(payload: Payload) -> Inner | None:
        found = payload.get(field)
        [form] = found.items() if is_attribute_value(found) else [("", None)]
        return by_form.get(form) if form[0] in _SCALARS else None

    def decode(tag: str, payload: Payload, level: int) -> object:
        known = variant(payload)
        if known is None:
            raise DecodeError(f"{field} {short_repr(payload.get(field))}", f"that of {name}")
        return known.decode(tag, payload, level)

    def accepts(value: object) -> bool:
        return any(record.accepts(value) for record in records)

    fixed, keep = {field: frozenset(by_form)}, keep_in_variants(variant)
    return Inner(name, frozenset({"M"}), accepts, by_value, decode, fixed=fixed, keep=keep)


def union_encoder(name: str, members: Sequence[Inner]) -> Callable[[object, int], AttributeValue]:
    """Encodes a value by the first member that accepts it."""

    def encode(value: object, level: int) -> AttributeValue:
        for member in members:
            if member.accepts(value):
                return member.encode(value, level)
        raise EncodeError(value, f"is none of {name}")

    return encode


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

    tags = member.tags | {"NULL"}
    keep, transform = member.keep, member.transform
    return Inner(name, tags, accepts, encode, decode, None, keep=keep, transform=transform)


def _check_apart(one: Inner, other: Inner) -> None:
    shared = one.tags & other.tags
    if shared:
        tags = " and ".join(sorted(shared))
        remedy = ": give each a Literal field whose values are its own" if tags == "M" else ""
        raise ValueError(f"{one.name} and {other.name} are both stored as {tags}{remedy}")
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
