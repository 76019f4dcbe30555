"""docs/architecture.md names rooms, functions and public names as they are in the code."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import singletable

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text()
STOP = re.compile(r"^\| \d+ \| `([\w/]+\.py)` \| `([\w.]+)` \|", re.MULTILINE)


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """The first cell of each row of a table, below its header."""
    rows = [line.split(" | ")[0].removeprefix("| ") for line in text.splitlines() if "|" in line]
    return rows[rows.index("---") + 1 :]


def functions_of(file: Path) -> set[str]:
    """Functions and methods of a module: `create`, `Key.query`."""
    found = set[str]()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
            found |= {f"{node.name}.{method.name}" for method in methods}
    return found


@pytest.mark.parametrize(
    ("package", "table", "end"),
    [("singletable", "| Room |", "\n\n"), ("app", "| Floor of `app/` |", "\n\n")],
)
def test_its_rooms_are_those_of_the_import_contract(package: str, table: str, end: str) -> None:
    """The same names from top to bottom, of the engine and of the app."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (
        each["layers"] for each in contracts["contracts"] if each.get("containers") == [package]
    )
    rows = first_cells(section("Floors and rooms").partition(table)[2].partition(end)[0])
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert named == [name for layer in layers for name in layer.split(" | ")]


def test_the_stops_of_its_walks_exist() -> None:
    """Every file of a walk has the function that the page names."""
    stops = STOP.findall(section("The walk of a read") + section("The walk of a write"))
    assert len(stops) > 20
    missing = [
        (file, function) for file, function in stops if function not in functions_of(ROOT / file)
    ]
    assert missing == []


def test_its_public_names_are_those_of_the_package() -> None:
    """Each name of the root stands in one group."""
    groups = [line for line in section("The public face").splitlines() if line.startswith("- ")]
    names = re.findall(r"`(\w+)`", "".join(groups))
    assert sorted(names) == sorted(singletable.__all__)


def test_its_glossary_is_short() -> None:
    """At most 25 words of our own, each once."""
    words = first_cells(section("Glossary"))
    assert len(words) == len(set(words)) <= 25
