"""Designs in files are read, and what is wrong with a file is said with its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from singletable.check.checker import check_design
from singletable.check.examples import EXAMPLES
from singletable.design.exporting import export_design
from singletable.design.file_format import json_schema
from singletable.design.interchange import design_of, read_file
from singletable.errors import InvalidDesignFile
from tests.singletable.raises import raises

TABLE = {"name": "shop", "partition": "PK", "sort": {"name": "SK", "type": "S"}}
ORDER = {"name": "Order", "keys": {"PK": "C#{customer}", "SK": "O#{order}"}}


def file(**parts: Any) -> dict[str, Any]:
    return {"singletable": 1, "tables": [TABLE], "entities": [ORDER], **parts}


def test_a_design_is_read() -> None:
    pattern = {"name": "p", "operation": "Query", "key": {"PK": "C#{customer}"}}
    design = design_of(file(patterns=[pattern]))
    [entity], [asked] = design.entities, design.patterns
    assert [each.source for each in entity.primary.templates] == ["C#{customer}", "O#{order}"]
    assert [each.name for each in entity.fields] == ["customer", "order"]
    [condition] = asked.operation.reads[0].conditions
    assert [(each.kind, each.text) for each in condition.operands[0].segments] == [
        ("text", "C#"),
        ("argument", "customer"),
    ]


def test_braces_may_be_text() -> None:
    odd = {"name": "Odd", "keys": {"PK": "{{{a}}}#{b}#", "SK": "x"}}
    [entity] = design_of(file(entities=[odd])).entities
    first = entity.primary.partition[0]
    assert (first.literal, [(each.field, each.after) for each in first.parts]) == (
        "{",
        [("a", "}#"), ("b", "#")],
    )


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no version": ({"singletable": None}, "singletable: Input should be 1"),
    "no table": ({"tables": []}, "tables: Tuple should have at least 1 item"),
    "an unknown part": ({"entitys": []}, "entitys: Extra inputs are not permitted"),
    "two tables of a name": ({"tables": [TABLE, TABLE], "entities": []}, "two are named shop"),
    "an unknown table": (
        {"entities": [{**ORDER, "table": "stop"}]},
        "its table is stop, and there are shop",
    ),
    "half a primary key": (
        {"entities": [{"name": "Order", "keys": {"PK": "x"}}]},
        "it has no SK, which the primary key has",
    ),
    "a lone brace": (
        {"entities": [{"name": "Order", "keys": {"PK": "a{", "SK": "b"}}]},
        "'a{' has '{' at 1",
    ),
    "an unknown entity": (
        {"patterns": [{"name": "p", "operation": "Query", "returns": ["Odrer"]}]},
        "it returns Odrer, and there is no such entity",
    ),
    "two conditions": (
        {
            "patterns": [
                {"name": "p", "operation": "Query", "key": {"PK": {"=": "a", ">": "b"}}},
            ]
        },
        "PK has 2 conditions, where one is due",
    ),
    "no regular expression": (
        {"entities": [{**ORDER, "fields": {"order": {"format": {"pattern": "["}}}}]},
        "the pattern '[' is none",
    ),
    "lengths that no text has": (
        {
            "entities": [
                {**ORDER, "fields": {"order": {"format": {"min_bytes": 9, "max_bytes": 3}}}}
            ]
        },
        "max_bytes is less than min_bytes",
    ),
    "an unknown operation": (
        {"patterns": [{"name": "p", "operation": "Qwery"}]},
        "patterns.0.operation",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str) -> None:
    parts, expected = WRONG[case]
    with pytest.raises(InvalidDesignFile) as caught:
        design_of(file(**parts), "design.json")
    assert caught.value.where.startswith("design.json")
    assert expected in caught.value.declared


def test_what_is_no_json_is_said(tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    path.write_text("{")
    with raises(InvalidDesignFile, where=str(path)):
        read_file(path)


@pytest.mark.parametrize("slug", EXAMPLES)
def test_the_schema_has_every_example(slug: str) -> None:
    validator = Draft202012Validator(json_schema())
    for design in (EXAMPLES[slug].breaks, EXAMPLES[slug].keeps):
        validator.validate(json.loads(json.dumps(design)))
    assert not validator.is_valid({"singletable": 2})


def test_the_documented_design_is_sound() -> None:
    page = Path(__file__).parents[3] / "docs" / "commands.md"
    [block] = re.findall(r"```json\n(\{\n  \"singletable\".*?)```", page.read_text(), re.DOTALL)
    report = check_design(design_of(json.loads(block)))
    assert {each.rule.severity for each in report.findings} <= {"note"}
    assert set(report.verdicts.values()) == {"served"}


def test_fields_may_be_stored_otherwise_or_in_keys_alone() -> None:
    fields = {"a": {"in_key": True}, "b": {"stored": "B"}, "c": {"type": "number_set"}}
    entity = {"name": "Thing", "keys": {"PK": "A#{a}"}, "fields": fields}
    data = {"singletable": 1, "tables": [{"name": "t", "partition": "PK"}], "entities": [entity]}
    [made] = design_of(data).entities
    found = {each.name: (each.stored, each.roles, each.attribute_types) for each in made.fields}
    assert found == {
        "a": ("a", ("in_key",), ("S",)),
        "b": ("B", (), ("S",)),
        "c": ("c", (), ("NS",)),
    }
    exported, _ = export_design(design_of(data))
    [again] = design_of(exported).entities
    assert {each.name: (each.stored, each.roles) for each in again.fields} == {
        name: (stored, roles) for name, (stored, roles, _) in found.items()
    }
