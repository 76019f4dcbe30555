"""Published designs, and those of this tree as files, become modules that check the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scripts.check_corpus import read_design
from singletable.design import compile_design, load_design
from singletable.design.exporting import export_design
from tests.designs.corpus import find_corpus
from tests.designs.test_exports import DESIGNS, ROOT
from tests.singletable.emit.module.drafts import Drafted, draft, findings, restricted, verdicts

NUMBERS = (
    *("01", "02", "03", "05", "06", "07", "10", "11", "12", "14", "15", "17", "19"),
    *("21", "22", "23", "24", "26", "27", "28", "29", "31", "32", "36", "42"),
)
LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "03": ("pattern AP6",),
    "05": ("pattern AP6", "pattern AP7"),
    "06": ("pattern AP8", "pattern AP9"),
    "07": ("pattern updateCurrency",),
    "11": ("entity privilege", "pattern AP1", "pattern AP2", "pattern AP3", "pattern AP4"),
    "12": ("pattern AP2",),
    "14": ("pattern AP2",),
    "15": (
        *("entity treatment", "entity medicine", "entity admission", "entity activity"),
        "pattern AP1",
    ),
    "17": ("entity device", "pattern AP1", "pattern AP3", "pattern AP4"),
    "19": ("entity account", "pattern AP1", "pattern AP2"),
    "21": ("pattern AP1", "pattern AP4", "pattern AP5"),
    "28": ("pattern AP6",),
    "29": (
        *("entity Region", "entity Country", "entity Location", "entity Job"),
        *("entity Department", "entity Customer", "entity Order", "entity Product"),
        "entity Warehouse",
        *(f"pattern {n}" for n in range(1, 15)),
    ),
    "31": (
        *("entity employee", "entity song", "entity download", "entity monthlyDownloads"),
        *("entity liftStatic", "entity liftDaily", "entity offer", "entity accountOffer"),
        "entity offerItem",
    ),
    "32": ("pattern 5", "pattern 9", "pattern 10"),
    "42": ("pattern register_user", "pattern delete_user_with_email"),
}
"""What is not declared: entities whose keys are another one's or are not said; patterns about them;
patterns of which nothing says what they return, write or filter by, or whose order or range no key
keeps."""
SKIPPING: Mapping[str, set[str]] = {
    "02": {"AP15", "AP16"},
    "12": {"AP3", "AP4"},
    "14": {"AP5"},
    "19": {"AP3", "AP6"},
    "32": {"6"},
}
"""Patterns that meet items of other entities: the engine leaves these out, which a file does not
say, and which costs a filter where items have a type."""
OF_OTHERS = frozenset({"matches-others", "reads-others", "filtered"})


@cache
def published(number: str) -> tuple[dict[str, Any], Drafted]:
    """A published design in the interchange format, and its module."""
    [folder] = find_corpus().glob(f"{number}-*")
    data = json.loads(json.dumps(read_design(folder)[0]))
    return data, draft(data)


def test_all_published_designs_are_tried() -> None:
    found = {each.parent.name[:2] for each in find_corpus().glob("*/design.json")}
    assert found == set(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_left_out_of_a_published_design_is_known(number: str) -> None:
    """And all else is declared: every entity, every pattern."""
    data, drafted = published(number)
    module = drafted.module
    assert tuple(module.left_out) == LEFT_OUT.get(number, ())
    left = {each.partition(" ")[2] for each in module.left_out}
    assert {each["name"] for each in data["entities"]} - module.entities.keys() <= left
    assert {each["name"] for each in data["patterns"]} - module.patterns.keys() <= left
    assert all(f"# TODO: {each} is not declared: " in module.text for each in module.left_out)
    told = [each.split(": ")[1] for each in module.notes if each.startswith("not declared: ")]
    assert told == list(module.left_out)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_published_design_checks_the_same_as_a_module(number: str) -> None:
    data, drafted = published(number)
    if not drafted.module.entities:
        pytest.fail("nothing of it is declared")
    before, after = verdicts(drafted, data)
    skipping = SKIPPING.get(number, set())
    differing = {name for name in before if before[name] != after[name]}
    assert differing <= skipping
    assert all((before[name], after[name]) == ("served", "served-filter") for name in differing)
    found = [
        {each: n for each, n in one.items() if each[0] not in OF_OTHERS or each[1] not in skipping}
        for one in findings(drafted, data)
    ]
    assert found[0] == found[1]
    noted = {each.split()[1][:-1] for each in drafted.module.notes if ": it meets " in each}
    assert noted == skipping


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_of_this_tree_comes_back_from_its_file(name: str) -> None:
    """With every entity; of what a file cannot say of patterns, they are left out."""
    design = compile_design(load_design(name, ROOT), examples=False)
    data, _ = export_design(design)
    drafted = draft(json.loads(json.dumps(data)))
    assert len(drafted.module.entities) == len(design.entities)
    assert [each for each in drafted.module.left_out if each.startswith("entity")] == []
    before, after = verdicts(drafted, restricted(drafted, data))
    met = {each.split()[1][:-1] for each in drafted.module.notes if ": it meets " in each}
    assert {name for name in before if before[name] != after[name]} <= met
    assert len(after) > len(design.patterns) / 2


def test_modules_of_published_designs_are_formatted(tmp_path: Path) -> None:
    for number in NUMBERS:
        (tmp_path / f"design_{number}.py").write_text(published(number)[1].text)
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", str(tmp_path)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_type_checkers_accept_modules_of_published_designs(tmp_path: Path) -> None:
    paths = [tmp_path / f"design_{number}.py" for number in NUMBERS]
    for path, number in zip(paths, NUMBERS, strict=True):
        path.write_text(published(number)[1].text)
    options = ["--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache")]
    command = [sys.executable, "-m", "mypy", *options, *map(str, paths)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert ran.returncode == 0, ran.stdout
