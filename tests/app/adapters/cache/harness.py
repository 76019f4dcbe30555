"""One table, one Redis, and as many instances of the app's repository on them as are needed."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import redis

from access_patterns import posts
from app.adapters.read_cache import Pages, ReadCache
from app.adapters.redis import Timeouts
from app.services import post_writing
from model import Category, CategoryId, ListedPost, Post, PostId, PostStatus, Slug, UserId
from singletable import Page, Repository
from singletable.transport import Transport
from tests.app.adapters.limits.counting import PATIENT
from tests.app.api.v1.stores import Store
from tests.backends import SECRET

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
NEWS = CategoryId("news")
ADA = UserId("ada")
SETTLE_SECONDS = 0.001
PAUSE = 0.005

_numbers = count(1)


class CacheHarness:
    """`plain` asks the table alone; `served` counts hits and misses of all instances."""

    def __init__(
        self, store: Store, url: str, opened: ExitStack, timeouts: Timeouts = PATIENT
    ) -> None:
        self.store = store
        self.url = url
        self.timeouts = timeouts
        self.prefix = f"{{{uuid.uuid4().hex}}}"
        self.plain = store.repository()
        self.served: Counter[tuple[str, bool]] = Counter()
        self._opened = opened

    def pages(self, kind: type[Pages] = Pages, **options: Any) -> Pages:
        given: dict[str, Any] = {
            "doubt_seconds": 5.0,
            "settle_seconds": SETTLE_SECONDS,
            "prefix": self.prefix,
            "url": self.url,
            "timeouts": self.timeouts,
        }
        return self._opened.enter_context(closing(kind(**(given | options))))

    def instance(
        self, pages: Pages | None = None, through: Transport | None = None, **options: Any
    ) -> Repository:
        """A repository with a cache of its own on the shared Redis."""
        given: dict[str, Any] = {"secret": SECRET, "observe": self._count}
        cache = ReadCache(pages or self.pages(), **(given | options))
        return self.store.repository(through).with_middleware(cache)

    def _count(self, pattern: str, is_hit: bool) -> None:
        self.served[pattern, is_hit] += 1

    def hits(self, pattern: str) -> int:
        return self.served[pattern, True]

    def misses(self, pattern: str) -> int:
        return self.served[pattern, False]

    def redis(self) -> Any:
        return self._opened.enter_context(closing(redis.Redis.from_url(self.url)))

    def everything_kept(self) -> bytes:
        """All keys and values of these repositories, one after the other."""
        client = self.redis()
        keys = list(client.scan_iter(f"{self.prefix}*"))
        return b"\n".join(part for key in keys for part in (key, client.get(key) or b""))

    def pages_kept(self) -> list[bytes]:
        """The keys of all pages."""
        return list(self.redis().scan_iter(f"{self.prefix}:page:*"))


def settle(seconds: float = PAUSE) -> None:
    """Waits until the tags of the last write count again."""
    time.sleep(seconds)


def a_category(category_id: str = NEWS) -> Category:
    return Category(
        category_id=CategoryId(category_id),
        slug=Slug(category_id),
        name=category_id.title(),
        created_at=NOW,
    )


def a_post(**given: Any) -> Post:
    """A draft with an identity of its own."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "post_id": PostId(f"01JD9GZ2J0V5X7Q3M8K4{number:06d}"),
        "author_id": ADA,
        "category_id": NEWS,
        "slug": Slug(f"post-{number}"),
        "title": f"Post {number}",
        "status_since": NOW,
        "created_at": NOW + timedelta(seconds=number),
    }
    return Post.model_validate(values | given)


def published(repository: Repository, **given: Any) -> Post:
    """A post that was written, handed in and published."""
    draft = repository.write(posts.create(a_post(**given)))
    reviewed = repository.write(posts.submit(draft, NOW))
    post = post_writing.publish(repository, reviewed, NOW)
    assert post.status is PostStatus.PUBLISHED
    settle()
    return post


def titles(page: Page[ListedPost]) -> list[str]:
    return [post.title for post in page]
