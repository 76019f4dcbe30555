"""mypy and pyright hold the typed promises, and refuse each of twelve mistakes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MISTAKES = Path(__file__).with_name("mistakes.py")
PROMISES = ROOT / "tests/types/test_types.py"
_SOURCE = MISTAKES.read_text().splitlines()
MARKED = {at: line.split("mistake: ")[1] for at, line in enumerate(_SOURCE, 1) if "# mist" in line}


def _run(*command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(cache: Path, *files: Path) -> dict[Path, list[int]]:
    """The lines with errors, by file."""
    options = ["--strict", "--no-error-summary", "--show-absolute-path", "--explicit-package-bases"]
    cached = ["--cache-dir", str(cache), "--config-file", os.devnull]
    output = _run("mypy", *options, *cached, *map(str, files))
    found: dict[Path, list[int]] = {file: [] for file in files}
    for name, line in re.findall(r"^(.+?):(\d+): error", output, re.MULTILINE):
        found.setdefault(Path(name), []).append(int(line))
    return found


def pyright(_: Path, *files: Path) -> dict[Path, list[int]]:
    """The lines with errors, by file."""
    python = ["--pythonpath", sys.executable]
    report = json.loads(_run("pyright", "--outputjson", *python, *map(str, files)))
    found: dict[Path, list[int]] = {file: [] for file in files}
    for problem in report["generalDiagnostics"]:
        if problem["severity"] == "error":
            line = problem["range"]["start"]["line"] + 1
            found.setdefault(Path(problem["file"]), []).append(line)
    return found


@pytest.mark.parametrize(
    "checker", [mypy, pytest.param(pyright, marks=pytest.mark.slow)], ids=["mypy", "pyright"]
)
def test_promises_hold_and_mistakes_are_caught(checker: object, tmp_path: Path) -> None:
    """Every mistake by name, and nothing else; no error where the types are as promised."""
    assert len(MARKED) == 12
    found = checker(tmp_path, PROMISES, MISTAKES)  # type: ignore[operator]
    assert found.pop(PROMISES) == []
    caught = set(found.pop(MISTAKES))
    assert {name for at, name in MARKED.items() if at not in caught} == set()
    assert caught - set(MARKED) == set()
    assert found == {}
