"""Wire values and expressions as text and as data."""

from __future__ import annotations

import pytest

from singletable.design.ir import Expression, KeyCondition, Operand, Segment
from singletable.design.wire_text import (
    GREATEST,
    NOW,
    expression,
    jsonable,
    key_conditions,
    key_text,
    operand,
    operand_text,
    value_text,
)
from singletable.formats.base import HIGHEST


def _segments(before: str, argument: str, after: str) -> tuple[Segment, ...]:
    return Segment("text", before), Segment("argument", argument), Segment("text", after)


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
        ({"N": str(int(NOW.timestamp()))}, "now"),
    ],
)
def test_values_are_shown_as_in_json(value: dict[str, object], shown: str) -> None:
    """But arguments and the clock are bare, so that they are told from text."""
    assert value_text(value) == shown


def test_the_highest_character_is_named() -> None:
    """It cannot be printed."""
    assert key_text({"S": "A#" + HIGHEST}) == "A#U+10FFFF"
    assert GREATEST == HIGHEST


def test_placeholders_are_replaced_by_what_they_are() -> None:
    """However they are named; one that begins as another does is told apart."""
    parameters = {
        "FilterExpression": "#copies = :v0 AND #copies_lent = :copies",
        "ExpressionAttributeNames": {"#copies": "copies", "#copies_lent": "copies-lent", "#x": "x"},
        "ExpressionAttributeValues": {":v0": {"N": "3"}, ":copies": {"N": "4"}},
    }
    assert expression(parameters, "FilterExpression") == Expression(
        "copies = 3 AND copies-lent = 4", ("copies", "copies-lent")
    )
    assert expression(parameters, "ConditionExpression") is None


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("POST", (Segment("text", "POST"),)),
        ("A#{post.post_id}#", _segments("A#", "post.post_id", "#")),
        ("{a}{b}", (Segment("argument", "a"), Segment("argument", "b"))),
        ("A#" + HIGHEST, (Segment("text", "A#"), Segment("greatest"))),
        (f"{NOW.isoformat()[:-6]}Z#x", (Segment("now"), Segment("text", "#x"))),
    ],
)
def test_an_operand_tells_its_own_text_from_arguments(
    text: str, segments: tuple[Segment, ...]
) -> None:
    """And is shown as the key's text is."""
    assert operand({"S": text}) == Operand("S", segments)
    assert operand_text(operand({"S": text})) == key_text({"S": text})


@pytest.mark.parametrize(
    ("text", "operator", "operands"),
    [
        ("begins_with(#sk, :a)", "begins_with", "A"),
        ("#sk BETWEEN :a AND :b", "BETWEEN", "AB"),
        ("#sk >= :a", ">=", "A"),
        ("#sk < :b", "<", "B"),
        ("#sk = :b", "=", "B"),
    ],
)
def test_key_conditions_are_data(text: str, operator: str, operands: str) -> None:
    """One for each attribute; names need no placeholder."""
    parameters = {
        "KeyConditionExpression": f"PK = :p AND {text}",
        "ExpressionAttributeNames": {"#sk": "SK"},
        "ExpressionAttributeValues": {":p": {"S": "P"}, ":a": {"S": "A"}, ":b": {"S": "B"}},
    }
    partition, sort = key_conditions(parameters)
    assert partition == KeyCondition("PK", "=", (Operand("S", (Segment("text", "P"),)),))
    assert (sort.attribute, sort.operator) == ("SK", operator)
    assert "".join(map(operand_text, sort.operands)) == operands


def test_bytes_become_base64() -> None:
    """As in DynamoDB's own protocol."""
    assert jsonable({"B": b"ab", "L": ({"BS": [b"a"]},)}) == {"B": "YWI=", "L": [{"BS": ["YQ=="]}]}
