"""`singletable export` and `singletable import`, and the notes of what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.singletable.cli.conftest import Run

MODEL = {
    "version": "0.0.1",
    "indexes": {"primary": {"hash": "pk"}},
    "models": {"User": {"pk": {"type": "string", "value": "user#${id}"}}},
    "queries": {},
}
NOTES = [
    "not read: version, queries",
    "OneTable says no access patterns, and not what identifies an item",
]


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(MODEL))
    return str(path)


def test_an_exported_design_comes_to_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "build" / "design.json"
    ran = run("export", "--output", str(path))
    assert (ran.code, ran.out.split()[0]) == (0, "written")
    assert "note: not in the file: unique constraints (Member.email)\n" in ran.err
    assert json.loads(path.read_text()) == run("export").data
    verdicts = run("check", str(path), "--json", design=None).data["verdicts"]
    assert verdicts == run("check", "--json").data["verdicts"]


def test_a_file_of_another_tool_is_printed_as_ours_is(run: Run, model: str, tmp_path: Path) -> None:
    ran = run("import", model, design=None)
    assert ran.data["entities"][0]["keys"] == {"pk": "user#{id}"}
    assert ran.err.splitlines() == [f"note: {each}" for each in NOTES]
    ours = tmp_path / "design.json"
    ours.write_text(ran.out)
    again = run("import", str(ours), design=None)
    assert (again.out, again.err) == (ran.out, "")


def test_a_check_tells_what_was_left_out(run: Run, model: str) -> None:
    assert run("check", model, "--json", design=None).data["notes"] == NOTES
    ran = run("check", model, design=None)
    assert ran.code == 0
    assert ran.err.splitlines() == [f"note: {each}" for each in NOTES]
    assert run("check", "--json").data["notes"] == []


def test_an_import_is_of_a_file(run: Run, model: str, tmp_path: Path) -> None:
    assert run("import", model).code == 2
    path = tmp_path / "design.json"
    path.write_text('{"singletable": 1, "tables": []}')
    assert run("import", str(path), design=None).code == 2
