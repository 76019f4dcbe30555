"""Update expressions: what they write, what they return, what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.singletable.testing.small_table import ITEM, KEY, Small

VALUES: dict[str, Any] = {
    ":1": {"N": "1"},
    ":word": {"S": "t"},
    ":list": {"L": [{"S": "end"}]},
    ":set": {"SS": ["b", "c"]},
    ":both": {"SS": ["a", "b"]},
    ":huge": {"N": "1E-40"},
    ":map": {"M": {}},
}


@pytest.fixture
def small() -> Small:
    small = Small()
    small("PutItem", Item=ITEM)
    return small


def arguments(expression: str) -> dict[str, Any]:
    values = {name: value for name, value in VALUES.items() if name in expression}
    given = {"ExpressionAttributeValues": values} if values else {}
    return {"Key": KEY, "UpdateExpression": expression, **given}


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("SET n = n + :1, c = :word", {"n": {"N": "6"}, "c": {"S": "t"}}),
        ("SET n = :1 - n", {"n": {"N": "-4"}}),
        ("SET c = n", {"c": {"N": "5"}}),
        ("SET n = c, c = n", None),
        ("SET c = if_not_exists(c, :1) + :1", {"c": {"N": "2"}}),
        ("SET c = if_not_exists(n, :word)", {"c": {"N": "5"}}),
        ("SET c = list_append(:list, :list)", {"c": {"L": [{"S": "end"}, {"S": "end"}]}}),
        ("SET m.x = :word", {"m": {"M": {"x": {"S": "t"}, "y": ITEM["m"]["M"]["y"]}}}),
        (
            "SET l1[9] = :1, l1[8] = :word, l1[0] = :1",
            {"l1": {"L": [{"N": "1"}, *ITEM["l1"]["L"][1:], {"S": "t"}, {"N": "1"}]}},
        ),
        ("REMOVE l1[0], l1[1]", {"l1": {"L": [{"N": "2"}]}}),
        ("SET l1[2] = :1 REMOVE l1[0]", {"l1": {"L": [ITEM["l1"]["L"][1], {"N": "1"}]}}),
        ("REMOVE m.y.z, absent, m.absent", {"m": {"M": {"x": {"N": "1"}, "y": {"M": {}}}}}),
        ("ADD n :1, s :set", {"n": {"N": "6"}, "s": {"SS": ["a", "b", "c"]}}),
        ("ADD c :1", {"c": {"N": "1"}}),
        ("DELETE s :set", {"s": {"SS": ["a"]}}),
        ("DELETE absent :set", {}),
        ("set n = (n + :1) remove absent", {"n": {"N": "6"}}),
    ],
)
def test_an_update_changes_what_it_names(
    small: Small, expression: str, changed: dict[str, Any] | None
) -> None:
    """Operands see the old item, and so do list indexes; None: it is refused, nothing changes."""
    if changed is None:
        small.refused("UpdateItem", **arguments(expression))
    else:
        new = small("UpdateItem", **arguments(expression), ReturnValues="ALL_NEW")["Attributes"]
        assert new == ITEM | changed
    assert small.get() == ITEM | (changed or {})


def test_an_emptied_set_is_no_attribute(small: Small) -> None:
    """DELETE of all elements removes it."""
    small("UpdateItem", **arguments("DELETE s :both"))
    assert small.get() == {name: value for name, value in ITEM.items() if name != "s"}


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("SET n = absent", "refers to an attribute that does not exist"),
        ("SET n = word + :1", "incorrect data type"),
        ("SET n = n + :word", "operand type: S"),
        ("SET n = n + :huge", "38 significant digits"),
        ("SET l1 = list_append(l1, :1)", "operand type: N"),
        ("SET absent.x = :1", "path provided in the update expression is invalid"),
        ("SET n.x = :1", "path provided in the update expression is invalid"),
        ("REMOVE m[0]", "path provided in the update expression is invalid"),
        ("ADD word :1", "incorrect data type"),
        ("ADD n :word", "operand type: S"),
        ("DELETE s :1", "operand type: N"),
        ("DELETE n :set", "incorrect data type"),
        ("SET m = :map, m.x = :1", "overlap"),
        ("SET n = :1 REMOVE n", "overlap"),
        ("SET m.x = :1, m[0] = :1", "conflict"),
        ("SET pk = :word", "part of the key"),
        ("SET n = :1 SET word = :1", "can only be used once"),
        ("SET n = size(word)", "not allowed in an update expression"),
        ("SET n = if_not_exists(:1, :1)", "requires a document path"),
        ("SET n = n + :1 + :1", "Syntax error"),
        ("SET n = :1,", "Syntax error"),
        ("SET g = :1", "Type mismatch for Index Key"),
    ],
)
def test_what_is_refused_changes_nothing(small: Small, expression: str, problem: str) -> None:
    """Wrong types, paths, keys and grammar."""
    refused = small.refused("UpdateItem", **arguments(expression))
    assert refused.code == "ValidationException"
    assert problem in refused.message
    assert small.get() == ITEM


@pytest.mark.parametrize(
    ("returned", "attributes"),
    [
        ("ALL_OLD", ITEM),
        (
            "UPDATED_OLD",
            {"n": {"N": "5"}, "m": {"M": {"y": ITEM["m"]["M"]["y"]}}, "l1": {"L": [{"N": "0"}]}},
        ),
        ("UPDATED_NEW", {"n": {"N": "6"}, "l1": {"L": [{"S": "t"}]}, "c": {"N": "1"}}),
    ],
)
def test_an_update_returns_what_is_wanted(
    small: Small, returned: str, attributes: dict[str, Any]
) -> None:
    """Of updated attributes the updated paths alone, as DynamoDB does."""
    expression = "SET l1[0] = :word, c = :1 REMOVE m.y ADD n :1"
    response = small("UpdateItem", **arguments(expression), ReturnValues=returned)
    assert response["Attributes"] == attributes


def test_an_update_makes_an_item(small: Small) -> None:
    """Of its key and of what it sets; one that did not exist had no old attributes."""
    key = {**KEY, "sk": {"S": "2"}}
    given = {"Key": key, "UpdateExpression": "SET n = :1", "ReturnValues": "ALL_OLD"}
    response = small("UpdateItem", **given, ExpressionAttributeValues={":1": {"N": "1"}})
    assert response == {}
    assert small.get(sk={"S": "2"}) == {**key, "n": {"N": "1"}}
    assert small("UpdateItem", Key={**key, "sk": {"S": "3"}}) == {}
    assert small.get(sk={"S": "3"}) == {**key, "sk": {"S": "3"}}
