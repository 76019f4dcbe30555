"""DynamoDB's limits on one expression. Knows rendered text alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from singletable.errors.request import InvalidOperation

BYTES = 4096
OPERATORS = 300

_OPERATOR = re.compile(r"<>|<=|>=|[=<>]|\b(?:AND|OR|NOT|BETWEEN|IN)\b|\b[a-z_]+(?=\()")
_CONDITIONS = ("ConditionExpression", "FilterExpression")


def check_expressions(where: str, parameters: Mapping[str, object]) -> None:
    """Raises `InvalidOperation` for an expression too long or with too many operators."""
    for name, text in parameters.items():
        if name.endswith("Expression") and isinstance(text, str):
            _check(where, name, len(text.encode()), BYTES, "bytes")
            if name in _CONDITIONS:
                _check(where, name, _count_operators(text), OPERATORS, "operators")


def _count_operators(text: str) -> int:
    """The number of operators as DynamoDB counts: the AND of a BETWEEN is a part of it."""
    found = _OPERATOR.findall(text)
    return len(found) - found.count("BETWEEN")


def _check(where: str, name: str, found: int, most: int, unit: str) -> None:
    if found > most:
        raise InvalidOperation(
            where=where,
            declared=f"its {name} has {found} {unit}",
            allowed=f"{most} {unit}: fewer changes or conditions at once",
        )
