"""The tree is put together rightly, also from a listing that was read while it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from app.services.category_tree import Node, forest, height
from model import ROOT, Category, CategoryId, Slug

MADE = datetime(2026, 3, 14, tzinfo=UTC)


class Listing:
    """Answers the listing by parent with what it was given."""

    def __init__(self, *listed: Category) -> None:
        self.listed = listed

    def iterate(self, query: Any) -> Iterator[Category]:
        yield from self.listed


def category(category_id: str, parent_id: str = ROOT, version: int = 1) -> Category:
    return Category(
        category_id=CategoryId(category_id),
        parent_id=CategoryId(parent_id),
        slug=Slug(category_id),
        name=category_id,
        created_at=MADE,
        version=version,
    )


def names(nodes: Sequence[Node]) -> dict[str, Any]:
    return {node.category.category_id: names(node.children) for node in nodes}


def test_nothing_makes_no_tree() -> None:
    """No category, no node; and its height is its own level."""
    assert forest(Listing()) == ()
    assert height(Listing(), CategoryId("a")) == 1


def test_what_moved_while_it_was_listed_stands_once() -> None:
    """Where its later version says; also if the listing then shows it below itself."""
    moved = [category("a", version=1), category("b", "a"), category("a", "x", version=2)]
    assert names(forest(Listing(*moved, category("x")))) == {"x": {"a": {"b": {}}}}
    assert names(forest(Listing(*reversed(moved), category("x")))) == {"x": {"a": {"b": {}}}}


def test_what_has_no_way_to_the_top_is_left_out() -> None:
    """Its parent is not listed yet, or two were listed as each other's parents."""
    torn = Listing(category("lost", "gone"), category("a", "b"), category("b", "a"), category("c"))
    assert names(forest(torn)) == {"c": {}}
    assert height(torn, CategoryId("a")) == 2


def test_height_counts_levels() -> None:
    """The deepest branch, the category's own level included."""
    listing = Listing(category("a"), category("b", "a"), category("c", "b"), category("d", "a"))
    assert [height(listing, CategoryId(each)) for each in "abcd"] == [3, 2, 1, 1]
