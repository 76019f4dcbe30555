"""`singletable check --sarif`, held against the JSON Schema of SARIF 2.1.0."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import singletable
from singletable.check.checker import RULES
from singletable.check.examples import EXAMPLES
from singletable.emit.docs.addresses import DOCUMENTATION
from tests.singletable.cli.conftest import Run

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((Path(__file__).parent / "sarif" / "sarif-2.1.0.json").read_text())
ACCEPTED = {"rule": "key-collision", "subject": "Customer, Order", "because": "Nobody minds."}
PYTHON = """\
from singletable import Entity, Table

table = Table("words")


class Word(Entity, table=table):
    '''A word.'''

    word: str

    key = table.primary.key("WORD", "{word}")


table.accept("one-partition", "Word.key", because="There are a hundred words.")
"""


def validated(log: Any) -> Any:
    """The one run of a log that is valid."""
    Draft202012Validator(SCHEMA).validate(log)
    [run] = log["runs"]
    return run


def test_the_schema_refuses_what_is_none() -> None:
    """So that it is known to be looked at."""
    validator = Draft202012Validator(SCHEMA)
    for log in ({}, {"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]}):
        assert not validator.is_valid(log)


def test_a_design_in_python(run: Run) -> None:
    """Each finding has a file of the project, and a line that is in it."""
    ran = run("check", "--sarif")
    log = validated(ran.data)
    assert ran.code == 0
    driver = log["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("singletable", singletable.__version__)
    placed = 0
    for result in log["results"]:
        rule = driver["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["defaultConfiguration"]["level"] == result["level"]
        assert result["suppressions"] == []
        physical = result["locations"][0].get("physicalLocation")
        if physical is not None:
            lines = (ROOT / physical["artifactLocation"]["uri"]).read_text().splitlines()
            assert 0 < physical["region"]["startLine"] <= len(lines)
            placed += 1
    assert placed > 0


@pytest.mark.parametrize("slug", [slug for slug, each in EXAMPLES.items() if not each.volumes])
def test_a_design_in_a_file(run: Run, tmp_path: Path, slug: str) -> None:
    """Of every rule that takes no volumes: its place is the file, its message has the items."""
    path = tmp_path / "a design.json"
    path.write_text(json.dumps(EXAMPLES[slug].breaks))
    ran = run("check", str(path), "--sarif", "--select", slug, design=None)
    for result in validated(ran.data)["results"]:
        assert (result["ruleId"], ran.code) == (slug, int(result["level"] != "note"))
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == path.as_uri()
    if slug == "key-collision":
        assert (
            'See: Order {"customer": {"S": "'
            in ran.data["runs"][0]["results"][0]["message"]["text"]
        )


def test_accepted_findings_are_suppressed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    path.write_text(json.dumps({**EXAMPLES["key-collision"].breaks, "accepted": [ACCEPTED]}))
    ran = run("check", str(path), "--sarif", design=None)
    assert ran.code == 0
    [result] = [each for each in validated(ran.data)["results"] if each["suppressions"]]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "Nobody minds."}]


def test_an_acceptance_in_python_has_its_place(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the call, beside that of what it is about."""
    (tmp_path / "words_of_sarif.py").write_text(PYTHON)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    ran = run("check", "--sarif", design="words_of_sarif")
    [result] = [each for each in validated(ran.data)["results"] if each["suppressions"]]
    assert (result["ruleId"], line_of(result["locations"][0])) == ("one-partition", 6)
    [suppression] = result["suppressions"]
    assert suppression["justification"] == "There are a hundred words."
    assert line_of(suppression["location"]) == 14


def line_of(location: Any) -> int:
    physical = location["physicalLocation"]
    assert physical["artifactLocation"] == {
        "uri": "words_of_sarif.py",
        "uriBaseId": "%SRCROOT%",
    }
    line: int = physical["region"]["startLine"]
    return line


def test_every_rule_leads_to_its_part_of_the_page(run: Run) -> None:
    page = (ROOT / "docs" / "checks.md").read_text()
    rules = run("check", "--sarif").data["runs"][0]["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [each.slug for each in RULES]
    for each in rules:
        assert each["helpUri"] == f"{DOCUMENTATION}/checks.md#{each['id']}"
        assert f"\n## {each['id']}\n" in page


def test_the_address_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["urls"]["Documentation"].startswith(f"{DOCUMENTATION}/")


@pytest.mark.parametrize("other", ["--json", "--statistics"])
def test_a_report_has_one_form(run: Run, other: str) -> None:
    ran = run("check", "--sarif", other)
    assert (ran.code, "not allowed with" in ran.out + ran.err) == (2, True)


def test_items_have_no_sarif(run: Run) -> None:
    ran = run("check", "--sarif", "--items", "items.json")
    assert (ran.code, "take --json" in ran.err) == (2, True)
