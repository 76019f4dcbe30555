"""Access patterns of tags: the list of them, posts by tag, and the writes that keep both."""

from __future__ import annotations

from datetime import datetime

from model import PostId, Tag, TaggedPost
from singletable import (
    Create,
    Delete,
    Patch,
    Put,
    Query,
    Upsert,
    access_pattern,
    attr,
    create,
    put,
)


@access_pattern
def in_use() -> Query[Tag]:
    """Tags of published posts with the number of posts of each, by name."""
    return Tag.by_name.query().where(attr("posts").greater_than(0))


@access_pattern
def posts(tag: str) -> Query[TaggedPost]:
    """Published posts with one tag by time of publication; letter case does not matter."""
    return TaggedPost.key.query(tag=tag)


@access_pattern
def list_post(entry: TaggedPost) -> Put[TaggedPost]:
    """Puts a published post into the list of a tag, in the transaction that changes the post."""
    return put(entry)


@access_pattern
def list_import(entry: TaggedPost) -> Create[TaggedPost]:
    """Puts an imported post into the list of a tag, with its original time of change."""
    return create(entry).preserving_stamps()


@access_pattern
def unlist_post(tag: str, status_since: datetime, post_id: PostId) -> Delete:
    """Takes a post out of the list of a tag."""
    return TaggedPost.key.delete(tag=tag, status_since=status_since, post_id=post_id)


@access_pattern
def increment(tag: str, name: str) -> Upsert[Tag]:
    """Counts a published post of a tag, in its present spelling."""
    return Tag.key.upsert(tag=tag).set(name=name).add(posts=1)


@access_pattern
def decrement(tag: str) -> Patch[Tag]:
    """Counts a post less of a tag."""
    return Tag.key.patch(tag=tag).add(posts=-1)
