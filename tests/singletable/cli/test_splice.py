"""Generated blocks between marker lines."""

from __future__ import annotations

import re

import pytest

from singletable.cli.splice import replace_block
from singletable.cli.usage import UsageError

BEGIN, END = "# singletable:table begin", "# singletable:table end"


def test_the_block_is_indented_as_its_marker() -> None:
    """Empty lines stay empty; everything around it stays as it is."""
    text = f"Resources:\n    {BEGIN}\n    old\n    {END}\n  Other: {{}}\n"
    wanted = f"Resources:\n    {BEGIN}\n    A:\n\n      b\n    {END}\n  Other: {{}}\n"
    assert replace_block(text, "table", "A:\n\n  b\n", "t.yaml") == wanted
    assert replace_block(wanted, "table", "A:\n\n  b\n", "t.yaml") == wanted


def test_line_ends_stay_as_they_are() -> None:
    """Also where they are carriage return and newline."""
    text = f"{BEGIN}\r\n{END}\r\nx\r\n"
    assert replace_block(text, "table", "a\nb\n", "t") == f"{BEGIN}\r\na\r\nb\r\n{END}\r\nx\r\n"


def test_each_label_has_a_block_of_its_own() -> None:
    """Of which the others are no part."""
    two = f"# singletable:policy api begin\n# singletable:policy api end\n{BEGIN}\n{END}"
    made = replace_block(two, "table", "x", "t")
    assert made.endswith(f"{BEGIN}\nx\n{END}")
    assert "begin\n# singletable:policy api end" in made


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "t.yaml: the line `# singletable:table begin` stands nowhere"),
        (f"{BEGIN}\n", "`# singletable:table end` stands nowhere"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", "begin` stands 2 times; it must stand once"),
        (f"{END}\n{BEGIN}\n", "the end of singletable:table stands before its beginning"),
        (f"x {BEGIN}\n{END}\n", "stands nowhere"),
    ],
)
def test_markers_must_be_clear(text: str, problem: str) -> None:
    """Nothing is written where it might not belong."""
    with pytest.raises(UsageError, match=re.escape(problem)):
        replace_block(text, "table", "x", "t.yaml")
