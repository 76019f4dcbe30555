"""Wire values and requests as text."""

from __future__ import annotations

import json

import pytest

from singletable.catalogue.readable import (
    SYMBOLIC,
    expression,
    json_text,
    jsonable,
    key_text,
    value_text,
)
from singletable.formats.base import HIGHEST


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"S": "published"}, '"published"'),
        ({"S": "{since}"}, "{since}"),
        ({"S": "{before.version} + 1"}, "{before.version} + 1"),
        ({"S": "A#{id}"}, '"A#{id}"'),
        ({"N": "7"}, "7"),
        ({"BOOL": True}, "true"),
        ({"NULL": True}, "null"),
        ({"B": b"ab"}, '"YWI="'),
        ({"SS": ["a", "b"]}, '{"a", "b"}'),
        ({"L": [{"N": "1"}, {"S": "x"}]}, '[1, "x"]'),
        ({"M": {"a": {"N": "1"}}}, "{a: 1}"),
        ({"N": str(int(SYMBOLIC.now.timestamp()))}, "now"),
    ],
)
def test_values_are_shown_as_in_json(value: dict[str, object], shown: str) -> None:
    """But arguments and the clock are bare, so that they are told from text."""
    assert value_text(value) == shown


def test_the_highest_character_is_named() -> None:
    """It cannot be printed."""
    assert key_text({"S": "A#" + HIGHEST}) == "A#U+10FFFF"
    assert "\\udbff\\udfff" in json_text({"S": HIGHEST})
    assert json.loads(json_text({"S": HIGHEST})) == {"S": HIGHEST}


def test_placeholders_are_replaced_by_what_they_are() -> None:
    """Ten and one are told apart."""
    names = {f"#n{number}": f"a{number}" for number in range(11)}
    parameters = {
        "FilterExpression": "#n1 = :v0 AND #n10 = :v0",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":v0": {"N": "3"}},
    }
    assert expression(parameters, "FilterExpression") == "a1 = 3 AND a10 = 3"
    assert expression(parameters, "ConditionExpression") == ""


def test_folding_keeps_the_data() -> None:
    """Only white space changes."""
    data = {"a": {"S": "x, y"}, "b": [1, 2], "c": {}, "d": [{"e": {"S": 'a "quoted" {brace}'}}]}
    assert json.loads(json_text(data)) == data


def test_bytes_become_base64() -> None:
    """As in DynamoDB's own protocol."""
    assert jsonable({"B": b"ab", "L": ({"BS": [b"a"]},)}) == {"B": "YWI=", "L": [{"BS": ["YQ=="]}]}
