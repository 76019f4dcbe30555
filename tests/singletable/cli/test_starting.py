"""`singletable init`: what it writes passes every check that there is for a design."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.singletable.cli.conftest import Run

ROOT = Path(__file__).parents[3]
SHELL = {**os.environ, "PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT), "COLUMNS": "80"}
LINES = '[tool.singletable]\ndesign = "shop"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the command has made."""
    folder = tmp_path_factory.mktemp("new") / "design"
    process(folder.parent, "-m", "singletable", "init", folder.name)
    return folder


def process(cwd: Path, *words: str) -> str:
    """What a Python prints that ends with 0."""
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=SHELL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["-m", "singletable", "check", "--fail-on", "note"], "nothing found"),
        (["-m", "singletable", "docs", "--output", "pages"], "access-patterns.md"),
        (["-m", "singletable", "explain", "orders.placed_on", "--example"], "PLACED#"),
        (["-m", "pytest", "-q", "-p", "no:cacheprovider"], "2 passed"),
    ],
)
def test_what_it_writes_runs(folder: Path, words: list[str], shown: str) -> None:
    assert shown in process(folder, *words)


@pytest.mark.slow
def test_type_checkers_and_linters_have_nothing_to_say(folder: Path) -> None:
    cache = ["--cache-dir", os.devnull]
    told = process(folder, "-m", "mypy", "--strict", *cache, "shop", "tests")
    assert "Success: no issues found in 5 source files" in told
    process(
        folder,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--select",
        "E,F,W,I,N,UP,B,RUF",
        ".",
    )
    process(folder, "-m", "ruff", "format", "--no-cache", "--check", ".")


def test_nothing_is_written_over(run: Run, tmp_path: Path) -> None:
    """Not a file, and no other then."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "model.py").write_text("mine")
    ran = run("init", str(tmp_path), design=None)
    assert (ran.code, ran.out) == (2, "")
    assert f"{tmp_path} has shop/model.py already" in ran.err
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["model.py"]
    assert (tmp_path / "shop" / "model.py").read_text() == "mine"


def test_a_project_file_is_left(run: Run, tmp_path: Path) -> None:
    """What belongs into it is printed."""
    (tmp_path / "pyproject.toml").write_text("# mine\n")
    ran = run("init", str(tmp_path), design=None)
    assert (ran.code, LINES in ran.out) == (0, True)
    assert (tmp_path / "pyproject.toml").read_text() == "# mine\n"
    assert (tmp_path / "shop" / "orders.py").is_file()


def test_it_writes_where_one_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", design=None).code == 0
    assert (tmp_path / "pyproject.toml").read_text().startswith(LINES)
    assert run("init").code == 2


def test_a_folder_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("init", str(tmp_path / "file"), design=None)
    assert (ran.code, "Traceback" in ran.err) == (2, False)
    assert str(tmp_path / "file") in ran.err
