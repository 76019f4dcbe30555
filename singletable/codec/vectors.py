"""Vectors of numbers of 32 bits, as DynamoDB's vector indexes compare them: stored as L of N."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from operator import itemgetter
from typing import Annotated, Any, TypeAlias, TypeGuard, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from singletable.codec.containers import check_depth, require
from singletable.codec.errors import DecodeError, EncodeError, short_repr
from singletable.codec.wire import AttributeValue, Inner, Payload
from singletable.formats.stored_as import StoredAs
from singletable.records import record

_SINGLE = struct.Struct("f")
_NUMBER = itemgetter("N")
_DIGITS = (6, 7, 8, 9)
"""Nine digits tell every number of 32 bits; six are kept as they are written."""


class Shortened(tuple[float, ...]):
    """Numbers of 32 bits, each with the fewest digits that tell it, which are not sought again."""

    __slots__ = ()


def shorten(values: Sequence[float]) -> Shortened:
    """The numbers of 32 bits nearest to these; `ValueError` for what is no such number."""
    try:
        singles = struct.unpack(f"{len(values)}f", struct.pack(f"{len(values)}f", *values))
    except (OverflowError, struct.error):
        raise ValueError("has a number that 32 bits do not hold") from None
    if not all(map(math.isfinite, singles)):
        raise ValueError("has a number that is not finite")
    return Shortened(map(_shortest, singles))


def _shortest(single: float) -> float:
    for digits in _DIGITS:
        short = float(f"{single:.{digits}g}")
        if _SINGLE.unpack(_SINGLE.pack(short))[0] == single:
            return short or 0.0
    raise AssertionError(single)


@record(sealed=True)
class VectorMark(StoredAs):
    """The mark of `Vector`. `dimensions`: those of the vector index that the field is in.

    `is_direction`: the index compares by the cosine, which a vector of zeros has with no other.
    """

    dimensions: int | None = None
    is_direction: bool = False

    def accept(self, value: object) -> tuple[float, ...]:
        """The vector of a list or tuple of numbers; `ValueError` for anything else."""
        if type(value) is Shortened:
            return self._check(value)
        if not _is_sequence(value):
            raise ValueError(f"is {type(value).__name__}, not a list or tuple of numbers")
        for each in value:
            if not isinstance(each, (int, float)) or isinstance(each, bool):
                raise ValueError(f"has an element of {type(each).__name__}, which is no number")
        self.check_length(len(value))
        return self._check(shorten(cast("Sequence[float]", value)))

    def try_to_accept(self, value: object) -> object:
        """The vector of what is one; anything else as it is."""
        try:
            return self.accept(value)
        except ValueError:
            return value

    def _check(self, found: Shortened) -> Shortened:
        self.check_length(len(found))
        if self.is_direction and not any(found):
            raise ValueError("has no direction: it is all zeros, and its index compares by cosine")
        return found

    def check_length(self, length: int) -> None:
        if self.dimensions is not None and length != self.dimensions:
            raise ValueError(f"has {length} dimensions, and its index {self.dimensions}")

    def example(self, variant: int = 0) -> tuple[float, ...]:
        """A vector along one of the axes."""
        size = self.dimensions or 3
        return tuple(float(at == variant % size) for at in range(size))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.accept)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        numbers = handler(core_schema.tuple_variable_schema(core_schema.float_schema()))
        size = self.dimensions
        return {**numbers, **({} if size is None else {"minItems": size, "maxItems": size})}

    def for_index(self, dimensions: int, *, is_direction: bool) -> VectorMark:
        return replace(self, dimensions=dimensions, is_direction=is_direction)


def _is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, (list, tuple))


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _is_vector(value: object) -> TypeGuard[tuple[float, ...]]:
    return isinstance(value, tuple)


def vector(mark: VectorMark) -> Inner:
    """The coder of vectors."""

    def encode(value: object, level: int) -> AttributeValue:
        numbers = require("Vector", _is_vector, value, level)
        try:
            mark.check_length(len(numbers))
        except ValueError as error:
            raise EncodeError(value, str(error)) from None
        if not all(map(_is_finite, numbers)):
            raise EncodeError(value, "is no Vector: it has elements that are no finite float")
        return {"L": [{"N": float.__repr__(each)} for each in numbers]}

    def decode(tag: str, payload: Payload, level: int) -> object:
        check_depth(level)
        try:
            numbers = tuple(map(float, map(_NUMBER, payload)))
        except (KeyError, TypeError, ValueError):
            raise DecodeError(short_repr(payload), "a list of numbers") from None
        return numbers  # validated as whatever constructs the field: the mark accepts it

    return Inner("Vector", frozenset({"L"}), _is_vector, encode, decode, transform=mark)


def _to_numbers(value: tuple[float, ...]) -> list[Decimal]:
    return [Decimal(repr(each)) for each in value]


def _of_numbers(numbers: list[Decimal]) -> tuple[float, ...]:
    return shorten([float(each) for each in numbers])


Vector: TypeAlias = Annotated[
    tuple[float, ...], VectorMark(_to_numbers, _of_numbers, list[Decimal])
]
"""Numbers of 32 bits, as models make of texts and images: `embedding: Vector | None = None`.

A field that is in a vector index takes vectors of its dimensions alone.
"""
