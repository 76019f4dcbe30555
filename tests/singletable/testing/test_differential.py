"""The in-memory DynamoDB answers as DynamoDB Local does, whatever it is sent.

Where DynamoDB Local is known to differ from DynamoDB, the in-memory one follows DynamoDB and the
difference is left out of the comparison:

- an update whose values do not fit within a transaction cancels it with the reason
  `ValidationError`; DynamoDB Local refuses the whole request with a ValidationException;
- numbers are normalised wherever they are; DynamoDB Local leaves those within lists and maps;
- UPDATED_OLD and UPDATED_NEW return nested paths alone; DynamoDB Local returns whole attributes;
- nobody is told of consumed capacity who has not asked; DynamoDB Local tells it of a DeleteItem;
- an item outside an index costs nothing there; DynamoDB Local counts a write if it loses one key
  attribute of the index and gains another;
- a page that is full has a LastEvaluatedKey; DynamoDB Local gives none if the last item is the very
  bound of the key condition;
- the filter of an index's Scan sees what the index holds; DynamoDB Local shows it whole items.

Unspecified on both, and therefore not compared: the order of a Scan, the order of items with equal
sort keys in an index, and thus which of them a page holds; the texts of messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singletable.errors.transport import TransportError
from singletable.testing import memory_transport
from singletable.transport import Transport, boto3_transport
from tests.backends import client_of, local_endpoint
from tests.singletable.testing.expressions import NAME, PARTITIONS, SORT_OF, SORTS, create_table
from tests.singletable.testing.requests import REQUESTS, Request

EXAMPLES = max(1, settings.default.max_examples // 10)  # a tenth of the profile's
_SETS = frozenset({"SS", "NS", "BS"})


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Transport, Transport]]:
    """The table in memory and in DynamoDB Local."""
    memory, local = memory_transport(), boto3_transport(client_of(local_endpoint()))
    for transport in (memory, local):
        transport("CreateTable", create_table())
    yield memory, local
    local("DeleteTable", {"TableName": NAME})


@pytest.mark.connected
@given(requests=st.lists(REQUESTS, min_size=10, max_size=25))
@settings(max_examples=EXAMPLES)
def test_both_answer_alike(both: tuple[Transport, Transport], requests: list[Request]) -> None:
    """Every response and every error of a sequence of requests to a table that was empty."""
    for transport in both:
        _empty(transport)
    for operation, parameters in requests:
        in_memory, in_local = (_outcome(each, operation, parameters) for each in both)
        assert in_memory == in_local, f"{operation} {parameters}"


def _empty(transport: Transport) -> None:
    keys = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk in PARTITIONS for sk in SORTS]
    deletes = [{"DeleteRequest": {"Key": key}} for key in keys]
    transport("BatchWriteItem", {"RequestItems": {NAME: deletes}})


def _outcome(transport: Transport, operation: str, parameters: dict[str, Any]) -> Any:
    """What can be compared of a response or of an error."""
    try:
        if operation in {"Query", "Scan"}:
            return _all_pages(transport, operation, parameters)
        response = dict(transport(operation, parameters))
    except TransportError as fault:
        return _failure(fault)
    response.pop("ResponseMetadata", None)
    capacity = response.pop("ConsumedCapacity", None)
    if parameters.get("ReturnConsumedCapacity") == "INDEXES":
        response["capacity"] = [capacity["Table"], _of_indexes(capacity)]
    if operation == "BatchGetItem":
        items = response["Responses"][NAME]
        response["Responses"] = sorted(map(repr, map(_comparable, items)))
    return _comparable(response)


def _of_indexes(capacity: dict[str, Any]) -> dict[str, Any]:
    local: dict[str, Any] = capacity.get("LocalSecondaryIndexes", {})
    of_all = local | capacity.get("GlobalSecondaryIndexes", {})
    return {name: units for name, units in of_all.items() if name != "group"}


def _failure(fault: TransportError) -> Any:
    codes = [reason.code for reason in fault.reasons]
    if fault.code == "ValidationException" or "ValidationError" in codes:
        return "ValidationException"
    items = [_comparable(reason.item) for reason in fault.reasons]
    return fault.code, _comparable(fault.item), codes, items


def _all_pages(transport: Transport, operation: str, parameters: dict[str, Any]) -> Any:
    """Items of all pages, sorted where their order is not specified, and the pages' sizes."""
    pages: list[Mapping[str, Any]] = []
    further: dict[str, Any] = {}
    while not pages or further:
        pages.append(transport(operation, {**parameters, **further}))
        last = pages[-1].get("LastEvaluatedKey")
        further = {"ExclusiveStartKey": last} if last else {}
    items = [_comparable(item) for page in pages for item in page.get("Items", ())]
    index = parameters.get("IndexName")
    if len(pages) > 1 and not pages[-1]["ScannedCount"] and _has_inclusive_bound(parameters):
        pages.pop()
    name = SORT_OF.get(index, "")
    order = [item.get(name) for item in items] if operation == "Query" else []
    if operation == "Scan" or index is not None:
        items.sort(key=repr)
    else:
        order.append([page.get("LastEvaluatedKey") for page in pages[:-1]])
    return {
        "items": items,
        "order": order,
        "scanned": [page["ScannedCount"] for page in pages],
        "count": sum(page["Count"] for page in pages),
        "keys": sorted(
            {name for page in pages for name in page} - {"ResponseMetadata", "LastEvaluatedKey"}
        ),
    }


def _has_inclusive_bound(parameters: dict[str, Any]) -> bool:
    text: str = parameters.get("KeyConditionExpression", "")
    return any(operator in text for operator in ("<=", ">=", "BETWEEN"))


def _comparable(value: Any) -> Any:
    """The same without the order of sets and of attributes, and with numbers as numbers."""
    if isinstance(value, dict):
        if value.keys() == {"N"}:
            return {"N": (Decimal(value["N"]) + 0).normalize()}
        return {
            name: sorted(each) if name in _SETS and isinstance(each, list) else _comparable(each)
            for name, each in sorted(value.items())
        }
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    return value
