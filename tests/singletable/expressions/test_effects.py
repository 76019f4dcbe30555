"""What an update leaves behind is read from its request, or not known."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.expressions.effects import is_as_updated, is_repeatable

NAMES = {"#a": "a", "#b": "b.c", "#m": "m"}
VALUES: dict[str, Any] = {":a": {"N": "1.0"}, ":b": {"SS": ["x", "y"]}}


def update(text: str) -> dict[str, Any]:
    return {
        "UpdateExpression": text,
        "ExpressionAttributeNames": NAMES,
        "ExpressionAttributeValues": VALUES,
    }


REPEATABLE = [
    "SET #a = :a",
    "SET #a = :a, #b = :b",
    "SET #a = :a, #b = if_not_exists(#b, :b)",
    "SET #a = :a REMOVE #b",
    "REMOVE #a, #b",
    "SET #m.#a = :a",
    "DELETE #b :b",
    "SET #a = :a REMOVE #m DELETE #m.#b :b, #b :b",
]
COUNTING = [
    "ADD #a :a",
    "SET #a = :a ADD #b :b",
    "SET #a = #a + :a",
    "SET #a = if_not_exists(#a, :a) + :a",
    "SET #a = list_append(#a, :a)",
    "SET #a = list_append(if_not_exists(#a, :a), :a)",
    "SET #a = #b",
    "SET #a = :a, #b = #a",
    "ADD #a :a DELETE #b :b",
    "REMOVE #a[0]",
    "SET #a[0] = :a",
    "SET #a = :a REMOVE #b ADD #m :a",
    "something new",
]


@pytest.mark.parametrize("text", REPEATABLE)
def test_what_only_assigns_may_be_sent_twice(text: str) -> None:
    """It leaves the same."""
    assert is_repeatable("UpdateItem", update(text))


@pytest.mark.parametrize("text", COUNTING)
def test_what_counts_or_is_not_understood_may_not(text: str) -> None:
    """And no item is known to be as it leaves it."""
    assert not is_repeatable("UpdateItem", update(text))
    assert not is_as_updated(update(text), {"a": VALUES[":a"], "b.c": VALUES[":b"]})


def test_what_the_condition_asks_for_shows_no_update() -> None:
    """An update without changes sets the type, which the item has anyhow."""
    asked = {**update("SET #a = :a"), "ConditionExpression": "#a = :a AND #b = :b"}
    assert not is_as_updated(asked, {"a": VALUES[":a"]})
    assert is_as_updated(asked | {"ConditionExpression": "#b = :b"}, {"a": VALUES[":a"]})


def test_other_requests_may_be_sent_twice() -> None:
    """A transaction only with its token."""
    for operation in ("GetItem", "PutItem", "DeleteItem", "Query", "UpdateItem"):
        assert is_repeatable(operation, {})
    assert not is_repeatable("TransactWriteItems", {"TransactItems": []})
    assert is_repeatable("TransactWriteItems", {"ClientRequestToken": "t"})


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        ("SET #a = :a", {"a": {"N": "1"}}, True),
        ("SET #a = :a", {"a": {"N": "1"}, "z": {"S": "another field"}}, True),
        ("SET #a = :a", {"a": {"S": "1"}}, False),
        ("SET #a = :a", {"a": {"N": "2"}}, False),
        ("SET #a = :a", {}, False),
        ("SET #b = :b", {"b.c": {"SS": ["y", "x"]}}, True),
        ("SET #b = :b", {"b.c": {"SS": ["y"]}}, False),
        ("SET #a = :a, #b = :b", {"a": {"N": "1"}}, False),
        ("SET #b = if_not_exists(#b, :b)", {"b.c": {"S": "whatever"}}, False),
        ("SET #b = if_not_exists(#b, :b)", {"b.c": {"SS": ["y", "x"]}}, True),
        ("SET #a = :a, #b = if_not_exists(#b, :b)", {"a": {"N": "1"}, "b.c": {"S": "x"}}, True),
        ("SET #a = if_not_exists(#b, :b)", {"a": {"SS": ["y", "x"]}}, False),
        ("SET #b = if_not_exists(#b, :b)", {}, False),
        ("REMOVE #a", {}, True),
        ("REMOVE #a", {"a": {"NULL": True}}, False),
        ("SET #a = :a REMOVE #b", {"a": {"N": "1"}}, True),
        ("SET #a = :a REMOVE #b", {"a": {"N": "1"}, "b.c": {"S": "x"}}, False),
        ("SET #m.#a = :a", {"m": {"M": {"a": {"N": "1"}}}}, True),
        ("SET #m.#a = :a", {"m": {"S": "no map"}}, False),
        ("", {"a": {"S": "as it was"}}, False),
    ],
)
def test_an_item_is_compared_as_dynamodb_compares(text: str, item: Any, expected: bool) -> None:
    """Numbers by value, sets without order, and only what the update is about."""
    assert is_as_updated(update(text) if text else {}, item) is expected
