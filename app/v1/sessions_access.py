"""Whose sessions a caller may see and end, as the policy has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from access_patterns import sessions
from app.auth.guard import KnownCaller, May
from app.http.refusals import NotFound
from app.policy.question import Resource
from app.wiring import Stored
from model import Session, UserId
from model.ids import SessionKey, UserKey


class OnSessionsOf:
    """The user whose sessions are meant: the caller if none is named."""

    resource_type = "session"

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(
        self,
        caller: KnownCaller,
        may: May,
        user_id: Annotated[
            UserKey | None, Query(alias="userId", description="Another's: for administrators.")
        ] = None,
    ) -> UserId:
        wanted = user_id or UserId(caller.subject)
        may.require(self.policy_actions[0], Resource(self.resource_type, owner=wanted))
        return wanted


class OnSession:
    """The session of the path; who may not know of it is told that there is none."""

    resource_type = "session"

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(self, session_id: SessionKey, may: May, repository: Stored) -> Session:
        session = repository.fetch(sessions.by_id(session_id).consistent())
        if session is None or not self._allows(may, session):
            raise NotFound(what="the session")
        return session

    def _allows(self, may: May, session: Session) -> bool:
        resource = Resource(self.resource_type, owner=session.user_id)
        return may.allows(self.policy_actions[0], resource)


ListedUser = Annotated[UserId, Depends(OnSessionsOf("sessions.list"))]
LoggedOutUser = Annotated[UserId, Depends(OnSessionsOf("sessions.revoke"))]
ReadSession = Annotated[Session, Depends(OnSession("sessions.read"))]
RevokedSession = Annotated[Session, Depends(OnSession("sessions.revoke"))]
