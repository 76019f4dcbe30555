"""Dependencies that say who asks, or refuse. Knows authenticators by their port only."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from app.auth.caller import Caller
from app.http.refusals import CredentialsMissing, CredentialsWrong, Forbidden
from app.wiring import wiring_of
from model import Role

SHOWN_IN_OPENAPI = HTTPBearer(
    scheme_name="bearer",
    description="An access token; on a local stage the development token.",
    auto_error=False,
)


def optional_caller(request: Request) -> Caller | None:
    """None without credentials; bad credentials are refused, never taken for none."""
    for authenticator in wiring_of(request).authenticators:
        if caller := authenticator.authenticate(request):
            request.state.log = {"subject": caller.subject, "roles": sorted(caller.roles)}
            return caller
    if "authorization" in request.headers:
        raise CredentialsWrong()
    return None


def require_caller(
    caller: Annotated[Caller | None, Depends(optional_caller)],
    _shown: Annotated[object, Depends(SHOWN_IN_OPENAPI)],
) -> Caller:
    """For everything that writes, and what is private: no caller, no entry."""
    if caller is None:
        raise CredentialsMissing()
    return caller


def require_admin(caller: Annotated[Caller, Depends(require_caller)]) -> Caller:
    """For what concerns other people's accounts."""
    if Role.ADMIN not in caller.roles:
        raise Forbidden(action="acting on other people's accounts")
    return caller


OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]
KnownCaller = Annotated[Caller, Depends(require_caller)]
