"""A gate whose questions to the table are counted, and may be interrupted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from access_patterns import sessions, users
from app.adapters.redis import RedisSessions
from app.services.sessions import OpenSession, SessionStore
from model import Role, Session, SessionId, User, UserId
from singletable import create
from tests.app.api.v1.stores import Store

NOW = datetime.now(UTC)
ADA = UserId("ada")
SECONDS = 10.0


class Watched:
    """Ada's session `one`, and a clock that stands still."""

    def __init__(self, store: Store) -> None:
        self.asked = 0
        self.meanwhile: Callable[[], object] | None = None
        self.clock = 100.0
        self.repository = store.repository()
        self.gate = self.another(store)
        self.store = store
        self.user(ADA)
        self.session("one")

    def another(
        self, store: Store, seconds: float = SECONDS, shared: RedisSessions | None = None
    ) -> SessionStore:
        watching = replace(store, transport=lambda *sent: self._send(store, *sent))
        return SessionStore(watching.repository(), seconds, lambda: self.clock, shared)

    def user(self, user_id: UserId) -> User:
        made = User(
            user_id=user_id, email=f"{user_id}@example.com", role=Role.VIEWER, created_at=NOW
        )
        return self.repository.write(create(made))

    def session(self, name: str, user_id: UserId = ADA, generation: int = 0) -> Session:
        made = Session(
            session_id=SessionId(name),
            user_id=user_id,
            generation=generation,
            opened_at=NOW,
            expires_at=NOW + timedelta(hours=1),
        )
        return self.repository.write(sessions.start(made))

    def standing(
        self, name: str = "one", user_id: UserId = ADA, now: datetime = NOW
    ) -> OpenSession:
        return self.gate.get(SessionId(name), user_id, now)

    def revoke_elsewhere(self, name: str = "one") -> None:
        """In another process, of which this gate hears nothing."""
        self.repository.write(sessions.revoke(SessionId(name), NOW))

    def end_all_elsewhere(self) -> None:
        self.repository.write(users.end_sessions(ADA, NOW))

    def _send(
        self, store: Store, operation: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """`meanwhile` happens once, between the table's answer and its use."""
        self.asked += 1
        answer = store.transport(operation, parameters)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return answer
