"""TransactWriteItems and TransactGetItems: all or nothing, reasons in order, tokens."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.errors.transport import TransportError
from singletable.testing import memory_transport
from tests.singletable.raises import raises
from tests.singletable.testing.expressions import NAME, create_table
from tests.singletable.testing.small_table import ITEM, KEY, Small


@pytest.fixture
def small() -> Small:
    small = Small()
    small("PutItem", Item=ITEM)
    return small


def key(at: int) -> dict[str, Any]:
    return {**KEY, "sk": {"S": f"{at}"}}


def put(at: int, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": NAME, "Item": key(at), **more}}


def update(expression: str, at: int = 1) -> dict[str, Any]:
    values = {":1": {"N": "1"}} if ":1" in expression else None
    parameters = {"TableName": NAME, "Key": key(at), "UpdateExpression": expression}
    given = {**parameters, "ExpressionAttributeValues": values} if values else parameters
    return {"Update": given}


def check(condition: str, at: int = 1, **more: Any) -> dict[str, Any]:
    parameters = {"TableName": NAME, "Key": key(at), "ConditionExpression": condition, **more}
    return {"ConditionCheck": parameters}


def delete(at: int) -> dict[str, Any]:
    return {"Delete": {"TableName": NAME, "Key": key(at)}}


def write(small: Small, *actions: dict[str, Any], **more: Any) -> Any:
    return small.send("TransactWriteItems", {"TransactItems": list(actions), **more})


def cancelled(small: Small, *actions: dict[str, Any]) -> TransportError:
    with pytest.raises(TransportError) as failed:
        write(small, *actions)
    return failed.value


def test_all_actions_are_carried_out(small: Small) -> None:
    """Of each kind, on different items."""
    small("PutItem", Item=key(4))
    write(small, put(2), update("ADD n :1"), check("attribute_not_exists(pk)", 3), delete(4))
    assert small.get() == {**ITEM, "n": {"N": "6"}}
    assert (small.get(sk={"S": "2"}), small.get(sk={"S": "4"})) == (key(2), None)


def test_one_failure_leaves_everything_as_it_was(small: Small) -> None:
    """Each action has its reason, in order; the stored item is shown to who asks for it."""
    shown = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    fault = cancelled(
        small,
        put(2),
        check("attribute_not_exists(pk)", **shown),
        check("attribute_exists(pk)", 3, **shown),
        put(4, ConditionExpression="attribute_exists(pk)"),
    )
    assert fault.code == "TransactionCanceledException"
    assert "[None, ConditionalCheckFailed, ConditionalCheckFailed, Cond" in fault.message
    failed = "ConditionalCheckFailed"
    assert [reason.code for reason in fault.reasons] == ["None", failed, failed, failed]
    assert [reason.item for reason in fault.reasons] == [None, ITEM, None, None]
    assert small.get(sk={"S": "2"}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        update("SET n = absent + :1"),
        update("SET n.x = :1"),
        update("SET g = :1"),
        update("SET pk = :1"),
        put(3, Item={**key(3), "sk": {"N": "3"}}),
        put(3, Item={**key(3), "g": {"N": "3"}}),
        {"Delete": {"TableName": NAME, "Key": {**KEY, "sk": {"N": "3"}}}},
        {"Delete": {"TableName": NAME, "Key": {"pk": {"S": "p"}}}},
    ],
)
def test_a_value_that_does_not_fit_is_a_reason(small: Small, wrong: dict[str, Any]) -> None:
    """What only the stored item or the table's keys can tell cancels the transaction."""
    fault = cancelled(small, put(2), wrong)
    assert [reason.code for reason in fault.reasons] == ["None", "ValidationError"]
    assert small.get(sk={"S": "2"}) is None


@pytest.mark.parametrize(
    ("actions", "problem"),
    [
        ([put(2), delete(2)], "multiple operations on one item"),
        ([], "greater than or equal to 1"),
        ([put(at) for at in range(101)], "less than or equal to 100"),
        ([{**put(2), **delete(3)}], "can only contain one of"),
        ([update("SET n :1")], "Syntax error"),
        ([{"Delete": {"TableName": NAME, "Key": {**KEY, "sk": {"S": ""}}}}], "empty string value"),
        ([put(2, Item={**key(3), "sk": {"S": ""}})], "empty string value"),
        ([put(2, Item={**key(2), "rest": {"S": "r" * 409_600}})], "maximum allowed size"),
    ],
)
def test_a_request_that_is_wrong_in_itself(
    small: Small, actions: list[dict[str, Any]], problem: str
) -> None:
    """A ValidationException, and no reasons."""
    fault = cancelled(small, *actions)
    assert (fault.code, fault.reasons) == ("ValidationException", ())
    assert problem in fault.message


def test_four_megabytes_are_the_most(small: Small) -> None:
    """Of all items together."""
    rest = {"rest": {"S": "r" * 400_000}}
    actions = [put(at, Item={**key(at), **rest}) for at in range(11)]
    assert cancelled(small, *actions).code == "ValidationException"
    write(small, *actions[:10])


def test_a_token_makes_a_transaction_happen_once() -> None:
    """For ten minutes, for the same actions; a cancelled one is not remembered."""
    now = [1000.0]
    small = Small()
    small.send = memory_transport(clock=lambda: now[0])
    small.send("CreateTable", create_table())
    token = {"ClientRequestToken": "once"}
    with raises(TransportError, code="TransactionCanceledException"):
        write(small, check("attribute_exists(pk)"), **token)
    for _ in range(2):
        write(small, update("ADD n :1"), **token)
    assert small.get() == {**KEY, "n": {"N": "1"}}
    with raises(TransportError, code="IdempotentParameterMismatchException"):
        write(small, update("ADD m :1"), **token)
    now[0] += 601
    write(small, update("ADD n :1"), **token)
    assert small.get() == {**KEY, "n": {"N": "2"}}


def test_a_snapshot_has_a_place_for_every_key(small: Small) -> None:
    """Empty where there is no item."""
    gets: list[dict[str, Any]] = [{"Get": {"TableName": NAME, "Key": key(at)}} for at in (2, 1)]
    gets[1]["Get"]["ProjectionExpression"] = "n"
    found = small.send("TransactGetItems", {"TransactItems": gets})
    assert found["Responses"] == [{}, {"Item": {"n": {"N": "5"}}}]
    with raises(TransportError, code="ValidationException", message="multiple operations"):
        small.send("TransactGetItems", {"TransactItems": [gets[0], gets[0]]})


def test_a_transaction_costs_twice(small: Small) -> None:
    """Reads and writes, and reads again for a repeated token."""
    asked = {"ReturnConsumedCapacity": "TOTAL", "ClientRequestToken": "token"}
    action = put(2, Item={**key(2), "rest": {"S": "r" * 5000}})
    for kind, units in (("Write", 10.0), ("Read", 4.0)):
        [found] = write(small, action, **asked)["ConsumedCapacity"]
        told = {"CapacityUnits": units, f"{kind}CapacityUnits": units}
        assert found == {"TableName": NAME, **told}
    get = {"TransactItems": [{"Get": {"TableName": NAME, "Key": key(2)}}]}
    [found] = small.send("TransactGetItems", {**get, "ReturnConsumedCapacity": "TOTAL"})[
        "ConsumedCapacity"
    ]
    assert found["CapacityUnits"] == 4.0
