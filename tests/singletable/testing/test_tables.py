"""CreateTable and what describes, lists and deletes tables; time to live."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import create_table
from singletable.errors.transport import TransportError
from singletable.testing import memory_transport
from tests.singletable.raises import raises
from tests.singletable.shop import shop
from tests.singletable.testing import expressions
from tests.singletable.testing.expressions import NAME, key_schema
from tests.singletable.testing.small_table import KEY, Small


def refused(operation: str, **parameters: Any) -> TransportError:
    with pytest.raises(TransportError) as error:
        memory_transport()(operation, parameters)
    return error.value


def test_a_declared_table_is_described_as_it_was_created() -> None:
    """Active at once, with its indexes, and the same on every run."""
    parameters = create_table(shop, "shop-1")
    described = []
    for _ in range(2):
        transport = memory_transport(clock=lambda: 0.0)
        assert transport("CreateTable", parameters)["TableDescription"]["TableStatus"] == "ACTIVE"
        described.append(transport("DescribeTable", {"TableName": "shop-1"})["Table"])
    table = described[0]
    assert table == described[1]
    for name in ("TableName", "KeySchema", "AttributeDefinitions"):
        assert table[name] == parameters[name]
    for label in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index, given in zip(table[label], parameters[label], strict=True):
            assert given.items() <= index.items()
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_description_counts_items() -> None:
    """Of the table and of every index."""
    small = Small()
    small.put()
    small.put(sk={"S": "2"}, l={"S": "l"})
    table = small("DescribeTable")["Table"]
    assert table["ItemCount"] == 2
    [label] = table["LocalSecondaryIndexes"]
    assert label["ItemCount"] == 1


def test_tables_come_and_go() -> None:
    """A second of one name is refused; what is gone is gone with its items."""
    small = Small()
    small.put()
    with raises(TransportError, code="ResourceInUseException"):
        small.send("CreateTable", expressions.create_table())
    assert small("DeleteTable")["TableDescription"]["TableStatus"] == "DELETING"
    for operation, parameters in (("GetItem", {"Key": KEY}), ("DescribeTable", {})):
        assert small.refused(operation, **parameters).code == "ResourceNotFoundException"
    small.send("CreateTable", expressions.create_table())
    assert small.get() is None


def test_tables_are_listed_in_pages() -> None:
    """By name."""
    transport = memory_transport()
    for name in ("ccc", "aaa", "bbb"):
        transport("CreateTable", {**expressions.create_table(), "TableName": name})
    first = transport("ListTables", {"Limit": 2})
    assert first == {"TableNames": ["aaa", "bbb"], "LastEvaluatedTableName": "bbb"}
    assert transport("ListTables", {"ExclusiveStartTableName": "bbb"}) == {"TableNames": ["ccc"]}


def test_a_protected_table_is_not_deleted() -> None:
    """As its creation has said."""
    transport = memory_transport()
    transport("CreateTable", {**expressions.create_table(), "DeletionProtectionEnabled": True})
    with raises(TransportError, code="ValidationException"):
        transport("DeleteTable", {"TableName": NAME})


def test_time_to_live_is_switched_on_and_off() -> None:
    """Not twice; nothing expires by it."""
    small = Small()

    def switch(enabled: bool) -> None:
        small(
            "UpdateTimeToLive",
            TimeToLiveSpecification={"AttributeName": "n", "Enabled": enabled},
        )

    def status() -> Any:
        return small("DescribeTimeToLive")["TimeToLiveDescription"]

    assert status() == {"TimeToLiveStatus": "DISABLED"}
    switch(True)
    assert status() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "n"}
    with raises(TransportError, code="ValidationException", message="already enabled"):
        switch(True)
    small.put(n={"N": "1"})
    assert small.get() == {**KEY, "n": {"N": "1"}}
    switch(False)
    assert status() == {"TimeToLiveStatus": "DISABLED"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"TableName": "no"}, "Invalid table/index name"),
        ({"KeySchema": key_schema("pk", "other")}, "not defined in AttributeDefinitions"),
        ({"KeySchema": key_schema("pk")}, "does not exactly match"),
        ({"KeySchema": key_schema("pk", "sk")[::-1]}, "Hash Key must be specified first"),
        ({"KeySchema": key_schema("pk", "pk")}, "one name"),
        ({"LocalSecondaryIndexes": [{"KeySchema": key_schema("g", "h")}]}, "hash key for index"),
        ({"LocalSecondaryIndexes": [{"KeySchema": key_schema("pk")}]}, "a range key for index"),
        ({"GlobalSecondaryIndexes": [{"Projection": {"ProjectionType": "SOME"}}]}, "SOME"),
        ({"GlobalSecondaryIndexes": [{}] * 21}, "limit of 20"),
    ],
)
def test_a_table_that_cannot_be(changed: dict[str, Any], problem: str) -> None:
    """Names, keys, and indexes."""
    index = {
        "IndexName": "index",
        "KeySchema": key_schema("pk", "sk"),
        "Projection": {"ProjectionType": "ALL"},
    }
    table = {
        "TableName": "table",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
        ],
        "KeySchema": key_schema("pk", "sk"),
        **changed,
    }
    for label in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if label in changed:
            table[label] = [{**index, **each} for each in changed[label]]
    error = refused("CreateTable", **table)
    assert error.code == "ValidationException"
    assert problem in error.message


def test_an_operation_that_is_not_there_says_which_are() -> None:
    """PartiQL, streams, backups and whatever else."""
    error = refused("ExecuteStatement", Statement="")
    assert error.code == "UnknownOperationException"
    assert "TransactWriteItems" in error.message
