"""From a token to a caller: signed, of an open session, with the role that the account has now.

Each kind of credentials is an `Authenticator`; none falls back on another one's.
"""

from __future__ import annotations

import logging

from fastapi import Request

from app.auth.authenticator import bearer_token
from app.auth.caller import Caller
from app.auth.claims import Claims, Expected, TokenRefused, TokenVerifier
from app.auth.counting import count_caller
from app.auth.dead_cookies import rely_on_cookies
from app.auth.gateway import claims_from_event
from app.clock import utc_now
from app.http.cookies import access_cookie
from app.http.origins import check_origin
from app.http.refusals import CredentialsWrong
from app.sessions.gate import SessionGate

log = logging.getLogger("app.auth")


class Entrance:
    """What all tokens go through."""

    def __init__(self, tokens: TokenVerifier, gate: SessionGate) -> None:
        self._tokens = tokens
        self._gate = gate

    def verified(self, token: str) -> Claims:
        try:
            return self._tokens.verify(token)
        except TokenRefused as refused:
            raise _wrong(refused) from None

    def admitted(self, request: Request, claims: Claims) -> Caller:
        """Raises `TooManyRequests`, or `SessionOver`.

        A role counts that both the token and the account have.
        """
        count_caller(request, claims.subject)
        standing = self._gate.standing(claims.session_id, claims.subject, utc_now())
        roles = claims.roles & {standing.user.role}
        return Caller(claims.subject, roles, claims.session_id)


class BearerToken:
    """`Authorization: Bearer` with an access token of the user pool."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    def authenticate(self, request: Request) -> Caller | None:
        claims = self.claims(request)
        return None if claims is None else self._entrance.admitted(request, claims)

    def claims(self, request: Request) -> Claims | None:
        """Of an authentic token, whatever became of its session."""
        token = bearer_token(request)
        return None if token is None else self._entrance.verified(token.decode("latin-1"))


class AccessCookie:
    """The cookie that a sign-in sets. Writes have to come from a page that may write.

    A wrong one is refused even where none is needed, so that nobody signed in is served as a
    stranger without a word; the refusal takes it back.
    """

    def __init__(self, entrance: Entrance, allowed_origins: frozenset[str]) -> None:
        self._entrance = entrance
        self._allowed_origins = allowed_origins

    def authenticate(self, request: Request) -> Caller | None:
        token = None if "authorization" in request.headers else access_cookie(request)
        if token is None:
            return None
        rely_on_cookies(request)
        check_origin(request, self._allowed_origins)
        return self._entrance.admitted(request, self._entrance.verified(token))


class GatewayClaims:
    """Claims that an API Gateway authorizer verified and put into the event of this invocation."""

    def __init__(self, entrance: Entrance, expected: Expected) -> None:
        self._entrance = entrance
        self._expected = expected

    def authenticate(self, request: Request) -> Caller | None:
        if "authorization" not in request.headers:
            return None
        try:
            event = request.scope.get("aws.event", {})
            claims = claims_from_event(event, self._expected, utc_now())
        except TokenRefused as refused:
            raise _wrong(refused) from None
        return None if claims is None else self._entrance.admitted(request, claims)


def _wrong(refused: TokenRefused) -> CredentialsWrong:
    """The reason is for logs alone: who tries tokens is not told how far each came."""
    log.info("credentials refused", extra={"facts": {"reason": refused.reason}})
    return CredentialsWrong()
