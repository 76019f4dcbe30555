"""What an update leaves behind, read from its request: whether it may be sent twice, and whether
an item is as the update leaves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from singletable.codec import AttributeValue, same_value
from singletable.codec.wire import is_list, is_mapping

_PATH = r"#\w+(?:\.#\w+)*"
_ASSIGNMENT = rf"{_PATH} = (?::\w+|if_not_exists\({_PATH}, :\w+\))"
_DELETION = rf"{_PATH} :\w+"
_PREDICTABLE = (
    rf"(?:SET (?P<sets>{_ASSIGNMENT}(?:, {_ASSIGNMENT})*))?"
    rf"(?: ?REMOVE (?P<removes>{_PATH}(?:, {_PATH})*))?"
    rf"(?: ?DELETE (?P<deletes>{_DELETION}(?:, {_DELETION})*))?"
)
_ASSIGNED = rf"({_PATH}) = (if_not_exists\({_PATH}, )?(:\w+)"
_TAKEN = rf"(?<![.\w])({_PATH}) = if_not_exists\((?!\1,)"
"""The value of another attribute, which may be another one the next time."""
_EQUAL = rf"({_PATH}) = (:\w+)"
_DELETED = rf"({_PATH}) (:\w+)"

Item = Mapping[str, AttributeValue]


def is_repeatable(operation: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a request that is carried out twice leaves what it leaves when carried out once.

    An update is, unless it counts, appends, goes by a position in a list, whose elements move, or
    takes a value from another attribute; what this does not know it takes for one that is not.
    What answers the old item is not: the second time that is the one that the first time left.
    """
    if parameters.get("ReturnValues") == "ALL_OLD":
        return False
    if operation == "TransactWriteItems":
        return "ClientRequestToken" in parameters
    return _predictable(parameters) is not None


def is_as_updated(parameters: Mapping[str, Any], item: Item) -> bool:
    """Whether an item is as this update leaves it, and shows that it was made.

    Never, where that cannot be predicted. A value that is set only where there is none may be
    another one, if something else shows it.
    """
    parts = _predictable(parameters)
    if parts is None:
        return False
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = parameters.get("ExpressionAttributeValues", {})
    sets, removes, deletes = (parts[each] or "" for each in ("sets", "removes", "deletes"))
    assigned = re.findall(_ASSIGNED, sets)
    asked = _asked_values(parameters)
    is_shown = bool(removes or deletes) or any(
        not once and (names.get(path), values[value]) not in asked for path, once, value in assigned
    )
    return (
        (is_shown or any(once for _, once, _ in assigned))
        and all(
            _is_assigned(_find(item, path, names), None if once and is_shown else values[value])
            for path, once, value in assigned
        )
        and not any(_find(item, path, names) for path in re.findall(_PATH, removes))
        and not any(
            _has_any(_find(item, path, names), values[value])
            for path, value in re.findall(_DELETED, deletes)
        )
    )


def _asked_values(parameters: Mapping[str, Any]) -> list[tuple[str | None, AttributeValue]]:
    """The attributes and values that the condition asks for: to set them shows nothing."""
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = parameters.get("ExpressionAttributeValues", {})
    equals = re.findall(_EQUAL, parameters.get("ConditionExpression", ""))
    return [(names.get(path), values[value]) for path, value in equals]


def _predictable(parameters: Mapping[str, Any]) -> re.Match[str] | None:
    """The parts of an update that leaves the same whenever it is made; None for any other."""
    update = parameters.get("UpdateExpression", "")
    return None if re.search(_TAKEN, update) else re.fullmatch(_PREDICTABLE, update)


def _is_assigned(found: AttributeValue | None, value: AttributeValue | None) -> bool:
    """Whether it has the value; any at all, where none is given."""
    return found is not None if value is None else same_value(found, value)


def _has_any(found: AttributeValue | None, value: AttributeValue) -> bool:
    """Whether a set has an element of another one; of no set nobody knows."""
    if found is None:
        return False
    [(tag, elements)] = value.items()
    if tag not in found:
        return True
    if tag == "NS":
        return not {*map(Decimal, elements)}.isdisjoint(map(Decimal, found[tag]))
    return not {*elements}.isdisjoint(found[tag])


def _find(item: Item, path: str, names: Mapping[str, str]) -> AttributeValue | None:
    return stored_at(item, tuple(names.get(step, step) for step in path.split(".")))


def stored_at(item: Item, steps: tuple[str | int, ...]) -> AttributeValue | None:
    """What stands at these stored names and positions; None for nothing."""
    found: object = {"M": item}
    for step in steps:
        within = found.get("L" if isinstance(step, int) else "M") if is_mapping(found) else None
        if isinstance(step, int):
            found = within[step] if is_list(within) and step < len(within) else None
        else:
            found = within.get(step) if is_mapping(within) else None
    return cast("AttributeValue | None", found)
