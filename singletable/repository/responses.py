"""Checks whether a response has the shape that its operation promises, and answers what was asked.

Knows no entity. Attributes are the codec's to check: here it is only seen that there are items at
all, since a part that is missing would be read as one that is empty; and that the first of them has
the key that was asked for, since a connection that two processes share mixes their answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from singletable.codec import comparable_key, is_attribute_value, key_comparer, same_value
from singletable.codec.wire import is_list, is_mapping
from singletable.errors.base import abridge
from singletable.errors.transport import (
    MISMATCHED,
    TRANSPORT_FAILED,
    UNREADABLE,
    TransportError,
)
from singletable.operations import Request
from singletable.operations.protocol import Response

_DICTS = frozenset({dict})


def check_response(request: Request, response: object) -> None:
    """Raises a `TransportError` for what no operation could load."""
    if not is_mapping(response):
        raise _unreadable(request, "no map")
    check = _CHECKS.get(request.operation)
    if check is not None:
        check(request, response)


def find_malformed(responses: Iterable[Response]) -> TransportError | None:
    """The failure where an attribute is none: asked for once an item could not be loaded."""
    for response in responses:
        for item in _items_in(response):
            wrong = [name for name, value in item.items() if not is_mapping(value)]
            if wrong:
                detail = f"an item with {abridge(wrong[0])} of {type(item[wrong[0]]).__name__}"
                return TransportError(UNREADABLE, detail, carried_out="unknown")
    return None


def _items_in(response: Response) -> Iterator[Mapping[Any, Any]]:
    found: list[Any] = [response.get("Item"), response.get("Attributes")]
    found += response.get("Items") or ()
    several: Any = response.get("Responses") or ()
    if is_mapping(several):  # of a batch: by table; of a snapshot in order
        for items in several.values():
            found += items
    else:
        found += [part.get("Item") for part in several]
    return (item for item in found if is_mapping(item))


def _check_get(request: Request, response: Mapping[Any, Any]) -> None:
    found = response.get("Item")
    if found is not None:
        _check_item(request, found, "Item")


def _check_write(request: Request, response: Mapping[Any, Any]) -> None:
    found = response.get("Attributes")
    if found is not None or request.parameters.get("ReturnValues") == "ALL_NEW":
        _check_item(request, found, "Attributes")


def _check_query(request: Request, response: Mapping[Any, Any]) -> None:
    if request.parameters.get("Select") == "COUNT":
        _check_count(request, response)
    else:
        _check_page(request, response)


def _check_count(request: Request, response: Mapping[Any, Any]) -> None:
    count = response.get("Count")
    if type(count) is not int or count < 0:
        raise _unreadable(request, f"the Count {abridge(count)}")
    _check_end(request, response)


def _check_page(request: Request, response: Mapping[Any, Any]) -> None:
    items = response.get("Items")
    if not is_list(items) or not (
        _DICTS.issuperset(map(type, items)) or all(map(is_mapping, items))
    ):
        raise _unreadable(request, f"Items of {type(items).__name__}")
    if items:
        _check_partition(request, items[0])
    _check_end(request, response)


def _check_matches(request: Request, response: Mapping[Any, Any]) -> None:
    results = response.get("SearchResults")
    if not is_list(results):
        raise _unreadable(request, f"SearchResults of {type(results).__name__}")
    for each in results:
        if not is_mapping(each) or not is_mapping(each.get("Item")):
            raise _unreadable(request, "a result without its Item")
        if type(each.get("Score")) not in (int, float):
            raise _unreadable(request, f"the Score {abridge(each.get('Score'))}")


def _check_end(request: Request, response: Mapping[Any, Any]) -> None:
    end = response.get("LastEvaluatedKey")
    if end is None:
        return
    if not is_mapping(end):
        raise _unreadable(request, f"LastEvaluatedKey of {type(end).__name__}")
    if not all(map(is_attribute_value, end.values())):
        raise _unreadable(request, "a malformed LastEvaluatedKey")


def _check_snapshot(request: Request, response: Mapping[Any, Any]) -> None:
    answers, asked = response.get("Responses"), request.parameters["TransactItems"]
    if not is_list(answers) or len(answers) != len(asked):
        raise _unreadable(request, f"no Responses for {len(asked)} items")
    for part, answer in zip(asked, answers, strict=True):
        if not is_mapping(answer):
            raise _unreadable(request, f"a response of {type(answer).__name__}")
        _check_get(Request(request.operation, part["Get"]), answer)


def _check_batch(request: Request, response: Mapping[Any, Any]) -> None:
    """Holds items and unprocessed keys against the tables and key attributes that were asked."""
    answered: object = response.get("Responses")
    left: object = response.get("UnprocessedKeys", {})
    if not is_mapping(answered) or not is_mapping(left):
        raise _unreadable(request, "no Responses, or malformed UnprocessedKeys")
    for table, asked in request.parameters["RequestItems"].items():
        again: object = left.get(table, {"Keys": []})
        keys = again.get("Keys") if is_mapping(again) else None
        items: object = answered.get(table, [])
        if not is_list(items) or not is_list(keys):
            raise _unreadable(request, f"malformed items or keys of {table}")
        compare = key_comparer(asked["Keys"][0])
        sent: _Keys = {compare(key): key for key in asked["Keys"]}
        for found in (*items, *keys):
            try:
                is_sent = sent[compare(found)].items() <= found.items()
            except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
                is_sent = False
            if not is_sent:
                _check_key(request, table, found, sent)
    if {*answered, *left} - request.parameters["RequestItems"].keys():
        raise _mismatched(request)


_Keys: TypeAlias = dict[tuple[Any, ...], Mapping[str, Any]]
"""The keys that were sent, by their contents."""


def _check_key(request: Request, table: str, found: object, sent: _Keys) -> None:
    """Holds an item, or a key that was not processed, against the keys that were sent."""
    first = next(iter(sent.values()))
    if not is_mapping(found) or not all(is_attribute_value(found.get(name)) for name in first):
        raise _unreadable(request, f"an item of {table} without its key")
    is_typed_alike = all(found[name].keys() == first[name].keys() for name in first)
    if not is_typed_alike or comparable_key(found, first) not in sent:
        raise _mismatched(request)


def _check_unprocessed(request: Request, response: Mapping[Any, Any]) -> None:
    """Holds the writes that were left unprocessed against those that were sent."""
    left: object = response.get("UnprocessedItems", {})
    if not is_mapping(left) or not all(map(is_list, left.values())):
        raise _unreadable(request, "malformed UnprocessedItems")
    asked: Mapping[str, list[Mapping[str, Any]]] = request.parameters["RequestItems"]
    for table, again in left.items():
        sent = asked.get(table, [])
        if len(again) > len(sent):
            raise _mismatched(request)
        for write in again:
            if not any(_is_same_write(write, each) for each in sent):
                raise _mismatched(request)


def _is_same_write(one: object, other: Mapping[str, Any]) -> bool:
    """Whether two parts of a batch put the same item or delete the same key."""
    ((kind, content),) = other.items()
    ((part, written),) = content.items()
    found = one.get(kind) if is_mapping(one) else None
    item = found.get(part) if is_mapping(found) else None
    return (
        is_mapping(item)
        and item.keys() == written.keys()
        and all(
            is_attribute_value(item[name]) and same_value(item[name], value)
            for name, value in written.items()
        )
    )


def _check_item(request: Request, found: object, part: str) -> None:
    if not is_mapping(found):
        raise _unreadable(request, f"{part} of {type(found).__name__}")
    key = request.parameters.get("Key", {})
    if not key.items() <= found.items():
        for name, asked in key.items():
            _check_same(request, found.get(name), asked)


def _check_partition(request: Request, item: Mapping[Any, Any]) -> None:
    """Holds an item of a page against the partition key, which is the first of the conditions."""
    parameters = request.parameters
    text: str = parameters.get("KeyConditionExpression", "")
    name, _, rest = text.partition(" = ")
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames") or {}
    values: Mapping[str, object] = parameters.get("ExpressionAttributeValues") or {}
    asked = values.get(rest.partition(" ")[0])
    if asked is not None:
        _check_same(request, item.get(names.get(name, name)), asked)


def _check_same(request: Request, found: object, asked: Any) -> None:
    """One that is absent is left to the codec."""
    if found == asked or found is None or not is_attribute_value(found):
        return
    if not same_value(found, asked):
        raise _mismatched(request)


_CHECKS: Mapping[str, Callable[[Request, Mapping[Any, Any]], None]] = {
    "GetItem": _check_get,
    **dict.fromkeys(("PutItem", "UpdateItem", "DeleteItem"), _check_write),
    "Query": _check_query,
    "Scan": _check_query,
    "SearchVectors": _check_matches,
    "TransactGetItems": _check_snapshot,
    "BatchGetItem": _check_batch,
    "BatchWriteItem": _check_unprocessed,
}


def to_failure(request: Request, error: Exception) -> TransportError:
    """The failure of an attempt; a refusal that shows another item is none.

    A transport promises to raise nothing but a `TransportError`: anything else is its fault.
    """
    if not isinstance(error, TransportError):
        failure = TransportError(TRANSPORT_FAILED, f"{type(error).__name__}: {error}")
        failure.__cause__ = error
        return failure
    try:
        if is_mapping(error.item) and "Key" in request.parameters:
            _check_item(request, error.item, "Item")
    except TransportError as mismatch:
        return mismatch
    return error


def _mismatched(request: Request) -> TransportError:
    return TransportError(MISMATCHED, f"the response to {request.operation} is about another item")


def _unreadable(request: Request, what: str) -> TransportError:
    return TransportError(UNREADABLE, f"the response to {request.operation} has {what}")
