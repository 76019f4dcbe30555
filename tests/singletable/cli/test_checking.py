"""`singletable check`, of the project's design and of files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from singletable.check.examples import EXAMPLES
from tests.singletable.cli.conftest import Run


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "design.json"
    path.write_text(json.dumps(EXAMPLES["key-collision"].breaks))
    return str(path)


def test_a_sound_design_passes(run: Run) -> None:
    """Notes are counted, and shown to those who ask."""
    ran = run("check")
    assert ran.code == 0
    assert ran.out.startswith("found ")
    assert "not shown (--show note)" in ran.out
    assert "note[" in run("check", "--show", "note").out


def test_what_breaks_a_design_is_shown_with_items(run: Run, broken: str) -> None:
    ran = run("check", broken, design=None)
    assert ran.code == 1
    assert "error[key-collision] Customer, Order: " in ran.out
    assert '  see: Order {"customer": {"S": ' in ran.out
    assert ran.out.endswith("found 1 error\n")


def test_as_data(run: Run, broken: str) -> None:
    data = run("check", broken, "--json", design=None).data
    [finding] = data["findings"]
    assert (finding["rule"], finding["severity"]) == ("key-collision", "error")
    assert [each["entity"] for each in finding["witness"]] == ["Customer", "Order"]
    assert data["verdicts"] == {}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--ignore", "key-collision"], 0),
        (["--select", "scan,filtered"], 0),
        (["--select", "key-collision"], 1),
        (["--select", "key-colision"], 2),
        (["--statistics"], 1),
    ],
)
def test_what_fails_is_chosen(run: Run, broken: str, words: list[str], code: int) -> None:
    ran = run("check", broken, *words, design=None)
    assert ran.code == code
    assert (code == 2) == ("did you mean key-collision" in ran.err)


def test_statistics_are_by_rule(run: Run, broken: str) -> None:
    out = run("check", broken, "--statistics", design=None).out
    assert out.split()[:3] == ["1", "error", "key-collision"]


def test_verdicts_are_by_pattern(run: Run) -> None:
    lines = run("check", "--verdicts").out.splitlines()
    assert any(line.startswith("served ") for line in lines)


def test_the_schema_of_files(run: Run) -> None:
    assert run("check", "--schema", design=None).data["required"] == ["singletable", "tables"]


def test_a_file_that_is_none(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    path.write_text("[]")
    ran = run("check", str(path), design=None)
    assert (ran.code, "[invalid-design-file]" in ran.err) == (2, True)
    assert run("check", str(tmp_path / "none.json"), design=None).code == 1
    assert run("check", str(path)).code == 2
