"""Views of a post: spread over counters when they come, added up when they are asked for."""

from __future__ import annotations

from access_patterns import posts
from model import DailyView, Post
from model.view_count import SLOTS
from singletable import Repository
from singletable.errors import ItemExists, TransactionCancelled


def count(repository: Repository, post: Post, viewing: DailyView) -> None:
    """One view more, unless this visitor was counted today."""
    try:
        repository.write(posts.count_view(viewing, post.post_id, _slot(viewing)))
    except TransactionCancelled as refused:
        if not any(isinstance(each, ItemExists) for each in refused.failures.values()):
            raise


def total(repository: Repository, post: Post) -> int:
    """All views so far."""
    return sum(counter.views for counter in repository.iterate(posts.views(post.post_id)))


def _slot(viewing: DailyView) -> int:
    """As good as random, but the same for repeats: they stand in the way of one counter alone."""
    return int(viewing.daily_view_id[:8], 16) % SLOTS
