"""Whose sessions a caller may see and end: their own; an administrator everyone's."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from access_patterns import sessions
from app.auth.caller import Caller
from app.auth.guard import KnownCaller
from app.http.refusals import Forbidden, NotFound
from app.wiring import Stored
from model import Role, Session, UserId
from model.ids import SessionKey, UserKey


def _asked_for(
    caller: KnownCaller,
    user_id: Annotated[
        UserKey | None, Query(alias="userId", description="Another's: for administrators.")
    ] = None,
) -> UserId:
    """The user whose sessions are meant: the caller if none is named."""
    wanted = user_id or UserId(caller.subject)
    check_may_act_for(caller, wanted)
    return wanted


def _visible(session_id: SessionKey, caller: KnownCaller, repository: Stored) -> Session:
    """The session, if the caller may know of it."""
    session = repository.fetch(sessions.by_id(session_id))
    if session is None or not _may_act_for(caller, session.user_id):
        raise NotFound(what="the session")
    return session


def check_may_act_for(caller: Caller, user_id: UserId) -> None:
    """Raises `Forbidden` for another's sessions, unless the caller is an administrator."""
    if not _may_act_for(caller, user_id):
        raise Forbidden(action="acting on another user's sessions")


def _may_act_for(caller: Caller, user_id: UserId) -> bool:
    return user_id == caller.subject or Role.ADMIN in caller.roles


WhoseSessions = Annotated[UserId, Depends(_asked_for)]
VisibleSession = Annotated[Session, Depends(_visible)]
