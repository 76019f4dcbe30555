"""Sessions: opened, listed and ended."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from access_patterns import sessions, users
from app.api.guards.permission import KnownCaller, Loaded, guards, permission_for
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.container import NowDep, RepositoryDep, container_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import CREATED, problems
from app.api.kit.requests import PageOut, Paging
from app.api.v1.users import AccountServiceDep
from app.core.context import asks
from app.core.problems import (
    CredentialsMissing,
    CredentialsWrong,
    LoginRefused,
    NotFound,
    require_found,
)
from app.core.wire import In, Out, like
from app.services import accounts, sign_in
from app.services.policy import Caller, ResourceKind
from app.services.sessions import Claims
from model import Session, SessionId, User, UserId
from model.ids import SessionKey, UserKey
from singletable import Repository

SESSIONS = ResourceKind[Session]("session", Session, owner="user_id")


class SessionIn(In):
    """The session of the bearer token that is sent with it."""

    user_agent: Annotated[str, Field(max_length=300, examples=["Firefox on Linux"])] = ""


class SessionOut(Out):
    model_config = like(Session, user_agent="Firefox on Linux")

    session_id: SessionId
    user_id: UserId
    user_agent: str
    opened_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = Field(description="Null: it was not ended on its own.")
    is_open: bool = Field(description="False once it was ended, on its own or with all others.")
    is_current: bool = Field(description="It is the one that the request belongs to, or begins.")


def shown(session: Session, user: User | None, current: SessionId | None) -> SessionOut:
    """`user`: whose session it is; None where the account is gone. `current`: the request's."""
    is_open = (
        session.revoked_at is None
        and user is not None
        and session.generation == user.generation
        and not user.is_disabled
    )
    facts = session.model_dump(exclude={"generation"})
    return SessionOut(**facts, is_open=is_open, is_current=session.session_id == current)


def wanted_user(
    caller: KnownCaller,
    user_id: Annotated[
        UserKey | None, Query(alias="userId", description="Another's: for administrators.")
    ] = None,
) -> UserId:
    """The user whose sessions are meant: the caller if none is named."""
    return user_id or UserId(caller.subject)


def on_sessions_of_user(action: str) -> Loaded[UserId]:
    return Loaded(SESSIONS, action, wanted_user, describe=SESSIONS.owned_by)


@asks(sessions.by_id)
def load_session(session_id: SessionKey, repository: RepositoryDep) -> Session:
    return require_found(repository.fetch(sessions.by_id(session_id).consistent()), "the session")


def on_session(action: str) -> Loaded[Session]:
    """The session of the path; who may not know of it is told that there is none."""
    return Loaded(SESSIONS, action, load_session, hidden=partial(NotFound, what="the session"))


ListedUser = Annotated[UserId, Depends(on_sessions_of_user("sessions.list"))]
LoggedOutUser = Annotated[UserId, Depends(on_sessions_of_user("sessions.revoke"))]
ReadSession = Annotated[Session, Depends(on_session("sessions.read"))]
RevokedSession = Annotated[Session, Depends(on_session("sessions.revoke"))]

router = private_router("/v1/sessions", "sessions")
opening = public_router("/v1/sessions", "sessions")


@router.get("", summary="A user's sessions")
@asks(sessions.by_user, users.by_id)
def list_sessions(
    user_id: ListedUser, caller: KnownCaller, repository: RepositoryDep, paging: Paging
) -> Envelope[PageOut[SessionOut]]:
    """The caller's own sessions, or another user's, newest first; also those that were ended."""
    user = repository.fetch(users.by_id(user_id).consistent())
    return paging.load(sessions.by_user(user_id), lambda each: shown(each, user, caller.session_id))


@router.get("/{session_id}", summary="A session")
@asks(users.by_id)
def get_session(
    session: ReadSession, caller: KnownCaller, repository: RepositoryDep
) -> Envelope[SessionOut]:
    """A session that has not expired."""
    user = repository.fetch(users.by_id(session.user_id).consistent())
    return Envelope(data=shown(session, user, caller.session_id))


@guards(SESSIONS, "sessions.open")
def own_token(request: Request) -> Claims:
    """The claims of the bearer token; its session need not be open, for it is to be opened."""
    by_token = container_of(request).by_token
    claims = by_token.bearer_claims(request) if by_token else None
    if claims is None:
        raise CredentialsWrong() if "authorization" in request.headers else CredentialsMissing()
    caller = Caller(claims.subject, frozenset(), claims.session_id)
    permission_for(request, caller).require("sessions.open", SESSIONS.owned_by(claims.subject))
    return claims


TokenOfSession = Annotated[Claims, Depends(own_token)]


@opening.post(
    "",
    status_code=201,
    summary="Open a session",
    openapi_extra={"security": [{"bearer": []}]},
    responses={**CREATED, **problems(CredentialsMissing, CredentialsWrong, LoginRefused)},
)
@asks(sessions.start, users.by_id)
def open_session(
    wanted: SessionIn,
    claims: TokenOfSession,
    service: AccountServiceDep,
    now: NowDep,
    once: Idempotent,
    response: Response,
) -> Envelope[SessionOut]:
    """For those who signed in at the user pool itself: opens the session of their token.

    Without it the token opens nothing else. A session that was ended stays so.
    """

    def opened(stored: Repository) -> Session:
        return sign_in.open_session(service.over(stored), claims, wanted.user_agent, now)

    def answered(session: Session) -> Envelope[SessionOut]:
        response.headers["Location"] = f"{router.prefix}/{session.session_id}"
        user = accounts.found(service, session.user_id)
        return Envelope(data=shown(session, user, session.session_id))

    return once(opened, answered)


@router.delete("/{session_id}", status_code=204, summary="End a session")
@asks(sessions.revoke)
def end_session(
    session: RevokedSession, repository: RepositoryDep, request: Request, now: NowDep
) -> Response:
    """Ends a session before its time; the first moment of revocation stands."""
    repository.write(sessions.revoke(session.session_id, now))
    container_of(request).gate.forget(session.session_id)
    return Response(status_code=204)


@router.delete(
    "",
    status_code=204,
    summary="Log out everywhere",
    response_description="No session is open any more.",
    responses=problems(NotFound),
)
@asks(users.end_sessions)
def end_all_sessions(user_id: LoggedOutUser, service: AccountServiceDep) -> Response:
    """Ends all sessions of the caller, or of another user, at once."""
    accounts.end_sessions(service, user_id)
    return Response(status_code=204)
