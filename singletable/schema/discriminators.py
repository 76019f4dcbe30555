"""Finds the field by which the records of a union are told apart, as their coder does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from singletable.codec import AttributeValue
from singletable.codec.choices import stored_forms
from singletable.codec.models import fields_of
from singletable.codec.names import unwrap
from singletable.records import record


@record
class Discriminator:
    """The stored name of the field, what it holds in each record, and all members of its types."""

    name: str
    forms: Mapping[type[object], tuple[AttributeValue, ...]]
    members: tuple[Any, ...]


def discriminator_of(records: Sequence[type[object]]) -> Discriminator | None:
    """The first field of a Literal type whose values are no other record's; None without one."""
    literals = [_literals_of(record) for record in records]
    for name in literals[0]:
        if all(name in each for each in literals):
            members = [each[name] for each in literals]
            forms = [stored_forms(each) for each in members]
            if len(frozenset[object]().union(*forms)) == sum(map(len, forms)) and all(forms):
                return Discriminator(name, _by_record(records, forms), _all_of(members))
    return None


def _literals_of(record: type[object]) -> dict[str, tuple[Any, ...]]:
    """The members of each field that is a Literal, by stored name."""
    kinds = {field.stored: unwrap(field.annotation) for field in fields_of(record)[0]}
    return {name: get_args(kind) for name, kind in kinds.items() if get_origin(kind) is Literal}


def _by_record(
    records: Sequence[type[object]], forms: Sequence[frozenset[tuple[str, object]]]
) -> dict[type[object], tuple[AttributeValue, ...]]:
    return {
        record: tuple({tag: payload} for tag, payload in sorted(each, key=repr))
        for record, each in zip(records, forms, strict=True)
    }


def _all_of(members: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(member for each in members for member in each)
