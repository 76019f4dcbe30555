"""Markdown's forms."""

from __future__ import annotations

import pytest

from singletable.emit.docs.markdown import bullets, cell, code, count, link, page, table


def test_a_cell_keeps_its_pipes_from_ending_it() -> None:
    """Also within code, where Markdown asks for the same; one escape is enough."""
    assert cell("`Post | None`") == r"`Post \| None`"
    assert cell(r"a \| b") == r"a \| b"
    assert cell("two\nlines") == "two lines"


def test_narrow_columns_are_aligned() -> None:
    """The text is read as often as the page."""
    assert table(("A", "Name"), [("1", "x"), ("22", "yyyyyy")]) == (
        "| A   | Name   |\n| --- | ------ |\n| 1   | x      |\n| 22  | yyyyyy |"
    )


def test_wide_columns_are_left_as_they_are() -> None:
    """A long text does not push the others away."""
    lines = table(("A", "B"), [("x" * 80, "1"), ("y", "2")]).split("\n")
    assert lines[3] == "| y   | 2   |"


def test_columns_that_say_nothing_are_left_out() -> None:
    """An empty column is noise."""
    assert table(("A", "B"), [("1", ""), ("2", "")]).split("\n")[0] == "| A   |"


@pytest.mark.parametrize(
    ("text", "written"), [("a", "`a`"), ("", ""), ("a`b", "``a`b``"), ("`a`", "`` `a` ``")]
)
def test_code_survives_its_own_backticks(text: str, written: str) -> None:
    """The fence is longer than any within."""
    assert code(text) == written


def test_facts_that_are_not_there_are_not_listed() -> None:
    """A list has no empty lines."""
    assert bullets([("A", "1"), ("B", "")]) == "- **A:** 1"


def test_links_have_the_anchors_that_headings_get() -> None:
    """Dots go, underscores stay."""
    assert link("posts.by_id") == "[posts.by_id](#postsby_id)"
    assert link("The table") == "[The table](#the-table)"


def test_a_page_has_no_trailing_space() -> None:
    """And ends with one newline."""
    assert page(["a  ", "", "b\n", "c \nd"]) == "a\n\nb\n\nc\nd\n"


def test_one_is_singular() -> None:
    """`1 indexes` looks careless."""
    assert (count(1, "index", "indexes"), count(0, "index", "indexes")) == ("1 index", "0 indexes")
