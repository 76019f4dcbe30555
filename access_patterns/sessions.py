"""Access patterns of sessions. Reads exclude expired items, deleted by TTL or not."""

from __future__ import annotations

from datetime import datetime

from model import Session, SessionId, UserId
from singletable import Create, Get, Patch, Query, access_pattern, create
from singletable.volumes import volume


@volume(rate=20, peak=100)
@access_pattern
def by_id(session_id: SessionId) -> Get[Session]:
    """A session by its id, unless it has expired."""
    return Session.key.get(session_id=session_id).excluding_expired()


@access_pattern
def by_user(user_id: UserId) -> Query[Session]:
    """Sessions of a user that have not expired, newest first."""
    return Session.by_user.query(user_id=user_id).newest_first().excluding_expired()


@volume(rate=0.1, peak=1)
@access_pattern
def start(session: Session) -> Create[Session]:
    """Creates a session; its TTL deletes it after it has expired."""
    return create(session)


@access_pattern
def revoke(session_id: SessionId, now: datetime) -> Patch[Session]:
    """Revokes a session; repeated, it keeps the time of the first revocation."""
    return Session.key.patch(session_id=session_id).set_if_absent(revoked_at=now)
