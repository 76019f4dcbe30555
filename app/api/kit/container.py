"""What a request may reach, and what is found out about it; dependencies that take parts out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

from fastapi import Depends, Request

from app.api.kit.cookies import SAFE_METHODS, Cookies, TrustedPages
from app.core.settings import Settings
from app.services.audit import AuditLog, RequestActor
from app.services.idempotency import Claim
from app.services.limits import AttemptLimiter, Kind, RequestLimiter
from app.services.policy import Caller, Decisions
from app.services.post_reading import Visitors
from app.services.sessions import SessionStore
from singletable import Repository

if TYPE_CHECKING:
    from app.api.guards.credentials import TokenAuthentication
    from app.services.accounts import AccountService
    from app.services.jobs import JobQueue
    from app.services.objects import ObjectStore


class Authenticator(Protocol):
    def authenticate(self, request: Request) -> Caller | None:
        """None: no credentials of this kind. Raises `CredentialsWrong` for bad ones of it.

        Called for requests with an Authorization or a Cookie header; others have no credentials.
        """
        ...


def bearer_token(request: Request) -> bytes | None:
    """The token of the only Authorization header; None if there are none or several."""
    match request.headers.getlist("authorization"):
        case [header]:
            scheme, _, token = header.partition(" ")
            return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None
        case _:
            return None


@dataclass
class RequestState:
    """What is found out about one request, each thing once.

    `now`: its moment, by the app's clock, which tests set. `uncounted`: the quota that it still has
    to be counted against. `relies_on_cookies`: refused credentials are those of cookies.
    `token_ends_at`: the end of the caller's token. `claim`: of its Idempotency-Key.
    """

    now: datetime
    actor: RequestActor = field(default_factory=RequestActor)
    is_authenticated: bool = False
    uncounted: Kind | None = None
    relies_on_cookies: bool = False
    token_ends_at: datetime | None = None
    claim: Claim | None = None


def state_of(request: Request) -> RequestState:
    """The request's own, the same each time."""
    kept: dict[str, RequestState] = request.scope.setdefault("state", {})
    if (state := kept.get("request")) is None:
        state = kept["request"] = RequestState(request.app.state.clock())
    return state


def source_of(request: Request) -> str:
    """The client's IP address; empty if the server does not know it."""
    return request.client.host if request.client else ""


# What keeps the app from working, in words for the one who runs it; empty: it is ready.
Readiness: TypeAlias = Callable[[], Sequence[str]]


@dataclass(frozen=True)
class Container:
    """`auditing` makes what stands before the repository of one request.

    `service` and `by_token` are None where there is no user pool: on some local stages.

    `objects` is None where there is no bucket, `queue` where there are no jobs.
    """

    settings: Settings
    repository: Repository
    authenticators: Sequence[Authenticator]
    readiness: Readiness
    decisions: Decisions
    attempts: AttemptLimiter
    requests: RequestLimiter
    visitors: Visitors
    pages: TrustedPages
    cookies: Cookies
    gate: SessionStore
    auditing: Callable[[RequestActor], AuditLog]
    service: AccountService | None = None
    by_token: TokenAuthentication | None = None
    objects: ObjectStore | None = None
    queue: JobQueue | None = None


def container_of(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


def repository_of(request: Request) -> Repository:
    """What is written through it is noted, with who asked for it; safe methods write nothing."""
    container = container_of(request)
    if request.method in SAFE_METHODS:
        return container.repository
    return container.repository.with_middleware(container.auditing(state_of(request).actor))


# Async, since a thread would take longer than they do.
async def _repository(request: Request) -> Repository:
    return repository_of(request)


async def _moment(request: Request) -> datetime:
    return state_of(request).now


RepositoryDep = Annotated[Repository, Depends(_repository)]
NowDep = Annotated[datetime, Depends(_moment)]
