"""Empties a category into another one, and merges it: some posts at a time, until none is left.

Each post is moved by a transaction of its own; whatever stops it, doing it again goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access_patterns import categories, outbox, posts
from app.services import category_tree
from app.services.posts import listing, reading, writing
from model import Category, CategoryId
from singletable import Repository
from singletable.errors import ItemMissing, TransactionCancelled, VersionConflict

MOST_AT_ONCE = 100

OF_EMPTYING = (
    categories.by_id,
    categories.tree,
    categories.usage,
    posts.in_category,
    posts.each,
    posts.refile,
    outbox.add,
    *listing.ENTERING,
    categories.decrement_published,
)
OF_MERGING = (
    *OF_EMPTYING,
    categories.children,
    categories.move,
    categories.check_parent,
    categories.increment_children,
    categories.decrement_children,
    categories.merge,
    categories.hand_over_slug,
)


@dataclass(frozen=True)
class Moved:
    """How many posts were moved now, and whether any may be left."""

    posts: int
    is_done: bool


def empty(repository: Repository, source: Category, target: Category, now: datetime) -> Moved:
    """Moves posts in whatever state from one category to another, the next of them."""
    category_tree.check_outside(repository, target, source)
    return _move_posts(repository, source, target, now)


def _move_posts(repository: Repository, source: Category, target: Category, now: datetime) -> Moved:
    page = repository.fetch(posts.in_category(source.category_id).page(MOST_AT_ONCE))
    moved, skipped = 0, 0
    for post in reading.whole(repository, page):
        if post.category_id != source.category_id:
            continue  # the index follows the table within moments
        try:
            writing.refile(repository, post, target.category_id, now)
            moved += 1
        except (VersionConflict, ItemMissing, TransactionCancelled):
            skipped += 1  # it was edited or deleted meanwhile
    return Moved(moved, is_done=not skipped and not _posts_left(repository, source.category_id))


def _posts_left(repository: Repository, category_id: CategoryId) -> int:
    usage = repository.fetch(categories.usage(category_id).consistent())
    return usage.posts if usage else 0


def merge(repository: Repository, source: Category, target: Category, now: datetime) -> Moved:
    """The same with the categories below it; once empty, it is gone, and its slugs lead on."""
    category_tree.check_outside(repository, target, source)
    for child in repository.iterate(categories.children(source.category_id)):
        category_tree.move(repository, child, target.category_id, child.position)
    moved = _move_posts(repository, source, target, now)
    if moved.is_done:
        category_tree.replace(repository, source, target)
    return moved
