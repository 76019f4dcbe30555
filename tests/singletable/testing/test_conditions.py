"""Condition expressions: what holds of an item, and what DynamoDB refuses to evaluate."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.errors.transport import TransportError
from tests.singletable.raises import raises
from tests.singletable.testing.expressions import NAME
from tests.singletable.testing.small_table import ITEM, KEY, Small

VALUES: dict[str, Any] = {
    ":5": {"N": "5.0"},
    ":7": {"N": "7"},
    ":hell": {"S": "hell"},
    ":a": {"S": "a"},
    ":bytes": {"B": b"ab"},
    ":N": {"S": "N"},
    ":true": {"BOOL": True},
    ":one": {"N": "1"},
    ":two": {"N": "2"},
    ":list": {"L": []},
    ":set": {"SS": ["b", "a"]},
}


@pytest.fixture(scope="module")
def small() -> Small:
    small = Small()
    small("PutItem", Item=ITEM)
    return small


def check(small: Small, condition: str, **names: str) -> None:
    action: dict[str, Any] = {"TableName": NAME, "Key": KEY, "ConditionExpression": condition}
    values = {name: value for name, value in VALUES.items() if name in condition}
    if values:
        action["ExpressionAttributeValues"] = values
    if names:
        action["ExpressionAttributeNames"] = {f"#{name}": each for name, each in names.items()}
    small.send("TransactWriteItems", {"TransactItems": [{"ConditionCheck": action}]})


@pytest.mark.parametrize(
    "condition",
    [
        "n = :5",
        "n < :7 AND n >= :5",
        ":5 = n",
        "n BETWEEN :5 AND :7",
        "n IN (:7, :5)",
        "word > :a",
        "begins_with(word, :hell) and begins_with(b, :bytes)",
        "contains(s, :a) AND contains(word, :hell) AND contains(b, :bytes)",
        "contains(l1, :two)",
        "attribute_type(n, :N)",
        "attribute_exists(m.y.z) AND attribute_not_exists(m.q)",
        "l1[1].x <> :a",
        "size(word) = :5 AND size(s) = :two AND size(l1) > :two",
        "s = :set",
        "absent <> :5 AND NOT absent = :5 AND NOT absent < :5",
        "NOT (n = :7 OR n < :5)",
        "n = :7 AND n = :7 OR n = :5",
        "yes = :true AND yes <> :one",
        "((n = :5) AND (n = :5))",
        "l1 [ 0 ] < m . x",
    ],
)
def test_what_holds_is_written(small: Small, condition: str) -> None:
    """Comparisons, functions, paths and the precedence of NOT, AND and OR."""
    check(small, condition)


@pytest.mark.parametrize(
    "condition",
    [
        "n = :7",
        "n < :a",
        "n BETWEEN :7 AND :7",
        "size(n) > :one",
        "size(l1) = size(absent)",
        "begins_with(n, :hell)",
        "contains(m, :a)",
        "yes = :one",
        "attribute_exists(l1[3])",
        "absent = nil",
        "NOT n = :5 OR n = :7",
        "n = :5 AND n = :7",
    ],
)
def test_what_does_not_hold_fails(small: Small, condition: str) -> None:
    """Types that do not compare are no error: the condition is false."""
    with pytest.raises(TransportError) as failed:
        check(small, condition)
    assert [reason.code for reason in failed.value.reasons] == ["ConditionalCheckFailed"]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("n = :undefined", "attribute value used in expression is not defined"),
        ("#undefined = :5", "attribute name used in the document path is not defined"),
        ("status = :5", "reserved keyword: status"),
        ("m.status = :5", "reserved keyword: status"),
        ("n = n", "must be distinct"),
        ("n IN (n)", "must be distinct"),
        ("n < :list", "operand type: L"),
        ("n BETWEEN :7 AND :5", "upper bound to be greater"),
        ("n BETWEEN :7 AND :a", "same data type"),
        ("begins_with(word, :5)", "operand type: N"),
        ("contains(:5, n)", "operand type: N"),
        ("size(:5) = :5", "operator or function: size, operand type: N"),
        ("attribute_type(n, :a)", "Invalid attribute type name"),
        ("attribute_exists(:5)", "requires a document path"),
        ("attribute_exists(n, word)", "number of operands: 2"),
        ("Attribute_Exists(n)", "Invalid function name"),
        ("size(n)", "not allowed to be used this way"),
        ("begins_with(word, :a) = :true", "not allowed to be used this way"),
        ("((n = :5))", "redundant parentheses"),
        ("n", "Syntax error"),
        ("n = :5 AND", "Syntax error"),
        ("n == :5", "Syntax error"),
        ("_n = :5", "Syntax error"),
        ("l1[01] = :5", "Syntax error"),
        ("n + :5 = :5", "Syntax error"),
        ("", "can not be empty"),
        ("m" + ".x" * 32 + " = :5", "too many nesting levels; nesting levels: 33"),
        ("size(l1" + "[0]" * 32 + ") = :5", "too many nesting levels; nesting levels: 33"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(small: Small, condition: str, problem: str) -> None:
    """By a ValidationException before anything is read, whatever the item is."""
    with raises(TransportError, code="ValidationException") as refused:
        check(small, condition)
    assert problem in refused.value.message


def test_placeholders_are_all_used(small: Small) -> None:
    """A name or a value that no expression mentions is refused, and so is an empty mapping."""
    given: dict[str, Any] = {"Item": KEY, "ConditionExpression": "#n <> :5"}
    names, values = {"#n": "n"}, {":5": {"N": "5"}}
    for unused, wrong in (
        ({"ExpressionAttributeNames": {**names, "#o": "o"}}, "keys: {#o}"),
        ({"ExpressionAttributeValues": {**values, ":o": {"N": "1"}}}, "keys: {:o}"),
        ({"ExpressionAttributeValues": {}}, "must not be empty"),
        ({"ExpressionAttributeNames": {"n": "n"}}, "invalid key"),
    ):
        parameters = {
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            **given,
            **unused,
        }
        assert wrong in small.refused("PutItem", **parameters).message


def test_a_failed_condition_shows_the_item_if_it_is_asked_to(small: Small) -> None:
    """As a fresh object, and not otherwise."""
    wrong = {"Key": KEY, "ConditionExpression": "attribute_not_exists(pk)"}
    assert small.refused("DeleteItem", **wrong).item is None
    shown = small.refused("DeleteItem", **wrong, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert shown.code == "ConditionalCheckFailedException"
    assert shown.item == ITEM
