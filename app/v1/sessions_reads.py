"""Reading sessions. Expired ones are never shown, deleted or not."""

from __future__ import annotations

from access_patterns import sessions
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import Forbidden, InvalidCursor, NotFound
from app.routers import private_read_router
from app.v1.sessions_access import VisibleSession, WhoseSessions
from app.v1.sessions_schemas import SessionOut, shown
from app.wiring import Stored

router = private_read_router("/v1/sessions", "sessions")


@router.get("", summary="A user's sessions", responses=problems(Forbidden, InvalidCursor))
def of_user(
    user_id: WhoseSessions, repository: Stored, paging: Paging
) -> Envelope[PageOut[SessionOut]]:
    """The caller's own sessions, or another user's, newest first; also those that were revoked."""
    page = repository.fetch(sessions.of_user(user_id).page(paging.limit, paging.cursor))
    return ok(PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))


@router.get("/{session_id}", summary="A session", responses=problems(NotFound))
def by_id(session: VisibleSession) -> Envelope[SessionOut]:
    """A session that has not expired."""
    return ok(shown(session))
