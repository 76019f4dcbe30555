"""docs/behaviour.md: every fact is there, and names tests that exist, are collected and run."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/behaviour.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z]\d+) \|(.*)\|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`([^`]*)`")
SKIPPED = r"(pytestmark = .*)?pytest\.(mark\.)?(skip|xfail)\b"
LAST = {"K": 12, "U": 10, "R": 12, "B": 7, "F": 4}
FACTS = [f"{letter}{at}" for letter, last in LAST.items() for at in range(1, last + 1)]
OWN = "tests/docs/test_behaviour_page.py"


def faults_of(page: str) -> list[str]:
    """What is wrong with the page, in words."""
    rows = ROW.findall(page)
    faults = [] if [row[0] for row in rows] == FACTS else ["not every fact, once and in order"]
    for name, fact, tests in rows:
        named = TEST.findall(tests)
        if not fact.strip() or not named:
            faults.append(f"{name}: says nothing, or names no test")
        faults += [f"{name}: {each} {why}" for each in named if (why := fault_of(each))]
    return faults


def fault_of(test: str) -> str:
    """Why pytest does not run this test; empty if it does."""
    path, _, name = test.partition("::")
    if not (re.fullmatch(r"tests/.*/test_\w+\.py", path) and (ROOT / path).is_file()):
        return "is in no file of tests"
    return fault_in(parsed(path), name)


@cache
def parsed(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def fault_in(module: ast.Module, name: str) -> str:
    """The same of a test of this file."""
    tests = [each for each in module.body if isinstance(each, ast.FunctionDef)]
    found = [each for each in tests if each.name == name and name.startswith("test_")]
    if not found:
        return "is no test of its file"
    marks = [ast.unparse(mark) for mark in (*found[-1].decorator_list, *found[-1].body[:2])]
    marks += [ast.unparse(each) for each in module.body if isinstance(each, ast.Assign | ast.Expr)]
    is_skipped = any(re.match(SKIPPED, mark) for mark in marks)
    return "is skipped, whatever happens" if is_skipped else ""


def test_every_fact_names_tests_that_run() -> None:
    """Without brackets, by file and name."""
    assert faults_of(PAGE) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (f"`{OWN}::test_none`", f"{OWN}::test_none is no test of its file"),
        (f"`{OWN}::faults_of`", f"{OWN}::faults_of is no test of its file"),
        (f"`{OWN}`", f"{OWN} is no test of its file"),
        ("`tests/docs/test_no.py::test_x`", "tests/docs/test_no.py::test_x is in no file of tests"),
        ("`tests/backends.py::run`", "tests/backends.py::run is in no file of tests"),
        ("to be done", "says nothing, or names no test"),
    ],
)
def test_a_name_that_is_wrong_is_noticed(wrong: str, fault: str) -> None:
    """In the first row, in place of its tests."""
    assert faults_of(ROW.sub(rf"| \1 |\2| {wrong} |", PAGE, count=1)) == [f"K1: {fault}"]


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.skip\n{}",
        "@pytest.mark.skip(reason='later')\n{}",
        "@pytest.mark.xfail\n{}",
        "pytestmark = pytest.mark.skip\n{}",
        "pytestmark = [pytest.mark.slow, pytest.mark.skip('later')]\n{}",
        "pytest.skip('later', allow_module_level=True)\n{}",
        "{}    pytest.skip('later')",
    ],
)
def test_a_test_that_is_skipped_is_noticed(source: str) -> None:
    """By its own mark, by that of its file, or by itself; a mark with a condition is none."""
    test = "def test_x():\n    'A fact.'\n"
    assert fault_in(ast.parse(source.format(test)), "test_x") == "is skipped, whatever happens"
    marked = f"@pytest.mark.skipif(old)\n@pytest.mark.slow\n{test}"
    assert fault_in(ast.parse(marked), "test_x") == ""


def test_a_row_that_is_gone_is_noticed() -> None:
    """And so is one without a fact."""
    assert faults_of(ROW.sub("", PAGE, count=1)) == ["not every fact, once and in order"]
    emptied = faults_of(ROW.sub(r"| \1 | |\3|", PAGE, count=1))
    assert emptied == ["K1: says nothing, or names no test"]
