"""Evaluates IAM policies about one table: is a request allowed? Knows no pattern; sends nothing.

Understands what `singletable policy` writes and a little more; anything else is `Unreadable`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from singletable.codec.wire import AttributeValue
from singletable.design.accesses import Access, Parameters, accesses
from singletable.design.ir import PRIMARY, Table
from singletable.emit.iam.permissions import fits_wildcards

Statement = Mapping[str, Any]
Values = Sequence[str]

_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}
_ANYTHING = ".*"
_VARIABLE = re.compile(r"\$\{([*?$])\}|([*?])|(.)", re.DOTALL)


class Unreadable(ValueError):
    """The policy has an element that is not supported here, so that nothing can be decided."""


@dataclass(frozen=True)
class Decision:
    """An action on a resource; `context` holds the condition keys that have values."""

    action: str
    resource: str
    context: Mapping[str, Values]


def is_request_allowed(
    statements: Iterable[Statement],
    operation: str,
    parameters: Parameters,
    table: Table,
    arn: str,
) -> bool:
    """Decides whether a request is allowed with all its parts on the table of this ARN."""
    known = list(statements)
    return all(is_allowed(known, each) for each in decisions(operation, parameters, table, arn))


def is_allowed(statements: Iterable[Statement], wanted: Decision) -> bool:
    """Decides one action: an explicit denial wins; what no statement allows is denied."""
    effects = {each["Effect"] for each in statements if _applies(each, wanted)}
    if effects - {"Allow", "Deny"}:
        raise Unreadable(f"the effect {effects}")
    return effects == {"Allow"}


def decisions(operation: str, parameters: Parameters, table: Table, arn: str) -> Iterator[Decision]:
    """The actions that DynamoDB authorises before it carries out a request."""
    for access in accesses(operation, parameters, defaultdict(lambda: table)):
        yield _decision(access, arn)


def _decision(access: Access, arn: str) -> Decision:
    resource = arn if access.index == PRIMARY else f"{arn}/index/{access.index}"
    keys = {"dynamodb:LeadingKeys": tuple(map(_key_text, access.keys))} if access.keys else {}
    return Decision(f"dynamodb:{access.action}", resource, keys)


def _key_text(value: AttributeValue) -> str:
    ((_, content),) = value.items()
    return b64encode(content).decode() if isinstance(content, bytes) else str(content)


def _applies(statement: Statement, wanted: Decision) -> bool:
    if set(statement) - _ELEMENTS:
        raise Unreadable(f"the elements {sorted(set(statement) - _ELEMENTS)}")
    conditions: Mapping[str, Mapping[str, Iterable[object]]] = statement.get("Condition", {})
    holding = [
        _holds(operator, _texts(values), wanted.context.get(key))
        for operator, keys in conditions.items()
        for key, values in keys.items()
    ]
    return (
        any(_fits(each.lower(), wanted.action.lower()) for each in _texts(statement["Action"]))
        and any(_fits(each, wanted.resource) for each in _texts(statement["Resource"]))
        and all(holding)
    )


def _holds(operator: str, values: Values, found: Values | None) -> bool:
    """Evaluates a condition; `ForAllValues` holds without a value, hence `Null` beside it."""
    match operator:
        case "Null":
            return values == [str(found is None).lower()]
        case "ForAllValues:StringLike":
            return all(any(_fits(each, value) for each in values) for value in found or ())
        case "ForAllValues:StringEquals":
            return all(value in values for value in found or ())
        case _:
            raise Unreadable(f"the operator {operator}")


def _fits(pattern: str, text: str) -> bool:
    return fits_wildcards(_VARIABLE.sub(_expression, pattern).split(_ANYTHING), text)


def _expression(found: re.Match[str]) -> str:
    literal, wild, other = found.groups()
    return {"*": _ANYTHING, "?": "."}[wild] if wild else re.escape(literal or other)


def _texts(value: str | Iterable[object]) -> list[str]:
    texts = list[str]()
    for each in [value] if isinstance(value, str) else value:
        if not isinstance(each, str) or re.search(r"\$\{[^*?$]", each):
            raise Unreadable(f"the value {value!r}")
        texts.append(each)
    return texts
