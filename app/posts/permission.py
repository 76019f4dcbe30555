"""A post as the policy is told of it. What may be done with it is decided there alone."""

from __future__ import annotations

from app.policy.question import Resource
from model import Post, UserId

READ = "posts.read"


def resource_of(post: Post) -> Resource:
    return Resource("post", owner=post.author_id, status=post.status, category=post.category_id)


def works_of(author_id: UserId) -> Resource:
    """All that someone wrote."""
    return Resource("post", owner=author_id)
