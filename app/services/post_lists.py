"""Lists of posts: which there are, and what a caller may see of each, page by page.

A list is one query, or several that are merged by time.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import dropwhile
from typing import TypeAlias

from access_patterns import categories, posts, tags
from app.core.problems import InvalidCursor, Unprocessable, invalid, require_found
from app.services import category_tree
from app.services.policy import Permission, Resource
from model import CategoryId, ListedPost, PostStatus, Slug, TaggedPost, UserId
from singletable import Page, Query, Repository

Listed: TypeAlias = ListedPost | TaggedPost
AnyQuery: TypeAlias = Query[ListedPost] | Query[TaggedPost]
Rank: TypeAlias = tuple[datetime, str]
"""The place of a post in a list: since when it has its status, and its id."""

LIST = "posts.list"
QUEUE = "posts.queue"
MOST_MERGED = 100
"""Categories whose posts are merged: each is a query. Of more, all posts are sifted."""
MOST_SIFTED = 500
"""Posts that a page looks at, whether it shows them or not."""
MOST_AT_ONCE = 8
_LEAST_READ = 5
_SIGNATURE_BYTES = 32

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


class Order(StrEnum):
    """By the time of the last status change: of a published post, of its publication."""

    NEWEST = "newest"
    OLDEST = "oldest"

    def of(self, query: AnyQuery) -> AnyQuery:
        return query.newest_first() if self is Order.NEWEST else query


@dataclass(frozen=True)
class Single:
    """A list that is one query."""

    query: AnyQuery

    def page(self, repository: Repository, limit: int, cursor: str | None) -> Page[Listed]:
        found: Page[Listed] = repository.fetch(self.query.page(limit, cursor))
        return found


@dataclass(frozen=True)
class Merged:
    """A list that is several queries, merged by time; the first pages are read side by side.

    A page begins behind the last post that the page before looked at, so that nothing is shown
    twice, also where a query was added meanwhile. A cursor is good for lists of the same `name`.
    `within`: of the posts, only those of these categories are shown; None: all.
    """

    name: str
    queries: Sequence[Query[ListedPost]]
    order: Order
    cursors: ListCursors
    within: frozenset[CategoryId] | None = None

    def page(self, repository: Repository, limit: int, cursor: str | None) -> Page[Listed]:
        is_newest = self.order is Order.NEWEST
        binding = json.dumps([self.order, self.name])
        after = self.cursors.open(cursor, binding) if cursor else None

        def was_shown(post: Listed) -> bool:
            """Those of the last post's moment itself come once more."""
            rank = _rank(post)
            return after is not None and (rank >= after if is_newest else rank <= after)

        lists = [Single(self.order.of(self._from(query, after))) for query in self.queries]
        size = max(_LEAST_READ, 2 * limit // len(lists) + 1)
        streams = (dropwhile(was_shown, each) for each in _streams(repository, lists, size))
        items, last = list[Listed](), None
        for number, post in enumerate(merge(*streams, key=_rank, reverse=is_newest)):
            if last is not None and (len(items) == limit or number == MOST_SIFTED):
                return Page(tuple(items), self.cursors.seal(_rank(last), binding))
            last = post
            if self.within is None or post.category_id in self.within:
                items.append(post)
        return Page(tuple(items), None)

    def _from(self, query: Query[ListedPost], after: Rank | None) -> Query[ListedPost]:
        """On from the moment of the last post."""
        if after is None:
            return query
        bound = query.at_most if self.order is Order.NEWEST else query.at_least
        return bound(status_since=after[0])


PostList: TypeAlias = Single | Merged


def _rank(post: Listed) -> Rank:
    return post.status_since, post.post_id


def _streams(
    repository: Repository, lists: Sequence[Single], size: int
) -> Iterator[Iterator[Listed]]:
    with ThreadPoolExecutor(min(MOST_AT_ONCE, len(lists))) as pool:
        begun = [
            pool.submit(copy_context().run, each.page, repository, size, None) for each in lists
        ]
    pages = [each.result() for each in begun]
    return (_stream(repository, *each, size) for each in zip(lists, pages, strict=True))


def _stream(
    repository: Repository, single: Single, page: Page[Listed], size: int
) -> Iterator[Listed]:
    """The posts of a page, and of those that follow as far as they are needed."""
    yield from page
    while page.cursor is not None:
        page = single.page(repository, size, page.cursor)
        yield from page


@dataclass(frozen=True)
class ListCursors:
    """Signs the place of the last post, for the same list only. It tells what the page showed.

    The first secret signs, all are good.
    """

    secrets: Sequence[bytes]

    def seal(self, rank: Rank, binding: str) -> str:
        place = json.dumps([rank[0].isoformat(), rank[1]]).encode()
        return urlsafe_b64encode(_signature(self.secrets[0], place, binding) + place).decode()

    def open(self, text: str, binding: str) -> Rank:
        """Raises `InvalidCursor` for anything but what `seal` made for this list."""
        try:
            raw = urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            raise InvalidCursor() from None
        signature, place = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        signatures = [_signature(secret, place, binding) for secret in self.secrets]
        if not sum(hmac.compare_digest(signature, each) for each in signatures):
            raise InvalidCursor()
        since, post_id = json.loads(place)
        return datetime.fromisoformat(since), post_id


def _signature(secret: bytes, place: bytes, binding: str) -> bytes:
    key = hmac.digest(secret, b"cursor of a merged list", "sha256")
    return hmac.digest(key, place + b"\0" + binding.encode(), "sha256")


@dataclass(frozen=True)
class Lister:
    """Finds the list that filters ask for, as the policy allows it."""

    repository: Repository
    may: Permission
    cursors: ListCursors
    order: Order

    def find(self, **filters: object) -> PostList:
        """By filters, of which None was not given. Raises a `Problem`; nothing is read yet."""
        self.may.require(LIST, Resource("none"))
        given = {name: value for name, value in filters.items() if value is not None}
        names, values = tuple(given), given.values()
        if query := OPEN.get(names):
            return self._single(query(*values))
        if build := LISTS.get(names):
            return build(self, *values)
        raise no_list_by(*names)

    def category_of(self, slug: Slug) -> CategoryId:
        """The category that a slug leads to, a former one too. Raises `NotFound`."""
        found = self.repository.fetch(categories.by_slug(slug))
        return require_found(found, "the category").category_id

    def below(self, category_id: CategoryId, _: bool) -> PostList:
        subtree = frozenset(category_tree.subtree(self.repository, category_id))
        name, is_merged = f"below {category_id}", len(subtree) <= MOST_MERGED
        queries = map(posts.published_in_category, subtree) if is_merged else [posts.published()]
        return Merged(name, [*queries], self.order, self.cursors, None if is_merged else subtree)

    def of_author(self, author: UserId) -> PostList:
        if self._visible(author) == frozenset(PostStatus):
            queries = [posts.by_author_in_status(author, each) for each in PostStatus]
            return Merged(f"by {author}", queries, self.order, self.cursors)
        return self.of_author_in_status(author, PostStatus.PUBLISHED)

    def of_author_in_status(self, author: UserId, status: PostStatus) -> PostList:
        if status not in self._visible(author):
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

    def _visible(self, author: UserId) -> frozenset[PostStatus]:
        return self.may.visible_statuses(Resource("post", owner=author))

    def _single(self, query: AnyQuery) -> PostList:
        return Single(self.order.of(query))


OPEN: Mapping[tuple[str, ...], Callable[..., AnyQuery]] = {
    (): posts.published,
    ("category",): posts.published_in_category,
    ("category", "since"): posts.published_in_category_since,
}
"""Lists that are the same for everyone, by the filters that are given, in their order."""

LISTS: Mapping[tuple[str, ...], Callable[..., PostList]] = {
    ("category", "below"): Lister.below,
    ("author",): Lister.of_author,
    ("author", "status"): Lister.of_author_in_status,
    ("status",): Lister.in_status,
    ("tag",): Lister.with_tag,
    ("title",): Lister.with_title,
}


def no_list_by(*given: str) -> Unprocessable:
    """The problem that says which lists there are."""
    known = ", ".join(" + ".join(names) for names in (*OPEN, *LISTS) if names)
    message = f"there is no list by {' + '.join(given)}; there are lists by {known}, and the one"
    return invalid("query", "no-such-list", f"{message} without filter")
