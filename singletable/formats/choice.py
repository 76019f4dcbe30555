"""Formats of values from a closed set: enum members, literals, booleans."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.errors.declaration import InvalidFormat
from singletable.formats.base import Format, check_encodable
from singletable.languages.expressions import Automaton, any_of
from singletable.records import record


@record(sealed=True, kw_only=True)
class OneOf(Format):
    """One of a closed set; the text is the member's value."""

    keeps_text: ClassVar[bool] = True

    members: tuple[tuple[str, object], ...]

    @cached_property
    def language(self) -> Automaton:
        return any_of([encoded for encoded, _ in self.members]).automaton

    @property
    def input_types(self) -> tuple[type, ...]:
        """The classes of the members, and text for those that are no booleans."""
        return self._input_types

    @cached_property
    def _input_types(self) -> tuple[type, ...]:
        kinds = {type(member) for _, member in self.members}
        return tuple(kinds if kinds == {bool} else {*kinds, str})

    def describe_json(self) -> JsonSchemaValue:
        texts = [member for _, member in self.members if type(member) is str]
        return {"enum": texts} if len(texts) == len(self.members) else {}

    def fits(self, kind: type) -> bool:
        return any(isinstance(member, kind) for _, member in self.members)

    def encode(self, value: object) -> str:
        for encoded, member in self.members:
            if member is value or (type(member) is type(value) and member == value):
                return encoded
        raise ValueError(f"is not one of {', '.join(encoded for encoded, _ in self.members)}")

    def decode(self, text: str) -> object:
        for encoded, member in self.members:
            if encoded == text:
                return member
        raise ValueError(f"is not one of {', '.join(encoded for encoded, _ in self.members)}")

    def example(self, field: str) -> object:
        return self.members[0][1]


def one_of(values: Sequence[object]) -> OneOf:
    """The format of exactly these values: enum members, or strings."""
    if not values:
        raise InvalidFormat(where="one_of", declared="no value", allowed="at least one value")
    members = tuple((_text_of(value), value) for value in values)
    texts = [encoded for encoded, _ in members]
    if len(set(texts)) < len(texts):
        raise InvalidFormat(
            where="one_of", declared="two values of the same text", allowed="a text for each"
        )
    sizes = [len(encoded.encode()) for encoded in texts]
    return OneOf(
        name="one of " + ", ".join(texts),
        alphabet=frozenset("".join(texts)),
        min_bytes=min(sizes),
        max_bytes=max(sizes),
        ordered=all(before < after for before, after in pairwise(texts)),
        members=members,
    )


def _text_of(value: object) -> str:
    plain = value.value if isinstance(value, Enum) else value
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if not isinstance(plain, str) or not plain:
        raise ValueError(f"{value!r} has no text; use non-empty strings as values")
    return check_encodable(plain)


def flag() -> OneOf:
    """The format of booleans, as `false` and `true`."""
    return one_of((False, True))
