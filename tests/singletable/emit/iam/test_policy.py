"""IAM statements of access patterns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from singletable import Entity, Get, Query, Table, access_pattern
from singletable.design import compile_design
from singletable.emit.data_text import RawExpression
from singletable.emit.iam.policy import index_arn, policy, policy_size, statements
from singletable.patterns import declarations_of
from tests.singletable.library import library

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/library"
KEYS = "dynamodb:LeadingKeys"
PATTERNS = {each.name: each for each in compile_design([library], examples=False).patterns}
plain = Table("plain", partition_key="name", sort_key=None)
by_colour = plain.global_index("by-colour", partition_key="colour")


class Thing(Entity, table=plain):
    """A thing."""

    name: str
    colour: str
    key = plain.primary.key("{name}")
    coloured = by_colour.key("{colour}")


@access_pattern
def named(name: str) -> Get[Thing]:
    """A thing by its name."""
    return Thing.key.get(name=name)


@access_pattern
def red() -> Query[Thing]:
    """What is red."""
    return Thing.coloured.query(colour="red")


def of(*names: str, arn: Any = ARN) -> list[dict[str, Any]]:
    return statements({"library": arn}, [PATTERNS[name] for name in names])


def test_a_read_of_the_table_is_one_statement() -> None:
    """Action, resource, and the partition keys it may name, which must be named."""
    assert of("books.by_id") == [
        {
            "Sid": "BooksById",
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem"],
            "Resource": [ARN],
            "Condition": {
                "ForAllValues:StringLike": {KEYS: ["BOOK#*"]},
                "Null": {KEYS: "false"},
            },
        }
    ]


def test_a_query_of_an_index_is_allowed_on_the_index_alone() -> None:
    """With the keys of that index; of a sharded partition in every shard."""
    (crime,) = of("books.crime")
    assert crime["Resource"] == [f"{ARN}/index/GSI1"]
    assert crime["Condition"]["ForAllValues:StringLike"][KEYS] == ["GENRE#crime"]
    (shelf,) = of("books.on_shelf")
    assert shelf["Condition"]["ForAllValues:StringLike"][KEYS] == ["SHELF#*"]


def test_unique_items_of_unique_fields_are_written_too() -> None:
    """They are items under keys of their own."""
    made = {tuple(each["Action"]): each for each in of("members.change")}
    unique_item = made["dynamodb:DeleteItem", "dynamodb:PutItem"]
    assert unique_item["Condition"]["ForAllValues:StringLike"][KEYS] == ["UNIQUE#Member#email#*"]
    assert ("dynamodb:UpdateItem",) in made
    assert [each["Sid"] for each in of("members.change")] == ["MembersChange", "MembersChangeN2"]


def test_transactions_need_the_single_actions() -> None:
    """And the one that checks."""
    actions = {action for each in of("loans.lend") for action in each["Action"]}
    assert actions == {
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:ConditionCheckItem",
    }


def test_nothing_is_allowed_twice() -> None:
    """A key that a wider one covers is left out; the name of its pattern stays."""
    (merged,) = of("books.crime", "books.released_between")
    assert merged["Condition"]["ForAllValues:StringLike"][KEYS] == ["GENRE#*"]
    assert merged["Sid"] == "BooksCrimeAndBooksReleasedBetween"


def test_the_same_patterns_give_the_same_policy() -> None:
    """To the byte: nothing depends on how sets are ordered."""
    assert json.dumps(of(*declarations_of(library).patterns)) == json.dumps(
        of(*declarations_of(library).patterns)
    )


def test_sids_are_unique_and_alphanumeric() -> None:
    """IAM takes no others."""
    sids = [each["Sid"] for each in of(*declarations_of(library).patterns)]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() and sid.isascii() for sid in sids)


def test_no_policy_allows_a_scan() -> None:
    """It would ignore the keys that other statements insist on."""
    assert "Scan" not in json.dumps(of(*declarations_of(library).patterns))


def test_expressions_lead_to_the_indexes() -> None:
    """By the same resource's name."""
    (made,) = of("books.crime", arn=RawExpression("!GetAtt Table.Arn"))
    assert made["Resource"] == [RawExpression('!Sub "${Table.Arn}/index/GSI1"')]


def test_the_table_as_a_whole_is_a_statement_of_its_own() -> None:
    """Without keys, of which such questions have none."""
    made = statements({"library": ARN}, [], ["DescribeTable"])
    assert made == [
        {
            "Sid": "Table",
            "Effect": "Allow",
            "Action": ["dynamodb:DescribeTable"],
            "Resource": [ARN],
        }
    ]


def test_the_size_is_that_without_white_space() -> None:
    """An expression is counted as the long text that it stands for."""
    made = of("books.by_id")
    assert policy_size(made) == len(json.dumps(policy(made)).replace(" ", ""))
    assert policy_size(of("books.by_id", arn=RawExpression("!Ref A"))) > policy_size(made)


def test_a_key_that_is_all_argument_restricts_nothing() -> None:
    """Then there is no condition rather than one that any key meets."""
    one, other = statements({"plain": ARN}, compile_design([plain]).patterns)
    assert "Condition" not in one
    assert one["Resource"] == [ARN]
    assert other["Condition"]["ForAllValues:StringLike"][KEYS] == ["red"]


@pytest.mark.parametrize("expression", ["!ImportValue table", "!If [A, b, c]"])
def test_some_expressions_cannot_be_continued(expression: str) -> None:
    """They are refused where an index is needed."""
    with pytest.raises(ValueError, match="neither !GetAtt, !Ref nor !Sub"):
        of("books.crime", arn=RawExpression(expression))


@pytest.mark.parametrize(
    ("table", "index"),
    [
        ("arn:t", "arn:t/index/GSI1"),
        (RawExpression("!GetAtt Table.Arn"), RawExpression('!Sub "${Table.Arn}/index/GSI1"')),
        (RawExpression("!Ref TableArn"), RawExpression('!Sub "${TableArn}/index/GSI1"')),
        (RawExpression("!Sub ${A}:table/t"), RawExpression('!Sub "${A}:table/t/index/GSI1"')),
        (RawExpression("!Sub '${A}:table/t'"), RawExpression('!Sub "${A}:table/t/index/GSI1"')),
    ],
)
def test_an_index_has_an_arn_below_its_table(
    table: str | RawExpression, index: str | RawExpression
) -> None:
    """Also where the table's is an expression."""
    assert index_arn(table, "GSI1") == index


def test_what_cannot_be_continued_is_refused() -> None:
    """With what could."""
    with pytest.raises(ValueError, match="!ImportValue x is neither !GetAtt, !Ref nor !Sub"):
        index_arn(RawExpression("!ImportValue x"), "GSI1")
