"""The two front pages: in step with each other, and showing what the commands really print."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.ko.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
COMMAND = re.compile(r"^\$ singletable (.*)\n", re.MULTILINE)


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / page).read_text())


def without_remarks(code: str) -> str:
    return re.sub(r" +# .*", "", code)


def test_the_korean_page_shows_the_same_code() -> None:
    """Both pages have the same blocks in the same order; only remarks are translated."""
    english, korean = (
        [(kind, without_remarks(code)) for kind, code in blocks(page)] for page in PAGES
    )
    assert english == korean


def test_both_pages_have_the_same_sections_and_links() -> None:
    """Headings and tables are as many, and the links lead to the same places."""
    texts = [(ROOT / page).read_text() for page in PAGES]
    for mark in ("\n## ", "\n| "):
        assert texts[0].count(mark) == texts[1].count(mark)
    links = [sorted(set(LINK.findall(text)) - {"README.md", "README.ko.md"}) for text in texts]
    assert links[0] == links[1]


@pytest.mark.parametrize(
    "page",
    sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]),
)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link of a page names a file or folder of the project."""
    path = ROOT / page
    for target in LINK.findall(path.read_text()):
        assert (path.parent / target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("page", PAGES)
def test_shown_output_is_what_the_command_prints(page: str) -> None:
    """What follows `$ singletable …` is its output, up to the line of three dots."""
    shown = [code for kind, code in blocks(page) if kind == "console"]
    assert shown
    for code in shown:
        command = COMMAND.match(code)
        assert command, code
        expected = code[command.end() :].partition("...\n")[0]
        done = subprocess.run(
            [sys.executable, "-m", "singletable", *command[1].split()],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(expected)


def test_the_row_shown_is_a_row_of_the_documentation() -> None:
    """The first screen's row is the generated page's, but for its link."""
    question = "Published posts of one category by time of publication."
    cells = (question, "Query", "`LIST2`", "1 read", "`GET /v1/posts`")
    row = re.compile(r"\|\s*\S*posts\.published_in_category\S*\s*\|.*\|$", re.MULTILINE)
    for page in (*PAGES, "docs/access-patterns.md"):
        found = row.search((ROOT / page).read_text())
        assert found, page
        assert [cell.strip() for cell in found[0].split("|")[2:-1]] == list(cells)
