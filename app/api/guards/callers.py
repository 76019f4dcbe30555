"""Authenticates a request once; authenticators are tried in order."""

from __future__ import annotations

from collections.abc import Callable, Collection

from fastapi import Request

from app.api.kit.container import actor_of, container_of
from app.api.kit.cookies import ACCESS, IDENTITY, PATHS
from app.api.kit.middleware import note_quota
from app.api.kit.requests import source_of
from app.core.context import log_fields
from app.core.problems import CredentialsWrong, SessionEnded, TooManyRequests
from app.services.limits import WINDOW_SECONDS, Kind, QuotaState, RequestLimiter
from app.services.policy import Caller

_CALLER = "shown_caller"


def authenticate_once(request: Request) -> Caller | None:
    """None without credentials; bad credentials are refused, never taken for none. May block."""
    if not is_authenticated(request):
        setattr(request.state, _CALLER, _authenticated(request))
    caller: Caller | None = getattr(request.state, _CALLER)
    return caller


def is_authenticated(request: Request) -> bool:
    """Whether `authenticate_once` knows already, and does not block."""
    return hasattr(request.state, _CALLER)


def _authenticated(request: Request) -> Caller | None:
    for authenticator in container_of(request).authenticators:
        if caller := authenticator.authenticate(request):
            log_fields().update(subject=caller.subject, roles=sorted(caller.roles))
            actor_of(request).caller = caller
            return caller
    if "authorization" in request.headers:
        raise CredentialsWrong()
    return None


NONE: Collection[str] = ()


OF_TOKENS: Collection[str] = (ACCESS, IDENTITY)


OF_SESSION: Collection[str] = tuple(PATHS)


def rely_on_cookies(request: Request) -> None:
    """From here on, credentials that are refused are those of the cookies."""
    request.state.relies_on_cookies = True


def dead_cookies(request: Request, refusal: Exception) -> Collection[str]:
    """The names of those that the refusal is about: a wrong token may be renewed, a session not."""
    if not getattr(request.state, "relies_on_cookies", False):
        return NONE
    match refusal:
        case CredentialsWrong():
            return OF_TOKENS
        case SessionEnded():
            return OF_SESSION
        case _:
            return NONE


_COUNTING = "counting"


class QuotaCount:
    """Kept with the request, so that whoever learns first who asks may count."""

    def __init__(self, request: Request, requests: RequestLimiter, kind: Kind) -> None:
        self._request = request
        self._requests = requests
        self._kind = kind
        self._is_done = False
        setattr(request.state, _COUNTING, self)

    def by_caller(self, subject: str) -> None:
        """Raises `TooManyRequests`."""
        self._once(lambda: self._requests.of_caller(self._kind, subject))

    def by_source(self) -> None:
        """Raises `TooManyRequests`."""
        self._once(lambda: self._requests.of_source(self._kind, source_of(self._request)))

    def _once(self, count: Callable[[], QuotaState]) -> None:
        if self._is_done:
            return
        self._is_done = True
        standing = count()
        note_quota(
            standing.kind,
            quota=standing.quota,
            window=WINDOW_SECONDS,
            left=standing.count.left,
            seconds=standing.count.whole_seconds,
        )
        if not standing.count.admitted:
            raise TooManyRequests(seconds=standing.count.whole_seconds)


def count_caller(request: Request, subject: str) -> None:
    """Before anything is asked for the caller's sake; nothing where requests are not counted."""
    counting: QuotaCount | None = getattr(request.state, _COUNTING, None)
    if counting is not None:
        counting.by_caller(subject)
