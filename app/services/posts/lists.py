"""Lists of posts: which there are, and what a caller may see of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from access_patterns import categories, posts, tags
from app.core.problems import NotFound, Unprocessable, invalid
from app.services import category_tree
from app.services.policy import Permission, Resource
from app.services.posts.merged import AnyQuery, ListCursors, Merged, Order, PostList, Single
from app.services.posts.reading import works_of
from model import CategoryId, PostStatus, Slug, UserId
from singletable import Repository

LIST = "posts.list"
QUEUE = "posts.queue"

PATTERNS = (
    posts.published,
    posts.published_in_category,
    posts.published_in_category_since,
    posts.published_by_author,
    posts.published_with_title,
    posts.by_author_in_status,
    posts.in_status,
    tags.posts,
)
"""What lists ask."""

MOST_BELOW = 100
"""Categories whose posts are merged: each is a query."""

_EVERY_STATUS = frozenset(PostStatus)


@dataclass(frozen=True)
class Filters:
    """What is asked for; None: not asked for."""

    category: CategoryId | None = None
    below: bool | None = None
    since: datetime | None = None
    author: UserId | None = None
    status: PostStatus | None = None
    tag: str | None = None
    title: str | None = None

    def given(self) -> dict[str, Any]:
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class Lister:
    """Finds the list that filters ask for, as the policy allows it."""

    repository: Repository
    may: Permission
    cursors: ListCursors
    order: Order

    def find(self, filters: Filters) -> PostList:
        """Raises a `Problem`; nothing of the list is read yet."""
        self.may.require(LIST, Resource("none"))
        given = filters.given()
        find = LISTS.get(tuple(given))
        if find is None:
            raise no_list_by(*given)
        return find(self, *given.values())

    def category_of(self, slug: Slug) -> CategoryId:
        """The category that a slug leads to, a former one too. Raises `NotFound`."""
        found = self.repository.fetch(categories.by_slug(slug))
        if found is None:
            raise NotFound(what="the category")
        return found.category_id

    def feed(self) -> PostList:
        return self._single(posts.published())

    def in_category(self, category_id: CategoryId) -> PostList:
        return self._single(posts.published_in_category(category_id))

    def in_category_since(self, category_id: CategoryId, since: datetime) -> PostList:
        return self._single(posts.published_in_category_since(category_id, since))

    def below(self, category_id: CategoryId, _: bool) -> PostList:
        subtree = category_tree.subtree(self.repository, category_id)
        if len(subtree) > MOST_BELOW:
            words = f"{MOST_BELOW} categories can be listed together, and not more"
            raise invalid("query.below", "too-many", words)
        queries = [posts.published_in_category(each) for each in subtree]
        return Merged(f"below {category_id}", queries, self.order, self.cursors)

    def of_author(self, author: UserId) -> PostList:
        visible = self.may.visible_statuses(works_of(author))
        if visible == _EVERY_STATUS:
            queries = [posts.by_author_in_status(author, each) for each in PostStatus]
            return Merged(f"by {author}", queries, self.order, self.cursors)
        return self.of_author_in_status(author, PostStatus.PUBLISHED)

    def of_author_in_status(self, author: UserId, status: PostStatus) -> PostList:
        if status not in self.may.visible_statuses(works_of(author)):
            raise self.may.refusal(LIST)
        if status is PostStatus.PUBLISHED:
            return self._single(posts.published_by_author(author))
        return self._single(posts.by_author_in_status(author, status))

    def in_status(self, status: PostStatus) -> PostList:
        self.may.require(QUEUE, Resource("none"))
        return self._single(posts.in_status(status))

    def with_tag(self, tag: str) -> PostList:
        return self._single(tags.posts(tag))

    def with_title(self, title: str) -> PostList:
        return Single(posts.published_with_title(title))

    def _single(self, query: AnyQuery) -> PostList:
        return Single(self.order.of(query))


def no_list_by(*given: str) -> Unprocessable:
    """The problem that says which lists there are."""
    known = ", ".join(" + ".join(names) for names in LISTS if names)
    message = f"there is no list by {' + '.join(given)}; there are lists by {known}, and the one"
    return invalid("query", "no-such-list", f"{message} without filter")


LISTS: Mapping[tuple[str, ...], Callable[..., PostList]] = {
    (): Lister.feed,
    ("category",): Lister.in_category,
    ("category", "since"): Lister.in_category_since,
    ("category", "below"): Lister.below,
    ("author",): Lister.of_author,
    ("author", "status"): Lister.of_author_in_status,
    ("status",): Lister.in_status,
    ("tag",): Lister.with_tag,
    ("title",): Lister.with_title,
}
"""By the filters that are given, in their order."""
