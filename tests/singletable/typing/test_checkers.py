"""Four type checkers hold the typed promises, and refuse every marked mistake."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]
MISTAKES = Path(__file__).with_name("mistakes.py")
PROMISES = [
    ROOT / "tests/types/test_types.py",
    ROOT / "tests/singletable/clinic/design.py",
    ROOT / "tests/singletable/articles.py",
]
MARK = re.compile(r"# mistake( in a key)?: (.+)")
PLUGIN = """[mypy]
plugins = pydantic.mypy
[pydantic-mypy]
init_forbid_extra = true
init_typed = true
"""

Problem = tuple[Path, int]
Checker = Callable[[str, Path], Iterator[Problem]]


def run(*command: object) -> str:
    """The output of a checker that ran, whatever it found."""
    done = subprocess.run(
        list(map(str, [*command, *PROMISES, MISTAKES])),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def mypy(version: str, folder: Path, config: str = "") -> Iterator[Problem]:
    """mypy, without the settings of this project."""
    (folder / "mypy.ini").write_text(config or "[mypy]\n")
    options = ["--strict", "--no-error-summary", "--show-absolute-path", "--explicit-package-bases"]
    places = ["--config-file", folder / "mypy.ini", "--cache-dir", folder / "cache"]
    output = run(sys.executable, "-m", "mypy", *options, *places, "--python-version", version)
    for name, line in re.findall(r"^(.+?):(\d+): error", output, re.MULTILINE):
        yield Path(name), int(line)


def mypy_with_plugin(version: str, folder: Path) -> Iterator[Problem]:
    """mypy as most projects with Pydantic run it, and with the plugin's stricter options."""
    return mypy(version, folder, PLUGIN)


def pyright(version: str, _: Path) -> Iterator[Problem]:
    """pyright, with the settings of this project."""
    options = ["--outputjson", "--pythonpath", sys.executable, "--pythonversion", version]
    for problem in json.loads(run(sys.executable, "-m", "pyright", *options))["generalDiagnostics"]:
        if problem["severity"] == "error":
            yield Path(problem["file"]), problem["range"]["start"]["line"] + 1


def ty(version: str, _: Path) -> Iterator[Problem]:
    """ty, with its defaults."""
    options = ["--output-format", "concise", "--python", sys.prefix, "--python-version", version]
    output = run(Path(sys.executable).with_name("ty"), "check", *options)
    for name, line in re.findall(r"^(.+?):(\d+):\d+: error", output, re.MULTILINE):
        yield ROOT / name, int(line)


def marked(version: str) -> dict[int, str]:
    """The mistakes by line; those in keys where the checker is told of Python 3.13."""
    found: dict[int, str] = {}
    for at, line in enumerate(MISTAKES.read_text().splitlines(), 1):
        mark = MARK.search(line)
        if mark and not (mark[1] and version == "3.11"):
            found[at] = mark[2]
    return found


@pytest.mark.parametrize("version", ["3.11", "3.13"])
@pytest.mark.parametrize(
    "checker",
    [
        mypy,
        pytest.param(mypy_with_plugin, marks=pytest.mark.slow),
        pytest.param(pyright, marks=pytest.mark.slow),
        ty,
    ],
)
def test_promises_hold_and_mistakes_are_caught(
    checker: Checker, version: str, tmp_path: Path
) -> None:
    """Every mistake by name, and nothing else; no error where the types are as promised."""
    mistakes = marked(version)
    assert len(mistakes) == (63 if version == "3.11" else 72)
    found = set(checker(version, tmp_path))
    caught = {line for file, line in found if file == MISTAKES}
    assert {name for at, name in mistakes.items() if at not in caught} == set()
    assert {
        (file, line) for file, line in found if file != MISTAKES or line not in mistakes
    } == set()
