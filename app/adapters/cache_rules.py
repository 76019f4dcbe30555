"""What may be cached: which patterns, for how long, and which tags reads and writes have.

What is not named here is never cached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from access_patterns import posts
from model import (
    Category,
    CategorySlug,
    CategoryUsage,
    ListedPost,
    Post,
    PostSlug,
    PostStatus,
    PublishedCount,
    TaggedPost,
)
from model import Tag as PostTag
from singletable import Get, inspect
from singletable.inspect import Context, Operation
from singletable.inspect import IndexPlace as Tag

# Seconds that a page lives at most; jitter takes up to a fifth of it away.
BRIEF = 15.0
LIST = 60.0
DETAIL = 120.0
TREE = 300.0


LIFETIMES: Mapping[str, float] = {
    "categories.by_id": DETAIL,
    "categories.by_slug": DETAIL,
    "categories.children": TREE,
    "categories.published_count": BRIEF,
    "categories.tree": TREE,
    "categories.usage": BRIEF,
    "posts.by_id": DETAIL,
    "posts.by_slug": DETAIL,
    "posts.published": LIST,
    "posts.published_by_author": LIST,
    "posts.published_in_category": LIST,
    "posts.published_in_category_since": BRIEF,
    "posts.published_with_title": BRIEF,
    "tags.in_use": LIST,
    "tags.posts": LIST,
}


def _anything(_: Any) -> bool:
    return True


def _is_published(item: Any) -> bool:
    return isinstance(item, Post | ListedPost) and item.status is PostStatus.PUBLISHED


def _post_behind(slug: PostSlug) -> Get[Post]:
    return posts.by_id(slug.post_id)


PUBLIC: Mapping[type, Callable[[Any], bool]] = {
    Category: _anything,
    CategorySlug: _anything,
    CategoryUsage: _anything,
    ListedPost: _is_published,
    Post: _is_published,
    PostSlug: _anything,
    PostTag: _anything,
    PublishedCount: _anything,
    TaggedPost: _anything,
}
"""Whether an item of an entity is everyone's; an entity that is missing here is nobody's."""


VISIBLE_IF: Mapping[type, Callable[[Any], Get[Any]]] = {PostSlug: _post_behind}
"""For items that do not say themselves whether they are public: whose answer has to be."""


def is_public(item: object) -> bool:
    rule = PUBLIC.get(type(item))
    return rule is not None and rule(item)


def tags_of_read(operation: Operation[Any]) -> tuple[Tag, ...]:
    """Where a get or a query reads; nothing for other operations.

    A query of a secondary index also has the tag of the index as a whole: writes that cannot know
    where an item stood drop that one.
    """
    places = inspect.places_read(operation)
    whole = [Tag(each.entity, each.index, ()) for each in places[:1] if each.index != "primary"]
    return (*places, *whole)


def tags_of_write(operation: Operation[Any], context: Context) -> frozenset[Tag]:
    """Wherever items stand before and after; whole indexes where a write cannot know it."""
    places = (inspect.places_written(write, context) for write in inspect.writes(operation))
    return frozenset[Tag]().union(*places)


_CACHED_ENTITIES = frozenset(model.__name__ for model in PUBLIC)


def tags_to_drop(operation: Operation[Any], context: Context) -> frozenset[Tag]:
    """Those tags of a write that a page may have."""
    tags = tags_of_write(operation, context)
    return frozenset(tag for tag in tags if tag.entity in _CACHED_ENTITIES)
