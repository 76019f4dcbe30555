"""Authenticators: tokens of the user pool, and the development token of a local stage.

A token must be signed, of an open session, and counts with the role that the account has now.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar, cast

from fastapi import Request
from pydantic import SecretStr

from app.api.guards.permission import count_request
from app.api.kit.container import bearer_token, state_of
from app.api.kit.cookies import Cookies, TrustedPages
from app.core.context import utc_now
from app.core.problems import CredentialsWrong
from app.services.policy import Caller
from app.services.sessions import (
    Claims,
    Expected,
    SessionStore,
    TokenRefused,
    TokenVerifier,
    claims_of,
)
from model import Role

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("app.auth")


@dataclass(frozen=True)
class TokenAuthentication:
    """By a token of the user pool, as `Authorization: Bearer` or the cookie of a sign-in, or by
    claims that an API Gateway authorizer verified and put into the event of this invocation.

    `gateway`: what those claims have to be; None: they are not taken. Writes with a cookie have to
    come from a page that may write. A wrong cookie is refused even where none is needed, so that
    nobody signed in is served as a stranger without a word; the refusal takes it back.
    """

    tokens: TokenVerifier
    gate: SessionStore
    cookies: Cookies
    pages: TrustedPages
    gateway: Expected | None = None

    def authenticate(self, request: Request) -> Caller | None:
        """Raises `CredentialsWrong`, `TooManyRequests` or `SessionEnded`.

        A role counts that both the token and the account have.
        """
        claims = self._find_claims(request)
        if claims is None:
            return None
        count_request(request, claims.subject)
        user = self.gate.get(claims.session_id, claims.subject, utc_now()).user
        state_of(request).token_ends_at = claims.expires_at
        return Caller(claims.subject, claims.roles & {user.role}, claims.session_id)

    def _find_claims(self, request: Request) -> Claims | None:
        if "authorization" in request.headers:
            claims = None
            if self.gateway is not None:
                event = request.scope.get("aws.event", {})
                claims = _verify_by(claims_from_event, event, self.gateway, utc_now())
            return claims or self.bearer_claims(request)
        token = self.cookies.access(request)
        if token is None:
            return None
        state_of(request).relies_on_cookies = True
        self.pages.check(request)
        return _verify_by(self.tokens.verify, token)

    def bearer_claims(self, request: Request) -> Claims | None:
        """Of an authentic bearer token, whatever became of its session."""
        token = bearer_token(request)
        return None if token is None else _verify_by(self.tokens.verify, token.decode("latin-1"))


def _verify_by(check: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What the check finds; `CredentialsWrong` where it refuses a token. The reason is for logs
    alone: who tries tokens is not told how far each came."""
    try:
        return check(*arguments, **options)
    except TokenRefused as refused:
        log.info("credentials refused", extra={"facts": {"reason": refused.reason}})
        raise CredentialsWrong() from None


_TIMES = ("exp", "iat", "auth_time", "nbf")
_GROUPS = "cognito:groups"
_EPOCH = re.compile(r"[0-9]{1,12}")
_JAVA_DATE = "%a %b %d %H:%M:%S UTC %Y"


def claims_from_event(
    event: Mapping[str, object], expected: Expected, now: datetime
) -> Claims | None:
    """None if no authorizer put claims there; raises `TokenRefused` if it did and they don't fit.

    Claims of a JWT authorizer are at `authorizer.jwt.claims`, in events of format 1.0 and of REST
    APIs at `authorizer.claims`.
    """
    authorizer = _below(_below(event, "requestContext"), "authorizer")
    found = [
        each
        for each in (_below(authorizer, "jwt").get("claims"), authorizer.get("claims"))
        if each is not None
    ]
    if not found:
        return None
    if len(found) > 1 or not isinstance(found[0], Mapping):
        raise TokenRefused("event")
    text = cast("Mapping[str, object]", found[0])
    return claims_of(_typed(text, is_http_api="version" in event), expected, now)


def _below(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Empty if it is missing or null; another thing than an object is not guessed at."""
    child = parent.get(name)
    if child is None:
        return {}
    if not isinstance(child, Mapping):
        raise TokenRefused("event")
    return cast("Mapping[str, object]", child)


def _typed(text: Mapping[str, object], *, is_http_api: bool) -> dict[str, object]:
    """What has none of the gateway's forms stays as it is, and is refused as such."""
    typed = dict(text)
    for name in _TIMES:
        if isinstance(value := text.get(name), str):
            typed[name] = _seconds(value)
    if isinstance(groups := text.get(_GROUPS), str):
        listed = groups.split(",") if groups else []  # `a,b`
        typed[_GROUPS] = _bracketed(groups) if is_http_api else listed
    return typed


def _seconds(text: str) -> object:
    """`1795620000`, or as REST APIs write it: `Wed Nov 25 15:37:23 UTC 2026`."""
    if _EPOCH.fullmatch(text):
        return int(text)
    with suppress(ValueError):
        return int(datetime.strptime(text, _JAVA_DATE).replace(tzinfo=UTC).timestamp())
    return text


def _bracketed(text: str) -> object:
    """`[a b]`: names of groups hold no white space."""
    if len(text) < 2 or (text[0], text[-1]) != ("[", "]"):
        return text
    return text[1:-1].split(" ") if text != "[]" else []


DEVELOPER = Caller(subject="local-dev", roles=frozenset({Role.ADMIN}))


class DevelopmentToken:
    """One token for everyone on a local stage; the settings refuse it anywhere else."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token.get_secret_value().encode()
        if not self._token:
            raise ValueError("an empty development token would open the app")

    def authenticate(self, request: Request) -> Caller | None:
        sent = bearer_token(request)
        if sent is None or not hmac.compare_digest(sent, self._token):
            return None
        return DEVELOPER
