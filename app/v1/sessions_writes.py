"""Opening and ending sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from access_patterns import sessions
from app.accounts import changing, signing_in
from app.auth.caller import Caller
from app.auth.claims import Claims
from app.auth.guard import BEARER, noting
from app.auth.permission import Permission
from app.clock import Now
from app.http.documented import empty, problems
from app.http.envelope import Envelope, ok
from app.http.refusals import (
    CredentialsMissing,
    CredentialsWrong,
    Forbidden,
    LoginRefused,
    NotFound,
)
from app.idempotency.once import Once
from app.policy.question import Resource
from app.routers import open_router, write_router
from app.v1.accounts_desk import Accounts
from app.v1.sessions_access import LoggedOutUser, RevokedSession
from app.v1.sessions_schemas import SessionIn, SessionOut, shown
from app.wiring import Stored, wiring_of
from model import Session
from singletable import Repository

router = write_router("/v1/sessions", "sessions")
opening = open_router("/v1/sessions", "sessions")


class WithOwnToken:
    """The claims of the bearer token; its session need not be open, for it is to be opened."""

    policy_actions = ("sessions.open",)
    resource_type = "session"

    def __call__(
        self, request: Request, now: Now, _shown: Annotated[object, Depends(BEARER)]
    ) -> Claims:
        bearer = wiring_of(request).bearer
        claims = bearer.claims(request) if bearer else None
        if claims is None:
            raise CredentialsWrong() if "authorization" in request.headers else CredentialsMissing()
        caller = Caller(claims.subject, frozenset(), claims.session_id)
        may = Permission(wiring_of(request).decisions, caller, now, noting(request))
        may.require(self.policy_actions[0], Resource(self.resource_type, owner=claims.subject))
        return claims


TokenOfSession = Annotated[Claims, Depends(WithOwnToken())]


@opening.post(
    "",
    status_code=201,
    summary="Open a session",
    responses=problems(CredentialsMissing, CredentialsWrong, LoginRefused, Forbidden),
)
def start(
    wanted: SessionIn,
    claims: TokenOfSession,
    desk: Accounts,
    now: Now,
    once: Once,
    response: Response,
) -> Envelope[SessionOut]:
    """For those who signed in at the user pool itself: opens the session of their token.

    Without it the token opens nothing else. A session that was ended stays so.
    """

    def opened(stored: Repository) -> Session:
        return signing_in.open_session(desk.over(stored), claims, wanted.user_agent, now)

    def answered(session: Session) -> Envelope[SessionOut]:
        response.headers["Location"] = f"{router.prefix}/{session.session_id}"
        return ok(shown(session, changing.found(desk, session.user_id)))

    return once(opened, answered)


@router.delete(
    "/{session_id}", status_code=204, summary="End a session", responses=problems(NotFound)
)
def revoke(session: RevokedSession, repository: Stored, request: Request, now: Now) -> Response:
    """Ends a session before its time; the first moment of revocation stands."""
    repository.write(sessions.revoke(session.session_id, now))
    wiring_of(request).gate.forget(session.session_id)
    return Response(status_code=204)


@router.delete(
    "",
    status_code=204,
    summary="Log out everywhere",
    responses={**empty(204, "No session is open any more."), **problems(NotFound)},
)
def end_all(user_id: LoggedOutUser, desk: Accounts) -> Response:
    """Ends all sessions of the caller, or of another user, at once."""
    changing.end_sessions(desk, user_id)
    return Response(status_code=204)
