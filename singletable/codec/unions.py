"""Coders of X | Y and X | None: the value chooses when encoding, the tag when decoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.scalars import NONE
from singletable.codec.source import Source
from singletable.codec.unknown_names import keep_in_union, keep_in_variants
from singletable.codec.wire import (
    MISSING,
    AttributeValue,
    Inner,
    Payload,
    emit_read,
    emit_write,
    encoding,
    is_attribute_value,
    loading,
)

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
    tags = frozenset({"M"})
    inner = Inner(name, tags, accepts, by_value, decode, fixed=fixed, keep=keep)
    return _with_source(inner, field, by_form, records)


def _with_source(
    inner: Inner,
    field: str,
    by_form: Mapping[tuple[str, object], Inner],
    records: Sequence[Inner],
) -> Inner:
    """The coder of records that are told apart by a field, as source text too."""

    def reading(source: Source, wire: str, level: int) -> str:
        """By the variant; the records look at the rest of the value."""
        found, form = source.name(), source.name("form")
        source.line(f"{form} = {wire}['M'][{field!r}]")
        word = "if"
        for (tag, payload), record in by_form.items():
            with source.block(f"{word} {form} == {{{tag!r}: {payload!r}}}:"):
                source.line(f"{found} = {emit_read(record, source, wire, level)}")
            word = "elif"
        with source.block("else:"):
            source.line(f"{found} = {loading(inner, source, wire, level)}")
        return found

    def writing(source: Source, value: str, level: int) -> str:
        """By the member that accepts it, which is one for each class."""
        made = source.name("w")
        word = "if"
        for record in records:
            with source.block(f"{word} {source.bind(record.accepts, 'accepts')}({value}):"):
                source.line(f"{made} = {emit_write(record, source, value, level)}")
            word = "elif"
        with source.block("else:"):
            source.line(f"{made} = {encoding(inner, source, value, level)}")
        return made

    return replace(inner, reading=reading, writing=writing)


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

    def reading(source: Source, wire: str, level: int) -> str:
        found = source.name()
        with source.block(f"if 'NULL' in {wire}:"):
            source.line(f"{found} = {loading(inner, source, wire, level)}")
        with source.block("else:"):
            source.line(f"{found} = {emit_read(member, source, wire, level)}")
        return found

    def writing(source: Source, value: str, level: int) -> str:
        made = source.name("w")
        with source.block(f"if {value} is None:"):
            source.line(f"{made} = {{'NULL': True}}")
        with source.block("else:"):
            source.line(f"{made} = {emit_write(member, source, value, level)}")
        return made

    inner = Inner(
        name,
        member.tags | {"NULL"},
        accepts,
        encode,
        decode,
        None,
        keep=member.keep,
        transform=member.transform,
        reading=reading if member.reading else None,
        writing=writing if member.writing else None,
    )
    return inner


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
