"""Planned publications: a post in review is published at a moment that was chosen before."""

from __future__ import annotations

import logging
from datetime import datetime

from access_patterns import outbox, posts
from app.core.asks import asks
from app.core.problems import invalid
from app.services.posts import listing, writing
from model import Post
from singletable import Repository
from singletable.errors import TransactionCancelled, WriteRefused

log = logging.getLogger("app.schedule")


def plan(repository: Repository, post: Post, at: datetime, now: datetime) -> Post:
    """The post with another moment of publication. Raises `Unprocessable`."""
    if at <= now:
        raise invalid("body.at", "in-the-past", "has to be in the future")
    return repository.write(posts.schedule(post, at))


def drop(repository: Repository, post: Post) -> Post:
    """The post without a planned publication."""
    return repository.write(posts.unschedule(post))


@asks(posts.due, posts.publish, outbox.add, *listing.ENTERING)
def publish_due(repository: Repository, now: datetime) -> int:
    """Publishes all posts that are due, and says how many; another worker may do it as well.

    What was changed or withdrawn meanwhile is left: the index that says what is due follows the
    table within moments.
    """
    published = 0
    for post in repository.iterate(posts.due(now)):
        try:
            writing.publish(repository, post, now)
            published += 1
        except (WriteRefused, TransactionCancelled) as refused:
            log.warning("%s is not published as planned: %s", post.post_id, refused)
    return published
