"""What requests ask of IAM, each written out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.emit.access import Access, accesses
from tests.singletable.library import library

KEY = {"PK": {"S": "BOOK#1"}, "SK": {"S": "BOOK"}}
ONE = ({"S": "BOOK#1"},)
EQUALS = {
    "KeyConditionExpression": "SK = :s AND PK = :p",
    "ExpressionAttributeValues": {":s": {"S": "BOOK"}, ":p": {"S": "BOOK#1"}},
}


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("GetItem", {"Key": KEY}, [("GetItem", None, ONE)]),
        ("PutItem", {"Item": {**KEY, "title": {"S": "x"}}}, [("PutItem", None, ONE)]),
        ("UpdateItem", {"Key": KEY}, [("UpdateItem", None, ONE)]),
        ("DeleteItem", {"Key": KEY}, [("DeleteItem", None, ONE)]),
        ("Query", EQUALS, [("Query", None, ONE)]),
        ("Scan", {}, [("Scan", None, ())]),
        ("Scan", {"IndexName": "GSI1"}, [("Scan", "GSI1", ())]),
        (
            "TransactWriteItems",
            {
                "TransactItems": [
                    {"Put": {"Item": KEY}},
                    {"Update": {"Key": KEY}},
                    {"Delete": {"Key": KEY}},
                    {"ConditionCheck": {"Key": KEY}},
                ]
            },
            [
                ("PutItem", None, ONE),
                ("UpdateItem", None, ONE),
                ("DeleteItem", None, ONE),
                ("ConditionCheckItem", None, ONE),
            ],
        ),
        (
            "TransactGetItems",
            {"TransactItems": [{"Get": {"Key": KEY}}]},
            [("GetItem", None, ONE)],
        ),
        (
            "BatchGetItem",
            {"RequestItems": {"library": {"Keys": [KEY, KEY]}}},
            [("BatchGetItem", None, ONE * 2)],
        ),
        (
            "BatchWriteItem",
            {
                "RequestItems": {
                    "library": [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": KEY}}]
                }
            },
            [("BatchWriteItem", None, ONE * 2)],
        ),
    ],
)
def test_a_request_asks_for(
    operation: str, parameters: dict[str, Any], expected: list[tuple[Any, ...]]
) -> None:
    """Of transactions the single actions, of batches the batch."""
    asked = list(accesses(operation, parameters, library))
    assert asked == [Access(*each) for each in expected]


def test_an_operation_that_is_not_known_is_refused() -> None:
    """A need that is overlooked is found by the first refused request in production."""
    with pytest.raises(ValueError, match="what ExecuteStatement needs is not known"):
        list(accesses("ExecuteStatement", {}, library))


def test_a_query_without_its_partition_key_is_refused() -> None:
    """DynamoDB would not take it either."""
    with pytest.raises(ValueError, match="names no value of GSI1PK"):
        list(accesses("Query", {**EQUALS, "IndexName": "GSI1"}, library))
