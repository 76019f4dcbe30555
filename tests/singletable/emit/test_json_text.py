"""JSON that is read."""

from __future__ import annotations

import json

from singletable.emit.json_text import json_text
from singletable.formats.base import HIGHEST


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
