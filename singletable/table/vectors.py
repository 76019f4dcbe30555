"""Checks of declared vector indexes against DynamoDB's limits. Knows no entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import get_args

from singletable.errors.base import abridge
from singletable.table.index import INCLUDED_NAMES, Distance, Index, VectorSearch

MOST_DIMENSIONS = 4096
MOST_FILTERS = 18
_DISTANCES = get_args(Distance)
Problem = tuple[str, str]
"""What is declared, and what is allowed."""


def vector_problems(index: Index, others: Iterable[Index]) -> Iterator[Problem]:
    """Finds what is wrong with a vector index beside these others; nothing of another index."""
    vector, label = index.vector, index.label
    if vector is None:
        return
    if len(index.partition) > 1:
        yield f"{label} has {len(index.partition)} attributes in its partition key", "one, or none"
    if type(vector.dimensions) is not int or not 1 <= vector.dimensions <= MOST_DIMENSIONS:
        yield f"{label} has {abridge(vector.dimensions)} dimensions", f"1 to {MOST_DIMENSIONS}"
    if vector.distance not in _DISTANCES:
        yield f"{label} has the distance {abridge(vector.distance)}", ", ".join(_DISTANCES)
    yield from _filter_problems(index, vector)
    for other in others:
        if (
            other.vector is not None
            and other.vector.attribute == vector.attribute
            and other.vector.dimensions != vector.dimensions
        ):
            yield (
                f"{label} has {vector.dimensions} dimensions of {vector.attribute}, and"
                f" {other.label} has {other.vector.dimensions}",
                "the same number in every vector index of an attribute",
            )


def _filter_problems(index: Index, vector: VectorSearch) -> Iterator[Problem]:
    names = [*index.attribute_names, *(each.name for each in vector.filters)]
    if len(set(names)) < len(names) or vector.attribute in names:
        names.append(vector.attribute)
        twice = next(name for name in names if names.count(name) > 1)
        yield f"{index.label} has {twice} twice", "different attributes"
    if len(vector.filters) > MOST_FILTERS:
        yield (
            f"{index.label} has {len(vector.filters)} filters, with the type attribute",
            f"{MOST_FILTERS} at most",
        )
    held = len(index.projection.names) + len(vector.filters) + 1
    if held > INCLUDED_NAMES:
        yield (
            f"{index.label} holds {held} attributes: what it includes, its filters, its vector",
            f"{INCLUDED_NAMES} at most, or projection=ALL",
        )


def shared_attributes(indexes: Iterable[Index]) -> Iterator[str]:
    """The attributes that are the vector of one index, and a key or a filter of another."""
    known = tuple(indexes)
    named = {each.name for index in known for each in (*index.attributes, *index.filters)}
    yield from (
        index.vector.attribute
        for index in known
        if index.vector is not None and index.vector.attribute in named
    )
