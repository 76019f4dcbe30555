"""Who looked at a post, so far as it takes to count them once a day. Knows no HTTP.

Digests under a secret, with the post and the day in them: whoever reads the table learns neither
who read what, nor that two of them are the same visitor's.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from app.limits.rules import network
from model import DailyView, DailyViewId, PostId

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
