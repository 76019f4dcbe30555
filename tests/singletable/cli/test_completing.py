"""`singletable completion`, asked by a bash as its readline does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from singletable.cli.parser import COMMANDS
from tests.singletable.cli.conftest import Run

ASKED = """
source ./script
complete -p singletable | grep -q _shtab_singletable || exit 9
COMP_WORDS=(singletable {words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMPREPLY=()
_shtab_singletable 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed(folder: Path, script: str, words: str) -> set[str]:
    """What bash offers for the last of the words."""
    (folder / "script").write_text(script)
    done = subprocess.run(
        ["bash", "--norc", "-c", ASKED.format(words=words)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line.strip() for line in done.stdout.splitlines()} - {""}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("''", {command.name for command in COMMANDS}),
        ("che", {"check"}),
        ("check --fail", {"--fail-on"}),
        ("check --fail-on ''", {"error", "warning", "note", "never"}),
        ("check des", {"design.json"}),
        ("check --volumes vol", {"volumes.toml"}),
        ("init fol", {"folder"}),
        ("completion z", {"zsh"}),
        ("table --format t", {"terraform"}),
    ],
)
def test_bash_completes(run: Run, tmp_path: Path, words: str, expected: set[str]) -> None:
    """Commands, options, their choices, files and folders."""
    for name in ("design.json", "volumes.toml"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder").mkdir()
    ran = run("completion", "bash", design=None)
    assert (ran.code, ran.err) == (0, "")
    found = completed(tmp_path, ran.out, words)
    assert expected <= found
    assert words == "''" or found == expected


@pytest.mark.parametrize(
    ("shell", "sign"), [("zsh", "#compdef singletable\n"), ("tcsh", "complete singletable ")]
)
def test_other_shells_have_a_script(run: Run, shell: str, sign: str) -> None:
    """Which names each command."""
    out = run("completion", shell, design=None).out
    assert sign in out
    assert all(command.name in out for command in COMMANDS)


def test_an_unknown_shell_is_wrong_usage(run: Run) -> None:
    ran = run("completion", "fish", design=None)
    assert (ran.code, "'bash'" in ran.err) == (2, True)


def test_without_shtab_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    ran = run("completion", "bash", design=None)
    assert (ran.code, ran.out) == (2, "")
    assert "[missing-extra] completion needs shtab" in ran.err
    assert "singletable[cli]" in ran.err
