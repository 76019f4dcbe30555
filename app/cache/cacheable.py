"""The one table of what may be shared: which questions, how long, and which items are everyone's.

What is not named here is never cached. No routes, no callers, no Redis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from access_patterns import posts
from model import Category, CategoryUsage, Post, PostSlug, PostStatus
from singletable import Get


@dataclass(frozen=True)
class Lifetime:
    """`seconds` is the most that a page lives; jitter takes up to a fifth of it away."""

    name: str
    seconds: float


BRIEF = Lifetime("brief", 15)
LIST = Lifetime("list", 60)
DETAIL = Lifetime("detail", 120)
TREE = Lifetime("tree", 300)

LIFETIMES: Mapping[str, Lifetime] = {
    "categories.by_id": DETAIL,
    "categories.by_slug": DETAIL,
    "categories.children": TREE,
    "categories.tree": TREE,
    "categories.usage": BRIEF,
    "posts.by_id": DETAIL,
    "posts.by_slug": DETAIL,
    "posts.published": LIST,
    "posts.published_by_author": LIST,
    "posts.published_in_category": LIST,
    "posts.published_in_category_since": BRIEF,
}


def _anything(_: Any) -> bool:
    return True


def _is_published(item: Any) -> bool:
    return isinstance(item, Post) and item.status is PostStatus.PUBLISHED


def _post_behind(item: Any) -> Get[Post]:
    return posts.by_id(cast(PostSlug, item).post_id)


PUBLIC: Mapping[type, Callable[[Any], bool]] = {
    Category: _anything,
    CategoryUsage: _anything,
    Post: _is_published,
    PostSlug: _anything,
}
"""Whether an item of an entity is everyone's; an entity that is missing here is nobody's."""

VOUCHERS: Mapping[type, Callable[[Any], Get[Any]]] = {PostSlug: _post_behind}
"""For items that do not say themselves whether they are public: whose answer has to be."""


@dataclass(frozen=True)
class Cacheable:
    """What may be shared, as one value."""

    lifetimes: Mapping[str, Lifetime] = field(default_factory=lambda: LIFETIMES)
    public: Mapping[type, Callable[[Any], bool]] = field(default_factory=lambda: PUBLIC)
    vouchers: Mapping[type, Callable[[Any], Get[Any]]] = field(default_factory=lambda: VOUCHERS)

    def is_public(self, item: object) -> bool:
        rule = self.public.get(type(item))
        return rule is not None and rule(item)
