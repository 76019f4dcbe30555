"""The port behind which credentials become a caller.

A guard for signed tokens is another class behind this port; `create_app` takes them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias

from fastapi import Depends, Request

from app.core.settings.fields import Settings
from app.services.actors import Caller, RequestActor
from app.services.limits import Attempts
from app.services.policy import Decisions
from app.services.posts.views import Visitors
from app.services.request_limits import Requests
from app.services.sessions import SessionGate
from app.services.tokens import Claims
from singletable import Repository
from singletable.inspect import Middleware

if TYPE_CHECKING:
    from app.services.accounts.accounts import Desk
    from app.services.jobs.jobs import JobQueue
    from app.services.objects import ObjectStore


class Authenticator(Protocol):
    def authenticate(self, request: Request) -> Caller | None:
        """None: no credentials of this kind. Raises `CredentialsWrong` for bad ones of it."""
        ...


def bearer_token(request: Request) -> bytes | None:
    """The token of the only Authorization header; None if there are none or several."""
    match request.headers.getlist("authorization"):
        case [header]:
            scheme, _, token = header.partition(" ")
            return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None
        case _:
            return None


def asked_in(request: Request) -> RequestActor:
    """The request's own, the same each time."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    asked: RequestActor = state.setdefault("asked", RequestActor())
    return asked


# What keeps the app from working, in words for the one who runs it; empty: it is ready.
Readiness: TypeAlias = Callable[[], Sequence[str]]


class TokenReader(Protocol):
    """Reads the token of a request, whatever became of its session."""

    def claims(self, request: Request) -> Claims | None:
        """None without a token; raises `CredentialsWrong`."""
        ...


@dataclass(frozen=True)
class Wiring:
    """`auditing` makes what stands before the repository of one request.

    `desk` and `bearer` are None where there is no user pool: on some local stages.

    `objects` is None where there is no bucket, `queue` where there are no jobs.
    """

    settings: Settings
    repository: Repository
    authenticators: Sequence[Authenticator]
    readiness: Readiness
    decisions: Decisions
    attempts: Attempts
    requests: Requests
    visitors: Visitors
    allowed_origins: frozenset[str]
    gate: SessionGate
    auditing: Callable[[RequestActor], Middleware]
    desk: Desk | None = None
    bearer: TokenReader | None = None
    objects: ObjectStore | None = None
    queue: JobQueue | None = None


def wiring_of(request: Request) -> Wiring:
    wiring: Wiring = request.app.state.wiring
    return wiring


def _repository(request: Request) -> Repository:
    """What is written through it is noted, with who asked for it."""
    wiring = wiring_of(request)
    return wiring.repository.with_middleware(wiring.auditing(asked_in(request)))


Stored = Annotated[Repository, Depends(_repository)]
