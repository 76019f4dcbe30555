"""Steps between the states of a post. Which are allowed, the patterns say, by their conditions.

What readers see of a step is told to others, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from access_patterns import posts
from app.events import about_posts
from app.events.outbox import telling
from model import Post
from singletable import Repository

Step: TypeAlias = Callable[[Repository, Post, datetime], Post]


def submit(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.submit(post, now))


def publish(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(telling(posts.publish(post, now), about_posts.published(post, now)))


def unpublish(repository: Repository, post: Post, now: datetime) -> Post:
    event = about_posts.withdrawn(post, now, is_archived=False)
    return repository.write(telling(posts.unpublish(post, now), event))


def archive(repository: Repository, post: Post, now: datetime) -> Post:
    event = about_posts.withdrawn(post, now, is_archived=True)
    return repository.write(telling(posts.archive(post, now), event))
