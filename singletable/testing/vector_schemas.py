"""The vector indexes of a table: what CreateTable says of them, and what an item must be for them.

Where DynamoDB's own words are not known, the messages are this stand-in's.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from singletable.testing.errors import build_validation
from singletable.testing.parameters import (
    Parameters,
    optional_number,
    optional_sequence,
    optional_texts,
    require_mapping,
    require_text,
)
from singletable.testing.values import Item, Value, kind_of

_INDEXES, _DIMENSIONS, _FILTERS, _ATTRIBUTES = 5, 4096, 18, 20
_DISTANCES = ("COSINE", "DOT_PRODUCT", "EUCLIDEAN")
_EMPTY: tuple[Value, ...] = ("", b"")
Vector = tuple[float, ...]


@dataclass(frozen=True)
class VectorSchema:
    """One vector index; `projected` is None where it holds whole items."""

    name: str
    attribute: str
    dimensions: int
    distance: str
    partition: tuple[str, ...]
    filters: tuple[str, ...]
    projected: frozenset[str] | None

    @property
    def searched(self) -> tuple[str, ...]:
        """The attributes of the search schema."""
        return self.partition + self.filters

    def cut(self, item: Item) -> Item:
        """Cuts an item to what the index holds of it, its vector in 32 bits."""
        projected, held = self.projected, dict(item)
        held[self.attribute] = tuple(Decimal(f"{each:.9g}") for each in self.vector_of(item) or ())
        if projected is None:
            return held
        return {name: value for name, value in held.items() if name in projected}

    def check_item(self, item: Item, types: Mapping[str, str]) -> None:
        """Refuses an item with a vector, or a value of the search schema, that does not fit."""
        for name in self.searched:
            if name in item and kind_of(item[name]) != types[name]:
                raise _invalid(
                    f"Type mismatch for Index Key {name} Expected: {types[name]} "
                    f"Actual: {kind_of(item[name])} IndexName: {self.name}"
                )
        for name in self.partition:
            if name in item and item[name] in _EMPTY:
                raise _invalid(f"Empty value for Index Key {name}. IndexName: {self.name}")
        if self.attribute in item:
            found = item[self.attribute]
            if not isinstance(found, tuple) or not all(isinstance(n, Decimal) for n in found):
                raise _invalid(
                    f"Invalid type for parameter {self.attribute}, Expected: a list of numbers. "
                    f"IndexName: {self.name}"
                )
            self.check_vector(to_singles(found), self.attribute)

    def check_vector(self, vector: Vector, name: str) -> None:
        if len(vector) != self.dimensions:
            raise _invalid(
                f"Invalid size for parameter {name}, Expected: {self.dimensions}, "
                f"Actual: {len(vector)}. IndexName: {self.name}"
            )
        if self.distance == "COSINE" and not any(vector):
            raise _invalid(f"{name} has no direction. IndexName: {self.name}")

    def vector_of(self, item: Item) -> Vector | None:
        """The vector of an item that was checked; None for one that is not in the index."""
        found = item.get(self.attribute)
        if not isinstance(found, tuple) or any(name not in item for name in self.partition):
            return None
        return to_singles(found)


def to_singles(numbers: Sequence[Value]) -> Vector:
    """Numbers of 32 bits; refuses one that is too great."""
    floats = [float(each) for each in numbers if isinstance(each, Decimal)]
    try:
        singles = struct.unpack(f"{len(floats)}f", struct.pack(f"{len(floats)}f", *floats))
    except OverflowError:
        singles = (math.inf,)
    if not all(map(math.isfinite, singles)):
        raise _invalid("Vector values must fit in 32-bit IEEE-754 floating point format")
    return singles


def build_vectors(parameters: Parameters, keys: tuple[str, ...]) -> Iterator[VectorSchema]:
    """Builds the vector indexes that CreateTable's parameters describe."""
    given = optional_sequence(parameters, "VectorIndexes")
    if given and parameters.get("BillingMode") != "PAY_PER_REQUEST":
        raise _invalid("VectorIndexes are only supported with BillingMode PAY_PER_REQUEST")
    if len(given) > _INDEXES:
        raise _invalid(f"Number of VectorIndexes exceeds per-table limit of {_INDEXES}")
    sizes = dict[str, int]()
    for each in given:
        built = _build(each, keys)
        if sizes.setdefault(built.attribute, built.dimensions) != built.dimensions:
            raise _invalid(f"Vector indexes of {built.attribute} have different Dimensions")
        yield built


def _build(given: Parameters, keys: tuple[str, ...]) -> VectorSchema:
    name = require_text(given, "IndexName")
    attribute = require_text(require_mapping(given, "VectorAttribute"), "AttributeName")
    dimensions = optional_number(given, "Dimensions", least=1)
    distance = require_text(given, "DistanceFunction")
    if dimensions is None or dimensions > _DIMENSIONS or distance not in _DISTANCES:
        raise _invalid(f"Dimensions {dimensions} or DistanceFunction {distance} of {name}")
    sides: dict[str, list[str]] = {"HASH": [], "INLINE_FILTER": []}
    for element in optional_sequence(given, "SearchSchema"):
        side = require_text(element, "SearchSchemaElementType")
        if side not in sides:
            raise _invalid(f"Unknown SearchSchemaElementType: {side}")
        sides[side].append(require_text(element, "AttributeName"))
    partition, filters = tuple(sides["HASH"]), tuple(sides["INLINE_FILTER"])
    names = {*partition, *filters, attribute}
    if len(partition) > 1 or len(filters) > _FILTERS or len(names) <= len(partition + filters):
        raise _invalid(f"Invalid SearchSchema of {name}")
    projected = _projected(require_mapping(given, "Projection"), len(filters) + 1)
    if projected is not None:
        projected |= {*keys, *names}
    return VectorSchema(name, attribute, dimensions, distance, partition, filters, projected)


def _projected(projection: Parameters, others: int) -> frozenset[str] | None:
    kind = require_text(projection, "ProjectionType")
    included = frozenset(optional_texts(projection, "NonKeyAttributes"))
    if kind not in ("ALL", "KEYS_ONLY", "INCLUDE"):
        raise _invalid(f"Unknown ProjectionType: {kind}")
    if bool(included) is not (kind == "INCLUDE") or len(included) + others > _ATTRIBUTES:
        raise _invalid(f"ProjectionType is {kind}, and NonKeyAttributes is {sorted(included)}")
    return None if kind == "ALL" else included


def _invalid(problem: str) -> Exception:
    return build_validation(f"One or more parameter values were invalid: {problem}")
