"""The tutorial, as somebody follows it: its files in an empty folder, and its commands there."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text()
FILE = re.compile(r"^```(?:python|toml)\n# (\w+\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def run(command: str, folder: Path) -> str:
    """What the command prints; the test fails with it if the command does."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}:/usr/bin:/bin", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_its_commands_print_what_it_shows(tmp_path: Path) -> None:
    """Each command exits with 0 and prints what follows it, where `...` stands for anything."""
    for name, text in FILE.findall(PAGE):
        (tmp_path / name).write_text(text)
    commands = [each for block in CONSOLE.findall(PAGE) for each in COMMAND.findall(block)]
    assert len(commands) > 5
    checker = doctest.OutputChecker()
    for command, shown in commands:
        printed = run(command, tmp_path)
        assert checker.check_output(shown, printed, doctest.ELLIPSIS), f"{command}\n{printed}"
