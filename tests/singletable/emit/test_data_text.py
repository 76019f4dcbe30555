"""Data as YAML and as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from singletable.emit.data_text import RawExpression, intrinsic, json_text, yaml_text
from singletable.formats.base import HIGHEST

TEXT = some.text(
    some.characters(codec="utf-8", exclude_categories=["Cs"])
    | some.sampled_from("\x7f\x85\u2028\u2029\ufeff\ufffe\uffff")
)
DATA = some.recursive(
    some.none() | some.booleans() | some.integers() | TEXT,
    lambda inner: some.lists(inner) | some.dictionaries(TEXT, inner),
)


@settings(max_examples=50)
@given(some.dictionaries(TEXT, DATA, min_size=1) | some.lists(DATA, min_size=1))
def test_it_is_read_as_it_was_written(data: Any) -> None:
    """By another's parser, whatever the texts look like."""
    assert yaml.safe_load(yaml_text(data)) == data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("POST#*", "POST#*"),
        ("AWS::DynamoDB::Table", "AWS::DynamoDB::Table"),
        ("2012-10-17", '"2012-10-17"'),
        ("Null", '"Null"'),
        ("no", '"no"'),
        ("a: b", '"a: b"'),
        ("", '""'),
        (True, "true"),
        ([], "[]"),
        (RawExpression("!Ref Name"), "!Ref Name"),
    ],
)
def test_text_is_quoted_where_it_could_be_read_otherwise(value: Any, text: str) -> None:
    """And expressions never are."""
    assert yaml_text({"key": value}) == f"key: {text}\n"


def test_blocks_are_indented_by_two() -> None:
    """Lists under their names too, as templates usually are."""
    assert yaml_text({"a": [{"b": 1, "c": [2, [3]]}]}) == (
        "a:\n  - b: 1\n    c:\n      - 2\n      - - 3\n"
    )


@pytest.mark.parametrize("text", ["!Ref Name", "!If [Kept, true, false]", '!Sub "${Stage}-blog"'])
def test_short_forms_are_expressions(text: str) -> None:
    """They are kept as they stand."""
    assert intrinsic(text) == RawExpression(text)


@pytest.mark.parametrize("text", ["blog", "!Ref", "!ref Name", "!Ref Name\nX: y", "Ref Name"])
def test_other_text_is_no_expression(text: str) -> None:
    """Above all nothing that would end the line it is put into."""
    assert intrinsic(text) is None


def test_short_values_stand_on_one_line() -> None:
    """Attribute values are read as a word."""
    assert json_text({"PK": {"S": "POST#1"}}) == '{\n  "PK": {"S": "POST#1"}\n}'


def test_folding_keeps_the_data() -> None:
    """Only white space changes."""
    data = {"a": {"S": "x, y"}, "b": [1, 2], "c": {}, "d": [{"e": {"S": 'a "quoted" {brace}'}}]}
    assert json.loads(json_text(data)) == data


def test_the_greatest_character_is_escaped() -> None:
    """It cannot be shown."""
    assert "\\udbff\\udfff" in json_text({"S": HIGHEST})
    assert json.loads(json_text({"S": HIGHEST})) == {"S": HIGHEST}
