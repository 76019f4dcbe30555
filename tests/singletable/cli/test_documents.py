"""`singletable docs` and `singletable golden`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from singletable.patterns import declarations_of
from tests.singletable.cli.conftest import Run
from tests.singletable.library import library


def test_docs_are_written_and_then_up_to_date(run: Run, tmp_path: Path) -> None:
    """A second run changes nothing."""
    folder = str(tmp_path / "new")
    assert "written" in run("docs", "--output", folder).out
    assert "unchanged" in run("docs", "--output", folder).out
    assert run("docs", "--check", "--output", folder).code == 0


def test_a_stale_document_fails_the_check(run: Run, tmp_path: Path) -> None:
    """With what differs, and the command that mends it; the file stays as it was."""
    run("docs", "--output", str(tmp_path))
    file = tmp_path / "access-patterns.md"
    stale = file.read_text().replace("One book.", "Two books.")
    file.write_text(stale)
    ran = run("docs", "--check", "--output", str(tmp_path))
    assert ran.code == 1
    assert f"{file} is stale" in ran.out
    assert "-| [books.by_id](#booksby_id)                       | Two books." in ran.out
    assert f"To mend it: singletable docs --output {tmp_path} --design" in ran.out
    assert file.read_text() == stale


@pytest.mark.parametrize(
    "change", [lambda text: text + "\n", lambda text: text.replace("\n", "\r\n")]
)
def test_one_byte_more_is_stale(run: Run, tmp_path: Path, change: Callable[[str], str]) -> None:
    """Line ends count: the same bytes, or stale."""
    run("docs", "--output", str(tmp_path))
    file = tmp_path / "access-patterns.md"
    file.write_bytes(change(file.read_text()).encode())
    assert run("docs", "--check", "--output", str(tmp_path)).code == 1


def test_a_missing_document_fails_the_check(run: Run, tmp_path: Path) -> None:
    """The difference is cut after forty lines."""
    ran = run("docs", "--check", "--output", str(tmp_path))
    assert ran.code == 1
    assert "access-patterns.md is missing" in ran.out
    assert "more lines" in ran.out
    assert len(ran.out.splitlines()) < 50
    assert not list(tmp_path.iterdir())


def test_errors_are_documented_where_that_is_wanted(run: Run, tmp_path: Path) -> None:
    """They are the engine's, not every project's."""
    design = ("--output", str(tmp_path / "docs"))
    (tmp_path / "pyproject.toml").write_text("")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        run("docs", *design)
        assert not (tmp_path / "docs" / "errors.md").exists()
        run("docs", *design, "--errors")
        assert (tmp_path / "docs" / "errors.md").exists()


def test_docs_lie_in_the_project_whose_settings_hold(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in it the command is run; callers are shown as configured."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.singletable]\ndesign = "tests.singletable.library"\n'
        'callers = "tests.singletable.library.callers:callers"\nerrors = true\n'
    )
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert run("docs", design=None).code == 0
    assert "the nightly report" in (tmp_path / "docs" / "access-patterns.md").read_text()
    assert (tmp_path / "docs" / "errors.md").exists()
    assert run("docs", "--check", design=None).code == 0


def test_golden_requests_are_one_file_a_pattern(run: Run, tmp_path: Path) -> None:
    """And the check compares them all."""
    folder = str(tmp_path)
    assert run("golden", "--output", folder).code == 0
    assert {path.stem for path in tmp_path.iterdir()} == set(declarations_of(library).patterns)
    assert run("golden", "--check", "--output", folder).code == 0
    (tmp_path / "books.by_id.json").write_text("[]\n")
    ran = run("golden", "--check", "--output", folder)
    assert (ran.code, "books.by_id.json is stale" in ran.out) == (1, True)


def test_a_golden_request_of_no_pattern_is_stale(run: Run, tmp_path: Path) -> None:
    """Writing removes it."""
    folder = str(tmp_path)
    run("golden", "--output", folder)
    gone = tmp_path / "books.gone.json"
    gone.write_text(json.dumps([{"operation": "GetItem", "parameters": {}}]))
    assert "stands for nothing" in run("golden", "--check", "--output", folder).out
    assert run("golden", "--check", "--output", folder).code == 1
    run("golden", "--output", folder)
    assert not gone.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"name": "x"}'),
        ("empty.json", "{}"),
        ("none.json", "[]"),
        ("number.json", "1"),
        ("words.json", '["operation", "parameters"]'),
        ("more.json", '[{"operation": "GetItem", "parameters": {}, "x": 1}]'),
        ("broken.json", "[{"),
        ("README.md", "# Requests"),
        ("run.py", ""),
    ],
)
def test_a_folder_with_other_files_is_refused(
    run: Run, tmp_path: Path, name: str, text: str
) -> None:
    """A wrong folder is wrong usage: nothing is written, and nothing is deleted."""
    gone = tmp_path / "books.gone.json"
    gone.write_text(json.dumps([{"operation": "GetItem", "parameters": {}}]))
    (tmp_path / name).write_text(text)
    for words in ((), ("--check",)):
        ran = run("golden", *words, "--output", str(tmp_path))
        assert ran.code == 2
        assert f"{name} holds no golden request" in ran.err
    assert (tmp_path / name).read_text() == text
    assert {path.name for path in tmp_path.iterdir()} == {gone.name, name}


def test_a_folder_that_cannot_be_written_is_said_so(run: Run, tmp_path: Path) -> None:
    """Without a traceback."""
    (tmp_path / "file").write_text("")
    ran = run("docs", "--output", str(tmp_path / "file" / "inner"))
    assert ran.code == 2
    assert "file" in ran.err
    assert "Traceback" not in ran.err
