"""A design that is written as a file, and read again, comes to the same verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from singletable.check.checker import check_design
from singletable.design import compile_design, load_design
from singletable.design.exporting import export_design
from singletable.design.interchange import design_of

ROOT = Path(__file__).parents[2]
HELPERS = {"__init__", "corpus", "faults", "proofs"}
DESIGNS = [
    "access_patterns",
    "tests.singletable.library",
    "tests.singletable.two_tables",
    *sorted(
        f"tests.designs.{file.stem}"
        for file in Path(__file__).parent.glob("*.py")
        if file.stem not in HELPERS and not file.stem.startswith("test_")
    ),
]


OF_ONE_FORM = {
    "needs-placeholder",
    "prefix-within-field",
    "forged-by-delimiter",
    "reads-others-by-delimiter",
    "whole-copies",
    "moves-in-index",
}
"""Rules about files alone, and about what transactions change, which no file says."""


@pytest.mark.parametrize("name", DESIGNS)
def test_an_exported_design_comes_to_the_same(name: str) -> None:
    """What is found is the same, too, but that a file does not say what is left out by key."""
    design = compile_design(load_design(name, ROOT), examples=False)
    data, _ = export_design(design)
    before, after = check_design(design), check_design(design_of(data))
    assert before.verdicts == after.verdicts
    assert len(before.verdicts) == len(design.patterns) > 0
    found = [
        sorted(slug.replace("reads-", "matches-") for slug in slugs if slug not in OF_ONE_FORM)
        for slugs in ([each.rule.slug for each in one.findings] for one in (before, after))
    ]
    assert found[0] == found[1]


def test_what_a_file_cannot_say_is_told() -> None:
    design = compile_design(load_design("access_patterns", ROOT), examples=False)
    _, notes = export_design(design)
    assert "not in the file: unique constraints (User.email)" in notes
    assert "not in the file: conditions of being in an index (Post.by_title)" in notes
    assert "not in the file: how shards are chosen (AuditEntry.by_day)" in notes


def test_searches_are_left_out_and_told() -> None:
    design = compile_design(load_design("tests.singletable.articles", ROOT), examples=False)
    data, notes = export_design(design)
    left = {each.name for each in design.patterns} - {each["name"] for each in data["patterns"]}
    assert left
    assert any(note.startswith("not in the file: searches (") for note in notes)
    assert design_of(data).tables[0].name == design.tables[0].name
