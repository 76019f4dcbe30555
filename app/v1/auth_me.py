"""Who one is. The front end asks first: 401 leads it to sign-in."""

from __future__ import annotations

from access_patterns import sessions, users
from app.auth.guard import Allowed, KnownCaller
from app.http.envelope import Envelope, ok
from app.routers import private_read_router
from app.v1.auth_schemas import MeOut
from app.v1.sessions_schemas import shown as session_shown
from app.v1.users_schemas import shown as user_shown
from app.wiring import Stored
from model import UserId

router = private_read_router("/v1/auth", "auth", Allowed("auth.me"))


@router.get("/me", summary="Who am I?")
def me(caller: KnownCaller, repository: Stored) -> Envelope[MeOut]:
    """The caller's account, the roles that count now, and the session."""
    user_id = UserId(caller.subject)
    user = repository.fetch(users.by_id(user_id))
    session = repository.fetch(sessions.by_id(caller.session_id)) if caller.session_id else None
    return ok(
        MeOut(
            user_id=user_id,
            roles=sorted(caller.roles),
            user=user_shown(user) if user else None,
            session=session_shown(session, user) if session and user else None,
        )
    )
