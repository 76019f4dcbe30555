"""Holds rendered expressions to DynamoDB's limits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from singletable.errors.request import InvalidOperation
from singletable.expressions.binder import shorten_placeholders

BYTES = 4096
OPERATORS = 300

_OPERATOR = r"<>|<=|>=|[=<>]|\b(?:AND|OR|NOT|BETWEEN|IN)\b|\b[a-z_]+(?=\()"
_SAFE_LENGTH = 500
"""A condition that is shorter cannot hold too many operators."""


def fit_expressions(where: str, parameters: dict[str, object]) -> dict[str, object]:
    """The parameters, with short placeholders where long ones would exceed the limit.

    `InvalidOperation` for an expression that is too long even so, or has too many operators.
    """
    for name in [name for name in parameters if name.endswith("Expression")]:
        if _size(parameters, name) > BYTES:
            parameters = shorten_placeholders(parameters)
            _check(where, name, _size(parameters, name), BYTES, "bytes")
    for name in ("ConditionExpression", "FilterExpression"):
        text = str(parameters.get(name, ""))
        if len(text) > _SAFE_LENGTH:
            _check(where, name, _count_operators(text), OPERATORS, "operators")
    return parameters


def _size(parameters: Mapping[str, object], name: str) -> int:
    return len(str(parameters[name]).encode())


def _count_operators(text: str) -> int:
    """The number of operators as DynamoDB counts: the AND of a BETWEEN is a part of it."""
    found = re.findall(_OPERATOR, text)
    return len(found) - found.count("BETWEEN")


def _check(where: str, name: str, found: int, most: int, unit: str) -> None:
    if found > most:
        raise InvalidOperation(
            where=where,
            declared=f"its {name} has {found} {unit}",
            allowed=f"{most} {unit}: fewer changes or conditions at once",
        )
