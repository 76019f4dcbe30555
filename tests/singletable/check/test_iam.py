"""The small evaluator of IAM policies."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.check.iam import Decision, Unreadable, decisions, is_allowed
from singletable.design import compile_table
from tests.singletable.library import library

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/library"
KEYS = "dynamodb:LeadingKeys"


def statement(**elements: Any) -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}
    return {**allowed, **elements}


def get(*keys: str, resource: str = TABLE) -> Decision:
    return Decision("dynamodb:GetItem", resource, {KEYS: keys} if keys else {})


def test_what_nothing_allows_is_denied() -> None:
    """No policy, another action, another resource."""
    assert not is_allowed([], get("A"))
    assert not is_allowed([statement(Action=["dynamodb:PutItem"])], get("A"))
    assert not is_allowed([statement(Resource=f"{TABLE}/index/GSI1")], get("A"))
    assert is_allowed([statement()], get("A"))


def test_a_denial_wins() -> None:
    """Wherever it stands."""
    denial = statement(Effect="Deny")
    assert not is_allowed([statement(), denial], get())
    assert not is_allowed([denial, statement()], get())


def test_wildcards_match_any_text() -> None:
    """Actions whatever their case, resources to the letter, signs by their variables."""
    assert is_allowed([statement(Action="DynamoDB:Get*", Resource=["arn:*/librar?"])], get())
    assert not is_allowed([statement(Resource=TABLE.upper())], get())
    literal = statement(Condition={"ForAllValues:StringLike": {KEYS: ["A${*}B${?}${$}"]}})
    assert is_allowed([literal], get("A*B?$"))
    assert not is_allowed([literal], get("AxB?$"))


def test_every_key_must_fit() -> None:
    """One that does not denies the whole request; none at all needs the check for absence."""
    like = {"ForAllValues:StringLike": {KEYS: ["A#*", "B"]}}
    assert is_allowed([statement(Condition=like)], get("A#1", "B"))
    assert not is_allowed([statement(Condition=like)], get("A#1", "B#1"))
    assert is_allowed([statement(Condition=like)], get())
    present = {**like, "Null": {KEYS: "false"}}
    assert not is_allowed([statement(Condition=present)], get())
    assert is_allowed([statement(Condition=present)], get("B"))
    equal = {"ForAllValues:StringEquals": {KEYS: "A#*"}}
    assert not is_allowed([statement(Condition=equal)], get("A#1"))


@pytest.mark.parametrize(
    "elements",
    [
        {"NotAction": "dynamodb:Scan"},
        {"Effect": "Perhaps"},
        {"Condition": {"StringLike": {KEYS: "A"}}},
        {"Condition": {"ForAllValues:StringLike": {KEYS: "${aws:userid}"}}},
        {"Resource": [{"Fn::GetAtt": ["Table", "Arn"]}]},
    ],
)
def test_what_it_does_not_understand_it_refuses(elements: dict[str, Any]) -> None:
    """A guess would be a hole or a false alarm."""
    with pytest.raises(Unreadable):
        is_allowed([statement(**elements)], get("A"))


def test_a_query_is_asked_of_its_index() -> None:
    """With the value of the index's own partition key."""
    parameters = {
        "TableName": "library",
        "IndexName": "GSI1",
        "KeyConditionExpression": "#k = :v AND begins_with(GSI1SK, :w)",
        "ExpressionAttributeNames": {"#k": "GSI1PK"},
        "ExpressionAttributeValues": {":v": {"S": "GENRE#crime"}, ":w": {"S": "2"}},
    }
    (one,) = decisions("Query", parameters, compile_table(library), TABLE)
    assert one == Decision("dynamodb:Query", f"{TABLE}/index/GSI1", {KEYS: ("GENRE#crime",)})
