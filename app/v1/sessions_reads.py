"""Reading sessions. Expired ones are never shown, deleted or not."""

from __future__ import annotations

from access_patterns import sessions, users
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import InvalidCursor, NotFound
from app.routers import private_read_router
from app.v1.sessions_access import ListedUser, ReadSession
from app.v1.sessions_schemas import SessionOut, shown
from app.wiring import Stored

router = private_read_router("/v1/sessions", "sessions")


@router.get("", summary="A user's sessions", responses=problems(InvalidCursor))
def of_user(
    user_id: ListedUser, repository: Stored, paging: Paging
) -> Envelope[PageOut[SessionOut]]:
    """The caller's own sessions, or another user's, newest first; also those that were ended."""
    page = repository.fetch(sessions.by_user(user_id).page(paging.limit, paging.cursor))
    user = repository.fetch(users.by_id(user_id).consistent())
    return ok(PageOut(items=[shown(each, user) for each in page], next_cursor=page.cursor))


@router.get("/{session_id}", summary="A session", responses=problems(NotFound))
def by_id(session: ReadSession, repository: Stored) -> Envelope[SessionOut]:
    """A session that has not expired."""
    user = repository.fetch(users.by_id(session.user_id).consistent())
    return ok(shown(session, user))
