"""From a sign-in to an answer with its cookies, and from a cookie to a sign-in that goes on."""

from __future__ import annotations

from datetime import datetime

from fastapi import Response

from app.accounts.desk import Desk
from app.accounts.errors import SessionOver
from app.accounts.pool_errors import SignInRefused
from app.accounts.signing_in import SignedIn, refresh
from app.http.cookies import RefreshCookie, set_cookies
from app.http.envelope import Envelope, ok
from app.v1.auth_schemas import SignedInOut
from app.v1.sessions_schemas import shown as session_shown
from app.v1.users_schemas import shown as user_shown


def renewed(desk: Desk, cookie: RefreshCookie, now: datetime) -> SignedIn:
    """`SessionOver` too where the pool takes the token no more: revoked, expired or forged."""
    try:
        return refresh(desk, cookie.token, cookie.username, now)
    except SignInRefused as refused:
        raise SessionOver(reason=refused.reason) from None


def signed_in(response: Response, signed: SignedIn, now: datetime) -> Envelope[SignedInOut]:
    """The refresh cookie lasts as long as the session, the others as long as their tokens."""
    tokens = signed.tokens
    refresh = tokens.refresh and RefreshCookie(signed.username, tokens.refresh)
    left = int((signed.session.expires_at - now).total_seconds())
    set_cookies(
        response, tokens.access, tokens.identity, refresh or None, tokens.seconds, refresh_age=left
    )
    return ok(
        SignedInOut(
            user=user_shown(signed.user), session=session_shown(signed.session, signed.user)
        )
    )
