"""`singletable patterns`."""

from __future__ import annotations

from singletable.patterns import declarations_of
from tests.singletable.cli.conftest import Run
from tests.singletable.library import library


def test_patterns_are_listed_a_line_each(run: Run) -> None:
    """Name, operation, index, question."""
    lines = run("patterns").out.splitlines()
    assert [line.split()[0] for line in lines] == list(declarations_of(library).patterns)
    assert lines[1].split(maxsplit=3) == [
        "books.crime",
        "Query",
        "GSI1",
        "Every released crime book, newest first.",
    ]


def test_patterns_are_also_data(run: Run) -> None:
    """Everything that the documents say of them."""
    rows = {row["name"]: row for row in run("patterns", "--json").data}
    assert set(rows) == set(declarations_of(library).patterns)
    (condition,) = rows["books.crime"]["operation"]["reads"][0]["conditions"]
    assert (condition["attribute"], condition["operator"]) == ("GSI1PK", "=")
    assert condition["operands"][0]["segments"] == [{"kind": "text", "text": "GENRE#crime"}]
