"""A key condition expression: the partition that it names, and its range of sort keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from singletable.testing.conditions import (
    Attribute,
    Between,
    Comparison,
    Condition,
    Conjunction,
    Existence,
    Literal,
    Membership,
    Negation,
    Operand,
    Search,
    Size,
    Values,
)
from singletable.testing.errors import build_validation
from singletable.testing.indexes import SortCondition
from singletable.testing.schemas import IndexSchema, Key, TableSchema
from singletable.testing.values import Value, kind_of

_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    operator: str
    operands: Key


def read_key_condition(
    condition: Condition, schema: TableSchema, index: IndexSchema, values: Values
) -> tuple[Key, SortCondition]:
    """The partition key and the condition on the sort key; refuses every other condition."""
    parts: dict[str, _Part] = {}
    for part in _parts(condition, values):
        if part.name in parts:
            raise build_validation(
                "KeyConditionExpressions must only contain one condition per key"
            )
        parts[part.name] = part
    for name in index.partition:
        if name not in parts:
            raise _missing(name)
        if parts[name].operator != "=":
            raise build_validation("Query key condition not supported")
    if unknown := parts.keys() - set(index.attributes):
        raise _missing(*(set(index.attributes) - parts.keys() or unknown))
    for part in parts.values():
        _check_operands(part, schema)
    partition = tuple([parts[name].operands[0] for name in index.partition])
    return partition, _sort_condition([parts.get(name) for name in index.sort])


def _sort_condition(parts: list[_Part | None]) -> SortCondition:
    """Equality on leading attributes, then any operator on one; none is left out before."""
    equal: list[Value] = []
    last: _Part | None = None
    for at, part in enumerate(parts):
        if part is None:
            if any(parts[at:]):
                raise build_validation("Query key condition not supported")
            break
        if last is not None:
            raise build_validation("Query key condition not supported")
        if part.operator == "=":
            equal.append(part.operands[0])
        else:
            last = part
    if last is None:
        return SortCondition(tuple(equal))
    return SortCondition(tuple(equal), last.operator, last.operands)


def _parts(condition: Condition, values: Values) -> Iterator[_Part]:
    match condition:
        case Conjunction(parts, True):
            for part in parts:
                yield from _parts(part, values)
        case Comparison(operator, left, right) if operator != "<>":
            if isinstance(left, Literal):
                left, right, operator = right, left, _MIRRORED[operator]
            yield _part(operator, left, [right], values)
        case Between(operand, lower, upper):
            yield _part("BETWEEN", operand, [lower, upper], values)
        case Search("begins_with", left, right):
            yield _part("begins_with", left, [right], values)
        case _:
            raise build_validation(
                f"Invalid operator used in KeyConditionExpression: {_operator(condition)}"
            )


def _part(operator: str, attribute: Operand, operands: list[Operand], values: Values) -> _Part:
    if any(isinstance(operand, Size) for operand in (attribute, *operands)):
        raise build_validation("KeyConditionExpressions cannot contain nested operations")
    found = [values[each.placeholder] for each in operands if isinstance(each, Literal)]
    if not isinstance(attribute, Attribute) or len(found) != len(operands):
        raise build_validation(
            "Invalid condition in KeyConditionExpression: "
            "Multiple attribute names used in one condition"
        )
    [name, *inner] = attribute.path
    if inner:
        raise build_validation(
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            f"allowed: Key: {name}"
        )
    return _Part(str(name), operator, tuple(found))


def _operator(condition: Condition) -> str:
    match condition:
        case Conjunction():
            return "OR"
        case Negation():
            return "NOT"
        case Membership():
            return "IN"
        case Existence(_, expected):
            return "attribute_exists" if expected else "attribute_not_exists"
        case Search(function):
            return function
        case _:
            return "<>"


def _check_operands(part: _Part, schema: TableSchema) -> None:
    for operand in part.operands:
        if kind_of(operand) != schema.types[part.name]:
            raise build_validation(
                "One or more parameter values were invalid: "
                "Condition parameter type does not match schema type"
            )
        if operand in {"", b""}:
            raise build_validation(
                "One or more parameter values are not valid. The AttributeValue for a key "
                f"attribute cannot contain an empty string value. Key: {part.name}"
            )


def _missing(*names: str) -> Exception:
    return build_validation(f"Query condition missed key schema element: {sorted(names)[0]}")
