"""What routes of sign-in share: attempt limits, origins, cookies, the wanted role."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from access_patterns import registrations, users
from app.api.guards.permission import Loaded
from app.api.kit.answers import Envelope
from app.api.kit.container import RepositoryDep, container_of, source_of, state_of
from app.api.kit.cookies import RefreshCookie
from app.api.v1.auth_schemas import SignedInOut, SignUp, TokenPlace, TokensOut
from app.api.v1.sessions_schemas import shown as session_shown
from app.api.v1.users_schemas import shown as user_shown
from app.core.problems import Forbidden, LoginRefused, NotConfigured, SessionEnded
from app.services.accounts.accounts import AccountService
from app.services.accounts.pool import PasswordTooWeak
from app.services.accounts.sign_in import SignedIn, refresh
from app.services.limits import Kind
from app.services.policy import ResourceKind

FOLLOWING = (users.by_id, users.mark_synced, users.delete)
"""Brings the user pool into step with an account."""


KEEPING_AN_ADMIN = (users.in_role, users.check_active_admin)


REGISTERING = (
    users.by_email,
    users.by_id,
    registrations.by_email,
    registrations.begin,
    registrations.resume,
    registrations.complete,
    registrations.cancel,
)


def renewed(service: AccountService, cookie: RefreshCookie, now: datetime) -> SignedIn:
    """`SessionEnded` too where the pool takes the token no more: revoked, expired or forged."""
    try:
        return refresh(service, cookie.token, cookie.username, now)
    except LoginRefused as refused:
        raise SessionEnded(cause=refused.cause) from None


class Delivery:
    """Answers a sign-in. The tokens go into cookies, or into the body where that was asked for."""

    def __init__(self, request: Request, response: Response) -> None:
        self._cookies = container_of(request).cookies
        self._response = response

    def __call__(
        self, signed: SignedIn, now: datetime, place: TokenPlace = "cookies"
    ) -> Envelope[SignedInOut]:
        """The refresh cookie lasts as long as the session, the others as long as their tokens."""
        tokens = signed.tokens
        refresh = RefreshCookie(signed.username, tokens.refresh) if tokens.refresh else None
        if place == "cookies":
            left = int((signed.session.expires_at - now).total_seconds())
            self._cookies.set(
                self._response,
                tokens.access,
                tokens.identity,
                refresh,
                tokens.seconds,
                refresh_age=left,
            )
        sent = TokensOut(
            access_token=tokens.access,
            identity_token=tokens.identity,
            refresh_token=refresh.text() if refresh else None,
            expires_in=tokens.seconds,
        )
        return Envelope(
            data=SignedInOut(
                user=user_shown(signed.user),
                session=session_shown(signed.session, signed.user),
                tokens=sent if place == "body" else None,
            )
        )


Deliver = Annotated[Delivery, Depends(Delivery)]


class Trying:
    """Counts an attempt; a route calls it with the account that is tried, before it is."""

    counts_as = Kind.SIGN_IN

    def __init__(self, request: Request) -> None:
        self._request = request

    def __call__(self, account: str | None) -> None:
        route: str = self._request.scope["route"].path
        container_of(self._request).attempts.hit(route, source_of(self._request), account)


ACCOUNTS = ResourceKind[SignUp]("account", SignUp, role="role")


def sent_account(wanted: SignUp) -> SignUp:
    return wanted


def _no_such_role() -> Forbidden:
    """To strangers too: credentials are not what they lack."""
    return Forbidden(action="auth.signup")


def from_own_pages(request: Request) -> None:
    """For what cookies alone allow."""
    container_of(request).pages.check(request)


def from_no_foreign_page(request: Request) -> None:
    """For what sets cookies: nobody is to be signed in by a stranger's page."""
    container_of(request).pages.check_if_sent(request)


@asynccontextmanager
async def choosing_password() -> AsyncGenerator[None]:
    """A password that the pool finds too weak is the one in `newPassword`."""
    try:
        yield
    except PasswordTooWeak as weak:
        raise PasswordTooWeak(location="body.newPassword", cause=weak.cause) from None


Attempt = Annotated[Trying, Depends(Trying)]


WantedAccount = Annotated[
    SignUp, Depends(Loaded(ACCOUNTS, "auth.signup", sent_account, hidden=_no_such_role))
]


NoForeignPage = Depends(from_no_foreign_page)


def _service(request: Request, repository: RepositoryDep) -> AccountService:
    """What it writes, and what it refuses, is recorded as the request's."""
    container = container_of(request)
    if container.service is None:
        raise NotConfigured(settings="COGNITO_USER_POOL_ID")
    audit = container.auditing(state_of(request).actor)
    return replace(container.service, repository=repository, audit=audit)


AccountServiceDep = Annotated[AccountService, Depends(_service)]


LONGEST = 300


def user_agent(request: Request) -> str:
    """As much of the header as is kept."""
    return request.headers.get("user-agent", "")[:LONGEST]


UserAgent = Annotated[str, Depends(user_agent)]
