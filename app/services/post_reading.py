"""Reads posts: by identity or slug, former texts, and what stands beside them; counts views."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from access_patterns import categories, posts, users
from app.core.problems import NotFound, require_found
from app.services.limits import network
from model import (
    Category,
    CategoryId,
    DailyView,
    DailyViewId,
    ListedPost,
    Post,
    PostId,
    Revision,
    Slug,
    SlugKey,
    TaggedPost,
    User,
    UserId,
)
from model.view_count import SLOTS
from singletable import Repository
from singletable.errors import ItemExists, TransactionCancelled

T = TypeVar("T")

READ = "posts.read"
BESIDE = (users.each, categories.each, posts.views_of_each)
"""What is asked beside a page."""
KEPT = timedelta(hours=25)  # from the day's beginning, for instances whose clocks differ

_SLUG: TypeAdapter[Slug] = TypeAdapter(SlugKey)


def by_slug(repository: Repository, slug: str, *, consistent: bool) -> Post:
    """The post that a slug leads to; `post.slug` is another one if this is a former one."""
    try:
        entry = posts.by_slug(_SLUG.validate_python(slug))
    except ValidationError:
        raise NotFound(what="the post") from None
    held = repository.fetch(entry.consistent() if consistent else entry)
    post = fetch(repository, held.post_id, consistent=consistent) if held else None
    return require_found(post, "the post")


def fetch(repository: Repository, post_id: PostId, *, consistent: bool) -> Post | None:
    """Whoever may see it."""
    query = posts.by_id(post_id)
    return repository.fetch(query.consistent() if consistent else query)


def whole(repository: Repository, listed: Iterable[ListedPost]) -> list[Post]:
    """The posts of a list with their bodies, as they are now, but for those that are gone."""
    found = repository.fetch(posts.each([post.post_id for post in listed]).consistent())
    return [post for post in found if post]


def revision(repository: Repository, post: Post, number: int) -> Revision:
    """The text that the post had with this version; only versions it had are asked for."""
    query = posts.revision(post.post_id, number) if 1 <= number < post.version else None
    found = repository.fetch(query.consistent()) if query else None
    return require_found(found, "the revision")


class Include(StrEnum):
    """What may be asked for beside each post of a list."""

    AUTHOR = "author"
    CATEGORY = "category"
    VIEWS = "views"


class IncludeOne(StrEnum):
    """What may be asked for beside one post."""

    AUTHOR = Include.AUTHOR
    CATEGORY = Include.CATEGORY
    VIEWS = Include.VIEWS
    ALLOWED = "allowed"


@dataclass(frozen=True)
class Beside:
    """By identity; `views` is None if they were not asked for."""

    authors: Mapping[UserId, User] = field(default_factory=dict[UserId, User])
    categories: Mapping[CategoryId, Category] = field(default_factory=dict[CategoryId, Category])
    views: Mapping[PostId, int] | None = None


def load_beside(
    repository: Repository,
    page: Sequence[Post | ListedPost | TaggedPost],
    wanted: Collection[str],
) -> Beside:
    """Reads what is wanted, each kind for the whole page, in one request or a few side by side."""
    if not wanted:
        return Beside()
    authors: Iterable[User | None] = ()
    filed_under: Iterable[Category | None] = ()
    if Include.AUTHOR in wanted:
        authors = repository.fetch(users.each(sorted({post.author_id for post in page})))
    if Include.CATEGORY in wanted:
        ids = sorted({post.category_id for post in page})
        filed_under = repository.fetch(categories.each(ids))
    return Beside(
        {author.user_id: author for author in authors if author},
        {category.category_id: category for category in filed_under if category},
        _views(repository, page) if Include.VIEWS in wanted else None,
    )


def _views(
    repository: Repository, page: Sequence[Post | ListedPost | TaggedPost]
) -> Mapping[PostId, int]:
    ids = [post.post_id for post in page for _ in range(SLOTS)]
    slots = [slot for _ in page for slot in range(SLOTS)]
    total = Counter[PostId]()
    for counter in repository.fetch(posts.views_of_each(ids, slots)):
        if counter:
            total[counter.post_id] += counter.views
    return total


class Visitors:
    """Tells visitors apart. `secret`: whoever counts in the same table has to share it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"viewings of posts", sha256)

    def view_of_caller(self, subject: str, post_id: PostId, now: datetime) -> DailyView:
        """A caller's are never a stranger's."""
        return self._view(post_id, now, "caller", subject)

    def view_of_stranger(
        self, source: str, user_agent: str, post_id: PostId, now: datetime
    ) -> DailyView:
        """`source`: an IP address; whoever shares it and the browser's name is taken for one."""
        return self._view(post_id, now, "source", network(source), user_agent)

    def _view(self, post_id: PostId, now: datetime, *visitor: str) -> DailyView:
        """The same until midnight, UTC."""
        day = now.astimezone(UTC).date()
        text = "\0".join((post_id, day.isoformat(), *visitor))
        digest = hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), sha256)
        begun = datetime.combine(day, time.min, UTC)
        return DailyView(daily_view_id=DailyViewId(digest.hex()), expires_at=begun + KEPT)


def count_view(repository: Repository, post: Post, view: DailyView) -> None:
    """One view more, unless this visitor was counted today.

    The slot is as good as random, but the same for repeats: they stand in the way of one counter
    alone.
    """
    slot = int(view.daily_view_id[:8], 16) % SLOTS
    try:
        repository.write(posts.count_view(view, post.post_id, slot))
    except TransactionCancelled as refused:
        if not any(isinstance(each, ItemExists) for each in refused.failures.values()):
            raise
