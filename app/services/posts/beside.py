"""What stands beside the posts of a page: names of authors and categories, numbers of views.

Each is asked for at once for the whole page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from access_patterns import categories, posts, users
from app.services.posts.merged import Listed
from model import Category, CategoryId, PostId, User, UserId
from model.view_count import SLOTS
from singletable import Repository

PATTERNS = (users.each, categories.each, posts.views_of_each)
"""What is asked beside a page."""


class Include(StrEnum):
    """What may be asked for beside each post of a list."""

    AUTHOR = "author"
    CATEGORY = "category"
    VIEWS = "views"


@dataclass(frozen=True)
class Beside:
    """By identity; `views` is None if they were not asked for."""

    authors: Mapping[UserId, User] = field(default_factory=dict[UserId, User])
    categories: Mapping[CategoryId, Category] = field(default_factory=dict[CategoryId, Category])
    views: Mapping[PostId, int] | None = None


def beside(repository: Repository, page: Sequence[Listed], wanted: Collection[Include]) -> Beside:
    """Reads what is wanted, each kind in one request or a few side by side."""
    return Beside(
        authors=_authors(repository, page) if Include.AUTHOR in wanted else {},
        categories=_categories(repository, page) if Include.CATEGORY in wanted else {},
        views=_views(repository, page) if Include.VIEWS in wanted else None,
    )


def _authors(repository: Repository, page: Sequence[Listed]) -> Mapping[UserId, User]:
    ids = sorted({post.author_id for post in page})
    found = repository.fetch(users.each(ids))
    return {author.user_id: author for author in found if author}


def _categories(repository: Repository, page: Sequence[Listed]) -> Mapping[CategoryId, Category]:
    ids = sorted({post.category_id for post in page})
    found = repository.fetch(categories.each(ids))
    return {category.category_id: category for category in found if category}


def _views(repository: Repository, page: Sequence[Listed]) -> Mapping[PostId, int]:
    ids = [post.post_id for post in page for _ in range(SLOTS)]
    slots = [slot for _ in page for slot in range(SLOTS)]
    found = repository.fetch(posts.views_of_each(ids, slots))
    total = Counter[PostId]()
    for counter in found:
        if counter:
            total[counter.post_id] += counter.views
    return total
