"""docs/caching.md says what is shared, and what drops it."""

from __future__ import annotations

from pathlib import Path

import pytest

from access_patterns import blog
from app.adapters.read_cache import LIFETIMES
from scripts.docs.caching_page import caching_page, droppers
from singletable import inspect
from singletable.inspect import writes as writes_of

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def made() -> str:
    return caching_page()


def test_the_committed_page_is_up_to_date(made: str) -> None:
    """docs/caching.md is exactly what the declarations make of it."""
    assert (DOCS / "caching.md").read_text() == made


def test_every_question_is_on_one_side(made: str) -> None:
    """Each pattern that reads is either described, with its time, or listed as never shared."""
    for name, pattern in inspect.patterns(blog).items():
        if not writes_of(pattern.operation):
            assert (f"### {name}\n" in made) == (name in LIFETIMES)
            assert (f"\n| `{name}`" in made) == (name not in LIFETIMES)


@pytest.mark.parametrize(
    ("question", "write", "drops"),
    [
        ("posts.published", "posts.publish", True),
        ("posts.published", "posts.count_view", False),
        ("posts.published", "categories.change", False),
        ("posts.by_id", "posts.edit", True),
        ("posts.by_id", "posts.delete_revision", False),
        ("posts.by_slug", "posts.change_slug", True),
        ("posts.by_slug", "posts.submit", False),
        ("categories.usage", "posts.create", True),
        ("categories.by_id", "posts.create", False),
        ("categories.tree", "categories.move", True),
    ],
)
def test_droppers_follow_from_where_is_read_and_written(
    question: str, write: str, drops: bool
) -> None:
    """A write that touches neither entity nor place of a page leaves it alone."""
    names = [each.name for each in droppers(inspect.patterns(blog)[question])]
    assert (write in names) == drops
