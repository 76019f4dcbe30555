"""Lists of posts as pages: of one query, or of several that are merged by time."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import dropwhile, islice
from typing import Protocol, TypeAlias

from app.core.problems import InvalidCursor
from model import ListedPost, TaggedPost
from singletable import Page, Query, Repository

Listed: TypeAlias = ListedPost | TaggedPost
AnyQuery: TypeAlias = Query[ListedPost] | Query[TaggedPost]
Rank: TypeAlias = tuple[datetime, str]
"""The place of a post in a list: since when it has its status, and its id."""

MOST_AT_ONCE = 8
_LEAST_READ = 5


class Order(StrEnum):
    """By the time of the last status change: of a published post, of its publication."""

    NEWEST = "newest"
    OLDEST = "oldest"

    def of(self, query: AnyQuery) -> AnyQuery:
        return query.newest_first() if self is Order.NEWEST else query


class PostList(Protocol):
    """A list of posts that can be read page by page."""

    def page(self, repository: Repository, limit: int, cursor: str | None) -> Page[Listed]: ...


@dataclass(frozen=True)
class Single:
    """A list that is one query."""

    query: AnyQuery

    def page(self, repository: Repository, limit: int, cursor: str | None) -> Page[Listed]:
        return _fetch(repository, self.query, limit, cursor)


@dataclass(frozen=True)
class Merged:
    """A list that is several queries, merged by time; the first pages are read side by side.

    A page begins behind the last post of the page before, so that nothing is shown twice, also
    where a query was added meanwhile. A cursor is good for lists of the same `name`.
    """

    name: str
    queries: Sequence[Query[ListedPost]]
    order: Order
    cursors: ListCursors

    def page(self, repository: Repository, limit: int, cursor: str | None) -> Page[Listed]:
        binding = self._binding()
        after = self.cursors.open(cursor, binding) if cursor else None
        queries = [self.order.of(self._from(query, after)) for query in self.queries]
        size = max(_LEAST_READ, 2 * limit // len(queries) + 1)
        streams = (self._behind(after, posts) for posts in _streams(repository, queries, size))
        is_newest = self.order is Order.NEWEST
        found = list(islice(merge(*streams, key=_rank, reverse=is_newest), limit + 1))
        items, more = found[:limit], len(found) > limit
        return Page(tuple(items), self.cursors.seal(_rank(items[-1]), binding) if more else None)

    def _from(self, query: Query[ListedPost], after: Rank | None) -> Query[ListedPost]:
        """On from the moment of the last post; those of that moment itself come once more."""
        if after is None:
            return query
        is_newest = self.order is Order.NEWEST
        return (query.at_most if is_newest else query.at_least)(status_since=after[0])

    def _behind(self, after: Rank | None, posts: Iterator[Listed]) -> Iterator[Listed]:
        if after is None:
            return posts
        is_newest = self.order is Order.NEWEST
        return dropwhile(
            lambda post: _rank(post) >= after if is_newest else _rank(post) <= after, posts
        )

    def _binding(self) -> str:
        return json.dumps([self.order, self.name])


def _rank(post: Listed) -> Rank:
    return post.status_since, post.post_id


def _streams(
    repository: Repository, queries: Sequence[AnyQuery], size: int
) -> list[Iterator[Listed]]:
    with ThreadPoolExecutor(min(MOST_AT_ONCE, len(queries))) as pool:
        begun = [
            pool.submit(copy_context().run, _fetch, repository, query, size, None)
            for query in queries
        ]
        pages = [each.result() for each in begun]
    return [
        _stream(repository, query, size, page) for query, page in zip(queries, pages, strict=True)
    ]


def _stream(
    repository: Repository, query: AnyQuery, size: int, page: Page[Listed]
) -> Iterator[Listed]:
    """The posts of a page, and of those that follow as far as they are needed."""
    yield from page
    while page.cursor is not None:
        page = _fetch(repository, query, size, page.cursor)
        yield from page


def _fetch(repository: Repository, query: AnyQuery, size: int, cursor: str | None) -> Page[Listed]:
    found: Page[Listed] = repository.fetch(query.page(size, cursor))
    return found


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


_SIGNATURE_BYTES = 32


def _signature(secret: bytes, place: bytes, binding: str) -> bytes:
    key = hmac.digest(secret, b"cursor of a merged list", "sha256")
    return hmac.digest(key, place + b"\0" + binding.encode(), "sha256")
