"""Who asks, found out once for each request, by the authenticators in their order."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from app.auth.asked import asked_in
from app.auth.caller import Caller
from app.http.refusals import CredentialsWrong
from app.wiring import wiring_of

_STATE = "shown_caller"


def shown_caller(request: Request) -> Caller | None:
    """None without credentials; bad credentials are refused, never taken for none. May block."""
    if not is_shown(request):
        setattr(request.state, _STATE, _authenticated(request))
    caller: Caller | None = getattr(request.state, _STATE)
    return caller


def is_shown(request: Request) -> bool:
    """Whether `shown_caller` knows already, and does not block."""
    return hasattr(request.state, _STATE)


def _authenticated(request: Request) -> Caller | None:
    for authenticator in wiring_of(request).authenticators:
        if caller := authenticator.authenticate(request):
            noted(request).update(subject=caller.subject, roles=sorted(caller.roles))
            asked_in(request).caller = caller
            return caller
    if "authorization" in request.headers:
        raise CredentialsWrong()
    return None


def noted(request: Request) -> dict[str, Any]:
    """What the access line says of this request beyond its outcome."""
    state: dict[str, dict[str, Any]] = request.scope.setdefault("state", {})
    return state.setdefault("log", {})
