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
from singletable.testing.values import kind_of

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
    _check_partition(index, parts)
    if unknown := parts.keys() - set(index.attributes):
        raise _missing(*(set(index.attributes) - parts.keys() or unknown))
    for part in parts.values():
        _check_operands(part, schema)
    partition = tuple([parts[name].operands[0] for name in index.partition])
    return partition, _sort_condition(index.sort, parts)


def _check_partition(index: IndexSchema, parts: dict[str, _Part]) -> None:
    wrong = [name for name in index.partition if name not in parts or parts[name].operator != "="]
    if not wrong:
        return
    if len(index.partition) > 1:
        raise build_validation(
            f"HASH key attributes {', '.join(wrong)} must have equality conditions specified "
            "in the query"
        )
    if wrong[0] not in parts:
        raise _missing(wrong[0])
    raise build_validation("Query key condition not supported")


def _sort_condition(names: tuple[str, ...], parts: dict[str, _Part]) -> SortCondition:
    """Equality on leading attributes, then any operator on one; none is left out before."""
    given = [name for name in names if name in parts]
    if not given:
        return SortCondition()
    *leading, last = names[: names.index(given[-1]) + 1]
    wrong = [name for name in leading if name not in parts or parts[name].operator != "="]
    if wrong:
        raise build_validation(
            f"RANGE key attributes {', '.join(wrong)} must have equality conditions specified "
            f"in the query because a condition is present on key attribute {last}"
        )
    equal = tuple([parts[name].operands[0] for name in leading])
    if parts[last].operator == "=":
        return SortCondition((*equal, *parts[last].operands))
    return SortCondition(equal, parts[last].operator, parts[last].operands)


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
