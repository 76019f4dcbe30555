"""What an update leaves behind, read from its request: whether it may be sent twice, and whether
an item is as the update leaves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from singletable.codec import AttributeValue, same_value
from singletable.codec.wire import is_mapping

_PATH = r"#\w+(?:\.#\w+)*"
_ASSIGNMENT = rf"{_PATH} = (?::\w+|if_not_exists\({_PATH}, :\w+\))"
_PREDICTABLE = re.compile(
    rf"(?:SET {_ASSIGNMENT}(?:, {_ASSIGNMENT})*)?(?: ?REMOVE {_PATH}(?:, {_PATH})*)?"
)
_ASSIGNED = re.compile(rf"({_PATH}) = (:\w+|if_not_exists)")
_REMOVED = re.compile(_PATH)

Item = Mapping[str, AttributeValue]


def is_repeatable(operation: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a request that is carried out twice leaves what it leaves when carried out once.

    An update is, unless it counts, appends, or takes a value from another attribute; what this
    does not know it takes for one that is not.
    """
    if operation == "TransactWriteItems":
        return "ClientRequestToken" in parameters
    return _PREDICTABLE.fullmatch(parameters.get("UpdateExpression", "")) is not None


def is_as_updated(parameters: Mapping[str, Any], item: Item) -> bool:
    """Whether an item is as this update leaves it; never, where that cannot be predicted."""
    text: str = parameters.get("UpdateExpression", "")
    if _PREDICTABLE.fullmatch(text) is None:
        return False
    sets, _, removes = text.partition("REMOVE ")
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = parameters.get("ExpressionAttributeValues", {})
    return all(
        _is_assigned(_find(item, path, names), values.get(value))
        for path, value in _ASSIGNED.findall(sets)
    ) and not any(_find(item, path, names) for path in _REMOVED.findall(removes))


def _is_assigned(found: AttributeValue | None, value: AttributeValue | None) -> bool:
    """Whether it has the value; any at all, where it is set only once and has no value here."""
    return found is not None if value is None else same_value(found, value)


def _find(item: Item, path: str, names: Mapping[str, str]) -> AttributeValue | None:
    found: object = {"M": item}
    for step in path.split("."):
        within = found.get("M") if is_mapping(found) else None
        found = within.get(names.get(step, step)) if is_mapping(within) else None
    return cast("AttributeValue | None", found)
