"""The decisions: numbered one by one, short, and referred to by numbers that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
REFERENCE = re.compile(r"\b[Dd]ecision (\d+)\b|\bdocs/decisions/(\d{4})\b")
PLACES = ("*.md", "docs/**/*.md", "singletable/**/*.py", "app/**/*.py", "scripts/**/*.py")


def test_each_has_a_number_of_its_own() -> None:
    """From 1 on without a gap; the title repeats the number of the file."""
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name


def test_each_is_short() -> None:
    """At most 40 lines: what was decided, and why."""
    assert [path.name for path in DECISIONS if len(path.read_text().splitlines()) > 40] == []


def test_references_lead_to_one() -> None:
    """Every "decision 20" of pages and code names one that there is."""
    numbers = {
        int(found[1] or found[2])
        for pattern in PLACES
        for path in ROOT.glob(pattern)
        for found in REFERENCE.finditer(path.read_text())
    }
    assert numbers <= set(range(1, len(DECISIONS) + 1))
    assert len(numbers) > 5
