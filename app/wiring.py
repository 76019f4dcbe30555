"""What a request may reach, put together once by `create_app`. Knows no route."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol, TypeAlias

from fastapi import Depends, Request

from app.auth.asked import Asked, asked_in
from app.auth.authenticator import Authenticator
from app.auth.claims import Claims
from app.limits import Attempts
from app.limits.requests import Requests
from app.policy.decisions import Decisions
from app.posts.visitors import Visitors
from app.sessions.gate import SessionGate
from app.settings import Settings
from singletable import Repository
from singletable.inspect import Middleware

if TYPE_CHECKING:
    from app.accounts.desk import Desk
    from app.aws.errors import ObjectStore
    from app.jobs.queue import JobQueue

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
    auditing: Callable[[Asked], Middleware]
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
