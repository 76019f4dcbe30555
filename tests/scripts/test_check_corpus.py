"""Published designs are checked, and the table in docs/corpus.md is what comes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts import check_corpus
from singletable.check.checker import RULES
from tests.designs.corpus import find_corpus

FACTS: dict[str, Any] = {
    "id": "98-shop",
    "title": "A shop",
    "tables": [
        {
            "name": "shop",
            "pk": {"attr": "PK", "type": "S"},
            "sk": {"attr": "SK", "type": "S"},
            "gsis": [
                {
                    "name": "GSI1",
                    "pk": [{"attr": "day", "type": "S"}],
                    "sk": [{"attr": "SK", "type": "S"}],
                    "projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        }
    ],
    "entities": [
        {
            "name": "order",
            "identity": ["Customer", "order"],
            "keys": {"PK": "c#{customer}", "SK": "o#{order}", "day": "{day}"},
        },
        {"name": "customer", "identity": ["customer"], "keys": {"PK": "c#{customer}", "SK": "c"}},
    ],
    "patterns": [
        {
            "id": "AP1",
            "text": "orders of a customer",
            "op": "Query",
            "on": "table",
            "pk": "c#{customer}",
            "sk": {"op": "begins_with", "value": "o#"},
            "returns": ["order"],
            "status": "served",
        },
        {
            "id": "AP2",
            "text": "orders of a day",
            "op": "Query",
            "on": "GSI1",
            "pk": None,
            "sk": None,
            "returns": ["order"],
            "status": "scan",
        },
        {
            "id": "AP3",
            "text": "everything",
            "op": "Export",
            "on": "table",
            "pk": None,
            "sk": None,
            "returns": [],
            "status": "unserved",
        },
        {
            "id": "AP4",
            "text": "anything",
            "op": "Query",
            "on": "table",
            "pk": None,
            "sk": None,
            "returns": [],
            "status": "served",
        },
    ],
    "expected_findings": [
        {
            "rule": "unserved",
            "where": "AP3",
            "evidence": "it has no operation",
            "category": "B pattern not served as stated",
        },
        {
            "rule": "key-collision",
            "where": "customer",
            "evidence": "none",
            "category": "A identity & key collision",
        },
    ],
}


def test_a_design_makes_a_row(tmp_path: Path) -> None:
    folder = tmp_path / "98-shop"
    folder.mkdir()
    (folder / "design.json").write_text(json.dumps(FACTS))
    [row] = check_corpus.measure(tmp_path)
    assert (row.patterns, row.expressible, row.agreed) == (4, 3, 2)
    assert row.disagreed == [("AP2", "scan", "served")]
    assert row.missed == [("A", "key-collision", "customer")]
    assert [each.rule.slug for each in row.alarms] == ["no-operation"]
    assert "| 98 | 3/4 | 2/3 | 0/1 | 1/1 | 1 |" in check_corpus.table([row])


def test_what_stands_between_the_markers_is_replaced() -> None:
    page = f"a\n{check_corpus.BEGIN}\nold\n{check_corpus.END}\nb\n"
    assert "old" not in check_corpus.replaced(page, "new")
    assert check_corpus.replaced(page, "new").startswith("a\n")
    assert check_corpus.replaced(page, "new").endswith("\nnew\n" + check_corpus.END + "\nb\n")


def test_every_rule_has_a_category() -> None:
    assert check_corpus.CATEGORIES.keys() == {each.slug for each in RULES}


def test_no_design_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_corpus.main(["--corpus", str(tmp_path)]) == 2
    assert "has no design.json" in capsys.readouterr().err


def test_the_page_has_what_comes_of_the_published_designs() -> None:
    """Skipped where they are not at hand."""
    rows = check_corpus.measure(find_corpus())
    page = check_corpus.PAGE.read_text("utf-8")
    [date] = re.findall(r"^Made by `scripts/check_corpus.py` on (\d{4}-\d\d-\d\d),", page, re.M)
    assert check_corpus.replaced(page, check_corpus.section(rows, date)) == page
    wrong = {(row.number, pattern) for row in rows for pattern, *_ in row.disagreed}
    assert wrong == set(check_corpus.WRONG)
