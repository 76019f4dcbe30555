"""How sessions begin, and how all of a user's end. Each step is a write of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_patterns import sessions, users
from model import Session, SessionId, UserId
from singletable import Repository
from singletable.errors.request import ConditionFailed, ItemMissing

MOST_AT_ONCE = 100
_BYTES = 20


@dataclass(frozen=True)
class Revoked:
    """`cursor` continues where there are more sessions than are ended at once."""

    count: int
    cursor: str | None


def open_session(
    repository: Repository, user_id: UserId, user_agent: str, lasting: timedelta, now: datetime
) -> Session:
    """Starts a session of a user who is not shut out, and notes the login."""
    user = repository.fetch(users.by_id(user_id).consistent())
    if user is None:
        raise ItemMissing(entity="User", key=user_id, reason="the user does not exist")
    if user.is_disabled:
        raise ConditionFailed(entity="User", key=user_id, reason="the user is disabled")
    opened = repository.write(
        sessions.start(
            Session(
                session_id=SessionId(secrets.token_hex(_BYTES)),
                user_id=user_id,
                user_agent=user_agent,
                opened_at=now,
                expires_at=now + lasting,
            )
        )
    )
    repository.write(users.record_login(user_id, now))
    return opened


def revoke_all(
    repository: Repository, user_id: UserId, now: datetime, after: str | None
) -> Revoked:
    """Ends a user's sessions one by one, a page of them at most."""
    page = repository.fetch(sessions.of_user(user_id).page(MOST_AT_ONCE, after))
    open_still = [each for each in page if each.revoked_at is None]
    for session in open_still:
        repository.write(sessions.revoke(session.session_id, now))
    return Revoked(len(open_still), page.cursor)
