"""SearchVectors: every vector of the index, or of one partition, is compared; it is exact."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from decimal import Decimal
from operator import mul

from singletable.testing.conditions import Attribute, Comparison, Condition, Conjunction, Literal
from singletable.testing.errors import build_validation
from singletable.testing.parameters import (
    Parameters,
    optional_choice,
    optional_number,
    require_sequence,
    require_text,
)
from singletable.testing.schemas import Key
from singletable.testing.scope import Scope
from singletable.testing.tables import Store, Table
from singletable.testing.values import Item, Value, decode, encode_item
from singletable.testing.vector_schemas import Vector, VectorSchema, to_singles

_CONDITION = "SearchConditionExpression"
_MOST, _LEAST_BYTES, _NUMBER_BYTES = 100, 1024, 4


def search_vectors(store: Store, parameters: Parameters) -> dict[str, object]:
    table = store.table(parameters)
    index = _find_index(table, require_text(parameters, "IndexName"))
    scope = Scope(parameters)
    condition = scope.condition(_CONDITION)
    projection = scope.projection()
    scope.close()
    partition = _partition(index, condition, scope.values)
    wanted, most = _search_vector(index, parameters), _most(parameters)
    compared = 0
    scored = list[tuple[float, Key, float, Item]]()
    for key, vector, item in table.vectors_of(index):
        if any(item[name] != value for name, value in partition.items()):
            continue
        compared += 1
        if condition is None or condition.holds(item, scope.values):
            score = _score(index.distance, wanted, vector)
            rank = -score if index.distance == "DOT_PRODUCT" else score
            scored.append((rank, key, score, item))
    results = list[dict[str, object]]()
    for _, _, score, item in heapq.nsmallest(most, scored, key=lambda each: each[0]):
        held = index.cut(item)
        if projection is None:
            held.pop(index.attribute, None)
        shown = held if projection is None else projection.cut(held)
        results.append({"Item": encode_item(shown), "Score": score})
    return {"SearchResults": results} | _capacity(parameters, compared * index.dimensions)


def _find_index(table: Table, name: str) -> VectorSchema:
    if name in table.schema.indexes:
        raise build_validation("SearchVectors operation not supported on this index type.")
    found = table.schema.vectors.get(name)
    if found is None:
        raise build_validation(f"The table does not have the specified index: {name}")
    return found


def _partition(index: VectorSchema, condition: Condition | None, values: dict[str, Value]) -> Item:
    """The values of the partition key; refuses what is no equality of the search schema."""
    if condition is None and index.partition:
        raise build_validation(f"{_CONDITION} must be provided when SearchSchema has a HASH key")
    asked = dict(_equalities(index, condition, values))
    missing = [name for name in index.partition if name not in asked]
    if missing:
        raise _refuse(f"it names no value of {missing[0]}, the HASH key")
    return {name: asked[name] for name in index.partition}


def _equalities(
    index: VectorSchema, condition: Condition | None, values: dict[str, Value]
) -> Iterator[tuple[str, Value]]:
    parts = condition.parts if isinstance(condition, Conjunction) else (condition,)
    if isinstance(condition, Conjunction) and not condition.every:
        raise _refuse("Invalid operator OR")
    for part in parts:
        if part is None:
            continue
        if not isinstance(part, Comparison) or part.operator != "=":
            raise _refuse(f"Invalid comparator used in {_CONDITION}")
        name, value = part.left, part.right
        if not isinstance(name, Attribute) or not isinstance(value, Literal) or name.path[1:]:
            raise _refuse("a comparison is of a top-level attribute with a value")
        if name.path[0] not in index.searched:
            raise _refuse(f"{name.path[0]} is not in the SearchSchema")
        yield str(name.path[0]), values[value.placeholder]


def _search_vector(index: VectorSchema, parameters: Parameters) -> Vector:
    numbers = [decode(each) for each in require_sequence(parameters, "SearchVector")]
    if not all(isinstance(each, Decimal) for each in numbers):
        raise build_validation("SearchVector must be a list of numbers")
    if len(numbers) != index.dimensions:
        raise build_validation(
            f"Input search vector dimension {len(numbers)} does not match vector index dimension "
            f"{index.dimensions}"
        )
    vector = to_singles(numbers)
    index.check_vector(vector, "SearchVector")
    return vector


def _most(parameters: Parameters) -> int:
    if "TopK" not in parameters:
        require_text(parameters, "TopK")
    most = optional_number(parameters, "TopK", least=1) or 0
    if most > _MOST:
        raise build_validation(
            f"Provided TopK value '{most}' is out of valid range. The value must be between 1 and "
            f"{_MOST} inclusive"
        )
    return most


def _score(distance: str, one: Vector, other: Vector) -> float:
    if distance == "EUCLIDEAN":
        return math.dist(one, other)
    product = math.fsum(map(mul, one, other))
    if distance == "DOT_PRODUCT":
        return product
    return 1 - product / (math.hypot(*one) * math.hypot(*other))


def _capacity(parameters: Parameters, numbers: int) -> dict[str, object]:
    mode = optional_choice(parameters, "ReturnConsumedCapacity", "NONE", "TOTAL", "INDEXES")
    if mode == "NONE":
        return {}
    searched = float(max(_LEAST_BYTES, numbers * _NUMBER_BYTES))
    return {"ConsumedCapacity": {"VectorSearchRequestBytes": searched}}


def _refuse(problem: str) -> Exception:
    return build_validation(f"Invalid {_CONDITION}: {problem}")
