"""Deletes a post at once for everyone, then piece by piece what nobody reaches any more.

Whatever stops it between two pieces, deleting again resumes it.
"""

from __future__ import annotations

from datetime import datetime

from access_patterns import posts
from app.core.problems import NotFound
from app.services.events import post_events
from app.services.events.post_events import telling
from app.services.posts.listing import with_lists
from app.services.previews import drop_all
from model import Post, PostId
from singletable import Repository


def delete(repository: Repository, post: Post, now: datetime) -> None:
    """The post, every slug that leads to it and its place in the category's count: all or none."""
    former = [posts.release_slug(slug, post.post_id) for slug in post.former_slugs]
    gone = posts.delete(post).add(*former)
    repository.write(telling(with_lists(gone, post, None), post_events.deleted(post, now)))
    purge(repository, post.post_id)


def finish(repository: Repository, post_id: PostId) -> None:
    """What an interrupted deletion left; `NotFound` if it left nothing."""
    if not purge(repository, post_id):
        raise NotFound(what="the post")


def purge(repository: Repository, post_id: PostId) -> int:
    """Deletes previews, revisions and counters, a page in memory at a time; how many there were."""
    revisions = repository.iterate(posts.revisions(post_id).consistent())
    counters = repository.iterate(posts.views(post_id).consistent())
    dropped = drop_all(repository, post_id)
    for revision in revisions:
        repository.write(posts.delete_revision(post_id, revision.number))
        dropped += 1
    for counter in counters:
        repository.write(posts.delete_view_count(post_id, counter.slot))
        dropped += 1
    return dropped
