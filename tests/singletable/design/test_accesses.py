"""What requests ask of IAM, each written out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.design import compile_table
from singletable.design.accesses import Access, accesses
from singletable.design.ir import PRIMARY
from tests.singletable.library import library

LIBRARY = {"library": compile_table(library)}
KEY = {"PK": {"S": "BOOK#1"}, "SK": {"S": "BOOK"}}
ONE = ({"S": "BOOK#1"},)
EQUALS = {
    "KeyConditionExpression": "SK = :s AND PK = :p",
    "ExpressionAttributeValues": {":s": {"S": "BOOK"}, ":p": {"S": "BOOK#1"}},
}


def _with_table(parameters: dict[str, Any]) -> dict[str, Any]:
    """With the table's name, in the actions of transactions as well."""
    named = {"TableName": "library", **parameters}
    if "TransactItems" in parameters:
        named["TransactItems"] = [
            {kind: {"TableName": "library", **inner} for kind, inner in part.items()}
            for part in parameters["TransactItems"]
        ]
    return named


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("GetItem", {"Key": KEY}, [("GetItem", PRIMARY, ONE)]),
        ("PutItem", {"Item": {**KEY, "title": {"S": "x"}}}, [("PutItem", PRIMARY, ONE)]),
        ("UpdateItem", {"Key": KEY}, [("UpdateItem", PRIMARY, ONE)]),
        ("DeleteItem", {"Key": KEY}, [("DeleteItem", PRIMARY, ONE)]),
        ("Query", EQUALS, [("Query", PRIMARY, ONE)]),
        ("Scan", {}, [("Scan", PRIMARY, ())]),
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
                ("PutItem", PRIMARY, ONE),
                ("UpdateItem", PRIMARY, ONE),
                ("DeleteItem", PRIMARY, ONE),
                ("ConditionCheckItem", PRIMARY, ONE),
            ],
        ),
        (
            "TransactGetItems",
            {"TransactItems": [{"Get": {"Key": KEY}}]},
            [("GetItem", PRIMARY, ONE)],
        ),
        (
            "BatchGetItem",
            {"RequestItems": {"library": {"Keys": [KEY, KEY]}}},
            [("BatchGetItem", PRIMARY, ONE * 2)],
        ),
        (
            "BatchWriteItem",
            {
                "RequestItems": {
                    "library": [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": KEY}}]
                }
            },
            [("BatchWriteItem", PRIMARY, ONE * 2)],
        ),
    ],
)
def test_a_request_asks_for(
    operation: str, parameters: dict[str, Any], expected: list[tuple[Any, ...]]
) -> None:
    """Of transactions the single actions, of batches the batch."""
    asked = list(accesses(operation, _with_table(parameters), LIBRARY))
    assert asked == [Access(action, "library", *rest) for action, *rest in expected]


def test_an_operation_that_is_not_known_is_refused() -> None:
    """A need that is overlooked is found by the first refused request in production."""
    with pytest.raises(ValueError, match="what ExecuteStatement needs is not known"):
        list(accesses("ExecuteStatement", {}, LIBRARY))


def test_a_query_without_its_partition_key_is_refused() -> None:
    """DynamoDB would not take it either."""
    with pytest.raises(ValueError, match="names no value of GSI1PK"):
        list(accesses("Query", {**EQUALS, "TableName": "library", "IndexName": "GSI1"}, LIBRARY))
