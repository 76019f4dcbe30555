"""What instances tell each other of a session is all of it."""

from __future__ import annotations

from datetime import UTC, datetime

from app.adapters.redis import RedisSessions
from model import Role, Session, SessionId, User, UserId

NOW = datetime(2026, 3, 14, tzinfo=UTC)
USER = User(
    user_id=UserId("u-1"),
    email="ada@example.com",
    role=Role.ADMIN,
    is_disabled=True,
    deletion_pending=True,
    self_registered=True,
    generation=3,
    sync_pending_since=NOW,
    created_at=NOW,
)
SESSION = Session(
    session_id=SessionId("s-1"), user_id=USER.user_id, generation=2, opened_at=NOW, expires_at=NOW
)


def test_a_user_that_leaves_is_told_as_one_that_leaves() -> None:
    """Also in fields that have another name in the table."""
    shared = RedisSessions("redis://127.0.0.1:9", b"x" * 32, seconds=2)
    told = (SESSION, USER, 1.5)
    assert shared._opened("n", shared._sealed("n", told)) == told
    assert shared._opened("other", shared._sealed("n", told)) is None
