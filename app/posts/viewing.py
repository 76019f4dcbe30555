"""Views of a post: spread over counters when they come, added up when they are asked for."""

from __future__ import annotations

import secrets

from access_patterns import posts
from model import Post
from model.view_count import SLOTS
from singletable import Repository


def count(repository: Repository, post: Post) -> None:
    """One view more."""
    repository.write(posts.count_view(post.post_id, secrets.randbelow(SLOTS)))


def total(repository: Repository, post: Post) -> int:
    """All views so far."""
    return sum(counter.views for counter in repository.iterate(posts.views(post.post_id)))
