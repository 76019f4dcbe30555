"""docs/evolution.md has every difference, and what it means."""

from __future__ import annotations

from pathlib import Path

from singletable.evolve.difference import RULES

PAGE = Path(__file__).parents[2] / "docs" / "evolution.md"


def test_every_difference_has_its_row() -> None:
    rows = {line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")}
    assert rows == {
        f"| `{each.slug}` | {each.kind} | {each.title} | {each.items} | {each.programs} |"
        for each in RULES
    }
