"""Dependencies that authenticate, and refuse the request unless the policy allows it.

A guard names its actions in `policy_actions`; `GuardedRoute` refuses routes without a guard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Protocol, runtime_checkable

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool

from app.api.guards.callers import authenticate_once, is_authenticated, log_fields
from app.api.kit.container import NowDep, actor_of, container_of
from app.api.kit.cookies import ACCESS
from app.core.problems import CredentialsMissing
from app.services.actors import Caller
from app.services.policy import Decision, Permission, Resource

BEARER = HTTPBearer(
    scheme_name="bearer",
    description="An access token; on a local stage the development token.",
    auto_error=False,
)


COOKIE = APIKeyCookie(
    name=ACCESS,
    scheme_name="cookie",
    description="The cookie of a sign-in. Writes need `Origin` or `Sec-Fetch-Site` beside it.",
    auto_error=False,
)


@runtime_checkable
class Guarding(Protocol):
    """A dependency that asks the policy; `resource_type`: what the actions are done to."""

    policy_actions: tuple[str, ...]
    resource_type: str


async def optional_caller(request: Request) -> Caller | None:
    """None without credentials; bad credentials are refused, never taken for none.

    Async: on routes that count their requests it is known already, and needs no thread.
    """
    if is_authenticated(request):
        return authenticate_once(request)
    return await run_in_threadpool(authenticate_once, request)


OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]


def require_caller(
    caller: OptionalCaller,
    _bearer: Annotated[object, Depends(BEARER)],
    _cookie: Annotated[object, Depends(COOKIE)],
) -> Caller:
    """For everything that writes, and what is private: no caller, no entry."""
    if caller is None:
        raise CredentialsMissing()
    return caller


KnownCaller = Annotated[Caller, Depends(require_caller)]


async def permission_of(request: Request, caller: OptionalCaller, now: NowDep) -> Permission:
    return Permission(container_of(request).decisions, caller, now, log_decision(request))


async def permission_of_anyone(request: Request, now: NowDep) -> Permission:
    return Permission(container_of(request).decisions, None, now, log_decision(request))


PermissionDep = Annotated[Permission, Depends(permission_of)]


AnyoneMay = Annotated[Permission, Depends(permission_of_anyone)]


class Allowed:
    """Ends the request unless the caller may do this, whatever it is done to."""

    resource_type = "none"

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(self, may: PermissionDep) -> None:
        may.require(self.policy_actions[0], Resource(self.resource_type))


class AllowedToAnyone:
    """The same, without looking at credentials: for those who come to get some."""

    resource_type = "none"

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    async def __call__(self, may: AnyoneMay) -> None:
        may.require(self.policy_actions[0], Resource(self.resource_type))


def log_decision(request: Request) -> Callable[[Decision], None]:
    """The access line carries the last decision of each action."""

    def note(decision: Decision) -> None:
        decided = log_fields(request).setdefault("decisions", {})
        decided[decision.action] = {"id": decision.id, "allowed": decision.allowed}
        if decision.allowed:
            actor_of(request).action = decision.action

    return note
