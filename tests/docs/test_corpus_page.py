"""docs/corpus.md counts the published designs, and names those that tests hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.designs.corpus import find_corpus

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/corpus.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d\d) .*? \| (\d+) \| (\d+) \| (tests|reading) \|", re.MULTILINE)
ROWS = {
    number: (int(patterns), int(declared), held)
    for number, patterns, declared, held in ROW.findall(PAGE)
}


def test_its_sums_are_those_of_its_rows() -> None:
    """And no design has more declared than it has."""
    patterns, declared = (sum(row[at] for row in ROWS.values()) for at in (0, 1))
    assert f"| **All** | **{patterns}** | **{declared}** |" in PAGE
    assert all(row[1] <= row[0] for row in ROWS.values())


def test_its_designs_and_their_patterns_are_the_published_ones() -> None:
    """Skipped where the published designs are not at hand."""
    files = find_corpus().glob("*/design.json")
    facts = {file.parent.name[:2]: json.loads(file.read_text(encoding="utf-8")) for file in files}
    published = {number: len(design["patterns"]) for number, design in facts.items()}
    assert published == {number: row[0] for number, row in ROWS.items()}


def test_what_it_says_tests_hold_has_tests() -> None:
    """One for each: the number of a design stands in the name of its published folder."""
    texts = [
        file.read_text(encoding="utf-8") for file in (ROOT / "tests/designs").glob("test_*.py")
    ]
    held = {number for number, row in ROWS.items() if row[2] == "tests"}
    tested = {number for text in texts for number in re.findall(r'"(\d\d)-[a-z]', text)}
    assert held <= tested
