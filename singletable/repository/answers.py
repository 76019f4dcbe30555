"""Whether an answer has the shape that its operation promises. Knows no entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from singletable.codec import is_attribute_value
from singletable.codec.wire import is_list, is_mapping
from singletable.errors.transport import Fault
from singletable.operations import Request

UNREADABLE = "Unreadable"


def check_answer(request: Request, response: object) -> None:
    """A `Fault` for what no operation could load: a missing part is not an empty one."""
    if not is_mapping(response):
        raise _unreadable(request, "no map")
    answer = response
    if request.operation == "GetItem":
        _check(request, answer, "Item", is_needed=False)
    elif request.operation == "UpdateItem":
        _check(request, answer, "Attributes", is_needed="ReturnValues" in request.parameters)
    elif request.operation == "Query":
        items = answer.get("Items")
        if not is_list(items) or not all(map(_is_item, items)):
            raise _unreadable(request, f"Items of {type(items).__name__}")
        _check(request, answer, "LastEvaluatedKey", is_needed=False)


def _check(request: Request, answer: Mapping[str, Any], part: str, *, is_needed: bool) -> None:
    found = answer.get(part)
    if found is None and not is_needed:
        return
    if not _is_item(found):
        raise _unreadable(request, f"{part} of {type(found).__name__}")


def _is_item(found: Any) -> bool:
    if not is_mapping(found):
        return False
    return all(isinstance(name, str) and is_attribute_value(found[name]) for name in found)


def _unreadable(request: Request, what: str) -> Fault:
    return Fault(UNREADABLE, f"the answer to {request.operation} has {what}")
