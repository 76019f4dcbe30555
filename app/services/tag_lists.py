"""Keeps the lists by tag and the public counts in step with a change of a post.

All is written in the transaction of the change, so none of it is ever off. A post from before
there were such lists is in none until its next change, and counts from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from access_patterns import categories, tags
from model import CategoryId, Post, TaggedPost
from singletable import inspect
from singletable.inspect import Context, Write, WriteOperation

R = TypeVar("R")

ENTERING = (tags.list_post, tags.increment, categories.increment_published)
"""What a publication writes here; and any change of a post that is in no list yet."""

LEAVING = (tags.unlist_post, tags.decrement, categories.decrement_published)
"""What a withdrawal or a deletion writes here; other changes may write both."""

IMPORTED = (tags.list_import, tags.increment, categories.increment_published)

_SHOWN = TaggedPost.model_fields.keys() - {"tag", "version"}


def with_lists(change: WriteOperation[R], before: Post, after: Post | None) -> WriteOperation[R]:
    """The change of a post together with that of its lists; `after` is None for a deletion."""
    writes = tuple(_changes(before, after))
    return change.with_writes(*writes) if writes else change


def step_with_lists(change: WriteOperation[Post], before: Post) -> WriteOperation[Post]:
    """The same for a step to another status, whose pattern says what the post is afterwards."""
    return with_lists(change, before, inspect.predicted_result(change, Context()))


def import_writes(post: Post) -> Iterator[Write[Any]]:
    """The writes that list a post that is imported."""
    for tag, (spelling, entry) in _entries(post, post.version).items():
        yield tags.list_import(entry)
        yield tags.increment(tag, spelling)
    yield from _count_changes(None, _category(post))


def _changes(before: Post, after: Post | None) -> Iterator[Write[Any]]:
    """Every write of a post makes its next version, which its entries have too."""
    former, present = _entries(before, before.version), _entries(after, before.version + 1)
    for tag, (spelling, entry) in present.items():
        yield tags.list_post(entry)
        if tag not in former:
            yield tags.increment(tag, spelling)
    for tag, (_, entry) in former.items():
        if tag not in present:
            yield tags.unlist_post(tag, entry.status_since, entry.post_id)
            yield tags.decrement(tag)
    yield from _count_changes(_category(before), _category(after))


def _category(post: Post | None) -> CategoryId | None:
    """The category that counts the post as published."""
    return post.category_id if post and post.is_listed else None


def _count_changes(former: CategoryId | None, present: CategoryId | None) -> Iterator[Write[Any]]:
    if present and present != former:
        yield categories.increment_published(present)
    if former and former != present:
        yield categories.decrement_published(former)


def _entries(post: Post | None, version: int) -> Mapping[str, tuple[str, TaggedPost]]:
    """By tag, each once, with its spelling; what is no tag by today's rules is in no list."""
    found = dict[str, tuple[str, TaggedPost]]()
    if post is not None and post.is_listed:
        shown = {name: getattr(post, name) for name in _SHOWN}
        for tag in post.tags:
            try:
                entry = TaggedPost(tag=tag, version=version, **shown)
            except ValidationError:
                continue
            found[entry.tag] = tag, entry
    return found
