"""Whether a session is open now, asked of the table, and remembered for a moment.

Only open sessions are remembered, and what this process ends it forgets at once: another
process's revocation goes unnoticed for `seconds` at most, whether it was this process that asked
the table or one that shares what it knows. Knows no token and no HTTP.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Protocol

from access_patterns import sessions, users
from app.core.problems import SessionEnded
from model import Session, SessionId, User, UserId
from singletable import Repository

MOST = 10_000


@dataclass(frozen=True)
class OpenSession:
    """An open session and its user, as they were at `seen` of the gate's clock."""

    session: Session
    user: User
    seen: float


class SharedSessions(Protocol):
    """Open sessions that other processes saw, and theirs that this one saw. Raises nothing."""

    def find(self, session_id: SessionId) -> tuple[Session, User, float] | None:
        """A session and its user as they were some seconds ago, the third."""
        ...

    def tell(self, session: Session, user: User, age: float) -> None:
        """As they were `age` seconds ago."""
        ...

    def drop(self, session_id: SessionId) -> None: ...

    def close(self) -> None: ...


class SessionStore:
    """`seconds`: how long an answer may be repeated; 0: the table is asked each time."""

    def __init__(
        self,
        repository: Repository,
        seconds: float,
        clock: Callable[[], float] = monotonic,
        shared: SharedSessions | None = None,
    ) -> None:
        self._repository = repository
        self._seconds = seconds
        self._clock = clock
        self._shared = shared
        self._known = OrderedDict[SessionId, OpenSession]()
        self._endings = 0
        self._last_ending = float("-inf")
        self._changing = Lock()

    def get(self, session_id: SessionId, user_id: UserId, now: datetime) -> OpenSession:
        """Raises `SessionEnded` unless it is an open session of a user who may come in."""
        known, endings = self._remembered(session_id)
        if known is None:
            known = self._from_shared(session_id) or self._from_table(session_id, user_id)
            self._remember(session_id, known, endings)
        if known.session.user_id != user_id:
            raise SessionEnded(cause="another user's")
        if known.session.expires_at <= now:
            raise SessionEnded(cause="expired")
        return known

    def forget(self, session_id: SessionId) -> None:
        """What is known of one session."""
        with self._changing:
            self._note_ending()
            self._known.pop(session_id, None)
        if self._shared is not None:
            self._shared.drop(session_id)

    def forget_user(self, user_id: UserId) -> None:
        """What is known of all of a user's sessions."""
        with self._changing:
            self._note_ending()
            for session_id in [k for k, v in self._known.items() if v.user.user_id == user_id]:
                del self._known[session_id]

    def close(self) -> None:
        if self._shared is not None:
            self._shared.close()

    def _note_ending(self) -> None:
        """What was seen before it, here or elsewhere, is not relied on any more."""
        self._endings += 1
        self._last_ending = self._clock()

    def _remembered(self, session_id: SessionId) -> tuple[OpenSession | None, int]:
        """With the number of endings so far: what is asked for before one is not kept after it."""
        with self._changing:
            known = self._known.get(session_id)
            is_fresh = known is not None and self._clock() - known.seen < self._seconds
            return known if is_fresh else None, self._endings

    def _remember(self, session_id: SessionId, known: OpenSession, endings: int) -> None:
        with self._changing:
            if endings != self._endings:
                return
            self._known[session_id] = known
            self._known.move_to_end(session_id)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def _from_shared(self, session_id: SessionId) -> OpenSession | None:
        """What another process saw, unless a session ended in this one since."""
        found = self._shared.find(session_id) if self._shared is not None else None
        if found is None:
            return None
        session, user, age = found
        seen = self._clock() - age
        return OpenSession(session, user, seen) if seen > self._last_ending else None

    def _from_table(self, session_id: SessionId, user_id: UserId) -> OpenSession:
        seen = self._clock()
        session = self._repository.fetch(sessions.by_id(session_id).consistent())
        if session is None or session.revoked_at is not None:
            raise SessionEnded(cause="unknown" if session is None else "revoked")
        if session.user_id != user_id:
            raise SessionEnded(cause="another user's")
        user = self._repository.fetch(users.by_id(user_id).consistent())
        if user is None or user.is_disabled or user.deletion_pending:
            raise SessionEnded(cause="no account" if user is None else "shut out")
        if session.generation != user.generation:
            raise SessionEnded(cause="all sessions were ended")
        if self._shared is not None:
            self._shared.tell(session, user, self._clock() - seen)
        return OpenSession(session, user, seen)
