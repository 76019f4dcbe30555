"""Every test and every check is in a tier, and docs/testing.md says in which."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "testing.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of the page, without marks."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.replace("`", "").strip() for cell in row] for row in rows[2:]]


def block(library: str, name: str) -> list[list[str]]:
    """The words of the lines of a table in a library of the scripts."""
    text = (REPOSITORY / "scripts" / "lib" / library).read_text()
    found = re.search(rf"^{name}='\n(.*?)'$", text, re.MULTILINE | re.DOTALL)
    assert found
    return [line.split() for line in found[1].splitlines()]


def collected(*arguments: str) -> tuple[int, int]:
    """How many tests of this folder pytest would run, and how many it leaves out."""
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*asked, "--override-ini=addopts=", *arguments, "-W", "ignore", "tests/scripts"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    left_out = re.search(r"(\d+) deselected", done.stdout)
    return done.stdout.count("::"), int(left_out[1]) if left_out else 0


def test_the_page_names_every_check() -> None:
    """With its tier and its room, in the order in which they run."""
    told = [[tier, room, check] for check, tier, room, _ in table("Checks")]
    assert told == block("checks.sh", "CHECKS")


def test_the_page_names_every_room() -> None:
    """With the folders of its tests."""
    told = [[room, *re.findall(r"tests/\w+", folders)] for room, folders, *_ in table("Rooms")]
    assert told == block("rooms.sh", "ROOMS")


def test_every_folder_of_tests_is_a_rooms() -> None:
    """But for what holds no tests."""
    folders = {
        str(path.parent.relative_to(REPOSITORY).parts[1])
        for path in (REPOSITORY / "tests").rglob("test_*.py")
    }
    assert {f"tests/{name}" for name in folders} == {
        folder for _, *folders in block("rooms.sh", "ROOMS") for folder in folders
    }


def test_a_marker_leaves_a_test_to_one_tier_or_to_absent_services() -> None:
    """There are no others, and nobody else deselects tests: all run with --all."""
    options = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["pytest"]
    markers = [marker.partition(":")[0] for marker in options["ini_options"]["markers"]]
    assert markers == ["connected", "slow", "again", "quick_on_local"]
    assert not {"-m", "-k", "--deselect", "--ignore"} & set(options["ini_options"]["addopts"])


@pytest.mark.slow
def test_all_tests_run_with_all() -> None:
    """Without it those that are slow are left out, and counted."""
    every, none = collected("--all")
    quick, slow = collected()
    assert none == 0
    assert slow > 0
    assert quick + slow == every
