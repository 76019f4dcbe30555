"""What a request may reach: the container, and dependencies that take parts out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias

from fastapi import Depends, Request

from app.api.kit.cookies import Cookies, TrustedPages
from app.core.settings import Settings
from app.services.actors import Caller, RequestActor
from app.services.audit import AuditLog
from app.services.limits import AttemptLimiter, RequestLimiter
from app.services.policy import Decisions
from app.services.posts.views import Visitors
from app.services.sessions import SessionStore
from app.services.tokens import Claims
from singletable import Repository

if TYPE_CHECKING:
    from app.services.accounts.accounts import AccountService
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


def actor_of(request: Request) -> RequestActor:
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
class Container:
    """`auditing` makes what stands before the repository of one request.

    `service` and `bearer` are None where there is no user pool: on some local stages.

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
    bearer: TokenReader | None = None
    objects: ObjectStore | None = None
    queue: JobQueue | None = None


def container_of(request: Request) -> Container:
    container: Container = request.app.state.container
    return container


def _repository(request: Request) -> Repository:
    """What is written through it is noted, with who asked for it."""
    container = container_of(request)
    return container.repository.with_middleware(container.auditing(actor_of(request)))


RepositoryDep = Annotated[Repository, Depends(_repository)]


async def _moment(request: Request) -> datetime:
    """By the app's clock, which tests set; async, since a thread would take longer than it."""
    now: datetime = request.app.state.clock()
    return now


NowDep = Annotated[datetime, Depends(_moment)]
