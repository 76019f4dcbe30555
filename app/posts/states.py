"""Steps between the states of a post. Which are allowed, the patterns say, by their conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from access_patterns import posts
from model import Post
from singletable import Repository

Step: TypeAlias = Callable[[Repository, Post, datetime], Post]


def submit(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.submit(post, now))


def publish(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.publish(post, now))


def unpublish(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.unpublish(post, now))


def archive(repository: Repository, post: Post, now: datetime) -> Post:
    return repository.write(posts.archive(post, now))
