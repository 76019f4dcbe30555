"""Evaluates rendered key conditions as DynamoDB does: by UTF-8 bytes, or by number."""

from __future__ import annotations

import re
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

_EQUALS = re.compile(r"(#\w+) = (:\w+)")
_AT = re.compile(r"(#\w+) (>=|<=|>|<) (:\w+)")
_COMPARE = {">=": ge, "<=": le, ">": gt, "<": lt}
_BETWEEN = re.compile(r"(#\w+) BETWEEN (:\w+) AND (:\w+)")
_BEGINS = re.compile(r"begins_with\((#\w+), (:\w+)\)")


def selects(request: dict[str, Any], item: dict[str, Any]) -> bool:
    """Whether the item meets the request's key condition."""
    names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]

    def value_of(token: str) -> Any:
        wire = values[token] if token in values else item.get(names[token])
        return None if wire is None else _plain(wire)

    first, _, rest = request["KeyConditionExpression"].partition(" AND ")
    return _holds(first, value_of) and (not rest or _holds(rest, value_of))


def _plain(wire: Any) -> Any:
    ((tag, payload),) = wire.items()
    return payload.encode() if tag == "S" else Decimal(payload) if tag == "N" else payload


def _holds(text: str, value_of: Any) -> bool:
    for shape, test in (
        (_EQUALS, lambda name, value: name == value),
        (_BEGINS, lambda name, value: name.startswith(value)),
        (_BETWEEN, lambda name, low, high: low <= name <= high),
        (_AT, None),
    ):
        found = shape.fullmatch(text)
        if found is None:
            continue
        if test is not None:
            operands = [value_of(token) for token in found.groups()]
            return operands[0] is not None and bool(test(*operands))
        name, sign, bound = found.groups()
        left, right = value_of(name), value_of(bound)
        return left is not None and bool(_COMPARE[sign](left, right))
    raise AssertionError(f"not a key condition: {text}")
