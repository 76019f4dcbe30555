"""Former texts of a post."""

from __future__ import annotations

from access_patterns import posts
from app.posts.errors import RevisionMissing
from model import Post, Revision
from singletable import Page, Repository


def page(repository: Repository, post: Post, limit: int, cursor: str | None) -> Page[Revision]:
    """Newest first."""
    return repository.fetch(posts.revisions(post.post_id).consistent().page(limit, cursor))


def revision(repository: Repository, post: Post, number: int) -> Revision:
    """The text that the post had with this version; only versions it had are asked for."""
    if not 1 <= number < post.version:
        raise RevisionMissing
    found = repository.fetch(posts.revision(post.post_id, number).consistent())
    if found is None:
        raise RevisionMissing
    return found
