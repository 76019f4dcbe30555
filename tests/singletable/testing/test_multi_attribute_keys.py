"""Global indexes with several partition and sort key attributes, in memory and locally."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from singletable.errors.transport import TransportError
from singletable.testing import memory_transport
from singletable.transport import Transport, boto3_transport
from tests.backends import ON_LOCAL, client_of, local_endpoint
from tests.singletable.raises import raises
from tests.singletable.testing.expressions import key_schema

NAME = f"many-{uuid.uuid4().hex}"
VALUES: dict[str, Any] = {
    ":a": {"S": "x"},
    ":b": {"N": "1.0"},
    ":c": {"S": "m"},
    ":n": {"S": "n"},
    ":d": {"N": "2"},
    ":e": {"N": "10"},
}
TRANSPORTS: dict[str, Callable[[], Transport]] = {
    "memory": memory_transport,
    "local": lambda: boto3_transport(client_of(local_endpoint())),
}


@pytest.fixture(scope="module", params=["memory", ON_LOCAL])
def transport(request: pytest.FixtureRequest) -> Iterator[Transport]:
    """Items of every combination; of those with a = x and b = 1, in order, cd is m1, m2 … n10."""
    send = TRANSPORTS[request.param]()
    send("CreateTable", create_table())
    combinations = product("xy", "12", ("m", "mn", "n"), ("1", "2", "10"))
    for at, (a, b, c, d) in enumerate(combinations):
        item = {"pk": {"S": f"{at}"}, "a": {"S": a}, "b": {"N": b}, "c": {"S": c}, "d": {"N": d}}
        send("PutItem", {"TableName": NAME, "Item": item})
    partial = {"pk": {"S": "partial"}, "a": {"S": "x"}, "b": {"N": "1"}, "c": {"S": "m"}}
    send("PutItem", {"TableName": NAME, "Item": partial})
    yield send
    send("DeleteTable", {"TableName": NAME})


def create_table() -> dict[str, Any]:
    types = {"pk": "S", "a": "S", "b": "N", "c": "S", "d": "N"}
    keys = {"a": "HASH", "b": "HASH", "c": "RANGE", "d": "RANGE"}
    index = {
        "IndexName": "many",
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    return {
        "TableName": NAME,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in types.items()
        ],
        "KeySchema": key_schema("pk"),
        "GlobalSecondaryIndexes": [index],
    }


def query(transport: Transport, condition: str, **more: Any) -> list[str]:
    """The sort keys of all pages."""
    parameters = {
        "TableName": NAME,
        "IndexName": "many",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {
            name: value for name, value in VALUES.items() if name in condition
        },
        **more,
    }
    found: list[str] = []
    while True:
        page = transport("Query", parameters)
        found += [item["c"]["S"] + item["d"]["N"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return found
        assert set(page["LastEvaluatedKey"]) == {"pk", "a", "b", "c", "d"}
        parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("b = :b AND a = :a", "m1 m2 m10 mn1 mn2 mn10 n1 n2 n10"),
        ("a = :a AND b = :b AND c = :c", "m1 m2 m10"),
        ("a = :a AND b = :b AND c > :c", "mn1 mn2 mn10 n1 n2 n10"),
        ("a = :a AND b = :b AND c < :n", "m1 m2 m10 mn1 mn2 mn10"),
        ("a = :a AND b = :b AND begins_with(c, :c)", "m1 m2 m10 mn1 mn2 mn10"),
        ("a = :a AND b = :b AND c BETWEEN :c AND :n", "m1 m2 m10 mn1 mn2 mn10 n1 n2 n10"),
        ("a = :a AND b = :b AND c = :c AND d >= :d", "m2 m10"),
        ("a = :a AND b = :b AND c = :c AND d < :e", "m1 m2"),
        ("a = :a AND b = :b AND c = :c AND d BETWEEN :d AND :e", "m2 m10"),
        ("a = :a AND b = :b AND c = :c AND d = :d", "m2"),
    ],
)
@pytest.mark.parametrize("limit", [{}, {"Limit": 2}])
def test_leading_sort_key_attributes_make_a_range(
    transport: Transport, condition: str, found: str, limit: dict[str, int]
) -> None:
    """Equality on the first ones, an operator on the last; in pages and in reverse as well."""
    assert query(transport, condition, **limit) == found.split()
    assert query(transport, condition, **limit, ScanIndexForward=False) == found.split()[::-1]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("a = :a", "HASH key attributes b must have equality"),
        ("a = :a AND b > :b", "HASH key attributes b must have equality"),
        ("a = :a AND b = :b AND d = :d", "RANGE key attributes c must have equality"),
        ("a = :a AND b = :b AND c > :c AND d = :d", "because a condition is present on key attrib"),
    ],
)
def test_no_attribute_is_left_out(transport: Transport, condition: str, problem: str) -> None:
    """Neither of the partition key, nor before a conditioned one of the sort key."""
    with raises(TransportError, code="ValidationException") as refused:
        query(transport, condition)
    assert problem in refused.value.message
