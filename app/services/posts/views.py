"""Counts views of posts, once a visitor and day, in sharded counters."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from access_patterns import posts
from app.services.limits import network
from model import DailyView, DailyViewId, Post, PostId
from model.view_count import SLOTS
from singletable import Repository
from singletable.errors import ItemExists, TransactionCancelled


def count(repository: Repository, post: Post, viewing: DailyView) -> None:
    """One view more, unless this visitor was counted today."""
    try:
        repository.write(posts.count_view(viewing, post.post_id, _slot(viewing)))
    except TransactionCancelled as refused:
        if not any(isinstance(each, ItemExists) for each in refused.failures.values()):
            raise


def total(repository: Repository, post: Post) -> int:
    """All views so far."""
    return sum(counter.views for counter in repository.iterate(posts.views(post.post_id)))


def _slot(viewing: DailyView) -> int:
    """As good as random, but the same for repeats: they stand in the way of one counter alone."""
    return int(viewing.daily_view_id[:8], 16) % SLOTS


KEPT = timedelta(hours=25)  # from the day's beginning, for instances whose clocks differ


@dataclass(frozen=True)
class Visitor:
    """`parts` tell visitors apart; a caller's are never a stranger's."""

    parts: tuple[str, ...]

    @classmethod
    def known(cls, subject: str) -> Visitor:
        return cls(("caller", subject))

    @classmethod
    def stranger(cls, source: str, user_agent: str) -> Visitor:
        """`source`: an IP address; whoever shares it and the browser's name is taken for one."""
        return cls(("source", network(source), user_agent))


class Visitors:
    """`secret`: whoever counts in the same table has to share it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"viewings of posts", sha256)

    def viewing(self, visitor: Visitor, post_id: PostId, now: datetime) -> DailyView:
        """The same until midnight, UTC."""
        day = now.astimezone(UTC).date()
        text = "\0".join((post_id, day.isoformat(), *visitor.parts))
        digest = hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), sha256)
        begun = datetime.combine(day, time.min, UTC)
        return DailyView(daily_view_id=DailyViewId(digest.hex()), expires_at=begun + KEPT)
