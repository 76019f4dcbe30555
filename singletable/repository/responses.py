"""Checks whether a response has the shape that its operation promises. Knows no entity.

Attributes are the codec's to check: here it is only seen that there are items at all, since a
part that is missing would be read as one that is empty.
"""

from __future__ import annotations

from singletable.codec import is_attribute_value
from singletable.codec.wire import is_list, is_mapping
from singletable.errors.transport import UNREADABLE, TransportError
from singletable.operations import Request


def check_response(request: Request, response: object) -> None:
    """Raises a `TransportError` for what no operation could load."""
    if not is_mapping(response):
        raise _unreadable(request, "no map")
    if request.operation == "GetItem":
        _check_item(request, response.get("Item"), "Item", is_needed=False)
    elif request.operation == "UpdateItem":
        is_needed = "ReturnValues" in request.parameters
        _check_item(request, response.get("Attributes"), "Attributes", is_needed=is_needed)
    elif request.operation == "Query":
        items = response.get("Items")
        if not is_list(items) or not all(type(item) is dict or is_mapping(item) for item in items):
            raise _unreadable(request, f"Items of {type(items).__name__}")
        _check_item(request, response.get("LastEvaluatedKey"), "LastEvaluatedKey", is_needed=False)


def _check_item(request: Request, found: object, part: str, *, is_needed: bool) -> None:
    if found is None and not is_needed:
        return
    if not is_mapping(found):
        raise _unreadable(request, f"{part} of {type(found).__name__}")
    if part == "LastEvaluatedKey" and not all(map(is_attribute_value, found.values())):
        raise _unreadable(request, "a malformed LastEvaluatedKey")


def _unreadable(request: Request, what: str) -> TransportError:
    return TransportError(UNREADABLE, f"the response to {request.operation} has {what}")
