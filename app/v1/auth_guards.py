"""What stands around the routes that strangers may try: attempts, origins, the wanted role."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request

from app.accounts.pool_errors import PasswordTooWeak
from app.auth.guard import May
from app.http.origins import check_origin, check_origin_if_sent
from app.http.refusals import Forbidden
from app.http.source import source_of
from app.http.validation import invalid
from app.limits.kinds import Kind
from app.policy.question import Resource
from app.v1.auth_schemas import SignUp
from app.wiring import wiring_of


class Trying:
    """Counts an attempt; a route calls it with the account that is tried, before it is."""

    counts_as = Kind.SIGN_IN

    def __init__(self, request: Request) -> None:
        self._request = request

    def __call__(self, account: str | None) -> None:
        route: str = self._request.scope["route"].path
        wiring_of(self._request).attempts.spend(route, source_of(self._request), account)


class SigningUp:
    """The account that is wanted, if the caller may make one with this role."""

    policy_actions = ("auth.signup",)
    resource_type = "account"

    def __call__(self, wanted: SignUp, may: May) -> SignUp:
        action, account = "auth.signup", Resource(self.resource_type, role=wanted.role)
        if not may.allows(action, account):
            raise Forbidden(action=action)  # to strangers too: credentials are not what they lack
        return wanted


def from_own_pages(request: Request) -> None:
    """For what cookies alone allow."""
    check_origin(request, wiring_of(request).allowed_origins)


def from_no_foreign_page(request: Request) -> None:
    """For what sets cookies: nobody is to be signed in by a stranger's page."""
    check_origin_if_sent(request, wiring_of(request).allowed_origins)


@asynccontextmanager
async def choosing_password() -> AsyncGenerator[None]:
    """A password that the pool finds too weak is the one in `newPassword`."""
    try:
        yield
    except PasswordTooWeak as weak:
        raise invalid("body.newPassword", "too-weak", str(weak)) from None


Attempt = Annotated[Trying, Depends(Trying)]
WantedAccount = Annotated[SignUp, Depends(SigningUp())]
OwnPage = Depends(from_own_pages)
NoForeignPage = Depends(from_no_foreign_page)
