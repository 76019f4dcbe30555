"""Opening and ending sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query, Response

from access_patterns import sessions
from app.auth.guard import KnownCaller
from app.clock import Now
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.refusals import Conflict, Forbidden, InvalidCursor, NotFound
from app.routers import write_router
from app.sessions import open_session, revoke_all
from app.v1.sessions_access import VisibleSession, WhoseSessions, check_may_act_for
from app.v1.sessions_schemas import RevokedOut, SessionIn, SessionOut, shown
from app.wiring import Stored

router = write_router("/v1/sessions", "sessions")

Continued = Annotated[
    str | None,
    Query(min_length=1, max_length=4096, description="`nextCursor` of the answer before."),
]


@router.post("", status_code=201, summary="Open a session", responses=problems(Forbidden, Conflict))
def start(
    wanted: SessionIn, caller: KnownCaller, repository: Stored, now: Now, response: Response
) -> Envelope[SessionOut]:
    """Opens a session and records the login of its user, who must exist and not be disabled."""
    check_may_act_for(caller, wanted.user_id)
    lasting = timedelta(seconds=wanted.ttl_seconds)
    opened = open_session(repository, wanted.user_id, wanted.user_agent, lasting, now)
    response.headers["Location"] = f"{router.prefix}/{opened.session_id}"
    return ok(shown(opened))


@router.delete(
    "/{session_id}", status_code=204, summary="Revoke a session", responses=problems(NotFound)
)
def revoke(session: VisibleSession, repository: Stored, now: Now) -> Response:
    """Ends a session before its time; the first moment of revocation stands."""
    repository.write(sessions.revoke(session.session_id, now))
    return Response(status_code=204)


@router.delete("", summary="Revoke a user's sessions", responses=problems(Forbidden, InvalidCursor))
def revoke_of_user(
    user_id: WhoseSessions, repository: Stored, now: Now, cursor: Continued = None
) -> Envelope[RevokedOut]:
    """Ends the sessions of the caller, or of another user, one by one; a hundred at once."""
    revoked = revoke_all(repository, user_id, now, cursor)
    return ok(RevokedOut(revoked=revoked.count, next_cursor=revoked.cursor))
