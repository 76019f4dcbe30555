"""Key conditions are what queries ask: values of fields, and a range on the next one."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.design.interchange import design_of
from singletable.emit.module.conditions import Asked, NotAsked, asked_of

SORT = "S#{day}#{number}"


def asked(key: dict[str, Any], sort: str = SORT) -> Asked:
    data = {
        "singletable": 1,
        "tables": [{"name": "t", "partition": "PK", "sort": "SK"}],
        "entities": [{"name": "E", "keys": {"PK": "A#{a}", "SK": sort}}],
        "patterns": [{"name": "p", "operation": "Query", "key": key, "returns": ["E"]}],
    }
    design = design_of(data)
    [read] = design.patterns[0].operation.reads
    return asked_of(design.entities[0].primary, read.conditions)


@pytest.mark.parametrize(
    ("condition", "equals", "method", "ends"),
    [
        (None, {}, "", []),
        ({"begins_with": "S"}, {}, "", []),
        ({"begins_with": "S#"}, {}, "", []),
        ({"begins_with": "S#{d}#"}, {"day": "{d}"}, "", []),
        ({"begins_with": "S#2026#"}, {"day": "2026"}, "", []),
        ({"begins_with": "S#{d}"}, {}, "begins_with", ["{d}"]),
        ({"begins_with": "S#{d}#1"}, {"day": "{d}"}, "begins_with", ["1"]),
        ({"=": "S#{d}#{n}"}, {"day": "{d}", "number": "{n}"}, "", []),
        ({"between": ["S#{x}", "S#{y}"]}, {}, "between", ["{x}", "{y}"]),
        ({"between": ["S#{x}", "S#{y}~"]}, {}, "between", ["{x}", "{y}"]),
        ({"between": ["S#{d}#{x}", "S#{d}#{y}"]}, {"day": "{d}"}, "between", ["{x}", "{y}"]),
        ({"between": ["S#", "S#{y}"]}, {}, "at_most", ["{y}"]),
        ({"between": ["S#{x}", "S#"]}, {}, "at_least", ["{x}"]),
        ({"between": ["A", "Z"]}, {}, "", []),
        ({"between": ["S#", "S#\U0010ffff"]}, {}, "", []),
        ({">": "S#{x}"}, {}, "after", ["{x}"]),
        ({">=": "S#{x}"}, {}, "at_least", ["{x}"]),
        ({"<": "S#{x}"}, {}, "before", ["{x}"]),
        ({"<=": "S#x{y}z"}, {}, "at_most", ["x{y}z"]),
    ],
)
def test_conditions_are_fields(
    condition: Any, equals: dict[str, str], method: str, ends: list[str]
) -> None:
    sort = {} if condition is None else {"SK": condition}
    found = asked({"PK": "A#{c}", **sort})
    assert {name: said.shown for name, said in found.equals.items()} == {"a": "{c}", **equals}
    assert (found.method, [each.shown for each in found.ends]) == (method, ends)
    assert bool(found.field) == bool(method)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ({}, "it does not say PK"),
        ({"PK": {"begins_with": "A#"}}, "it does not say PK, of the partition key, by ="),
        ({"PK": "B#{a}"}, "what it asks of PK is no A#{a}"),
        ({"PK": "A#{a}", "GSI1PK": "x"}, "GSI1PK is no key attribute of primary"),
        ({"PK": "A#{a}", "SK": "S#{d}"}, "what it asks of SK is no S#{day}#{number}"),
        ({"PK": "A#{a}", "SK": {"begins_with": "T"}}, "its begins_with on SK is no range"),
        ({"PK": "A#{a}", "SK": {"between": ["S#{x}#1", "S#{y}#2"]}}, "its BETWEEN on SK"),
        ({"PK": "A#{a}", "SK": {">": "{x}"}}, "its > on SK is no range on a field"),
    ],
)
def test_what_fields_cannot_ask_is_said(key: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAsked) as raised:
        asked(key)
    assert str(raised.value).startswith(why)


def test_one_field_has_one_value() -> None:
    """Although it stands in both attributes."""
    assert asked({"PK": "A#{x}", "SK": "S#{x}"}, "S#{a}").equals["a"].argument == "x"
    with pytest.raises(NotAsked, match="it says two things of a"):
        asked({"PK": "A#{x}", "SK": "S#{y}"}, "S#{a}")
