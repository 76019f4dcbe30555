"""Builds the container: the only place that chooses the parts of the app."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from app.adapters.jwks import SigningKeys
from app.adapters.jwt import JwtVerifier
from app.adapters.memory_counters import MemoryWindows
from app.api.guards.credentials import (
    AccessCookie,
    BearerToken,
    DevelopmentToken,
    GatewayClaims,
    TokenAuthentication,
)
from app.api.kit.container import Authenticator, Container, Readiness
from app.aws.clients import Clients
from app.aws.cognito import make_user_pool
from app.aws.s3 import make_object_store
from app.aws.sqs import make_job_queue
from app.core.asks import check_declared
from app.core.context import utc_now
from app.core.metrics import note_policy_failure
from app.core.settings.base import parse_origins
from app.core.settings.fields import Settings
from app.services.accounts.accounts import AccountService, Challenges
from app.services.accounts.pool import UserPool
from app.services.audit import AuditLog
from app.services.limits import AttemptLimiter, Counters, Fallback, Windows
from app.services.policy import Decisions, Policy
from app.services.posts.views import Visitors
from app.services.request_limits import RequestLimiter, quotas
from app.services.sessions import SessionStore
from app.services.tokens import Expected
from singletable import Repository

if TYPE_CHECKING:
    from app.adapters.shared_sessions import SharedStandings


def build_container(
    settings: Settings,
    repository: Repository,
    readiness: Readiness,
    policy: Policy,
    *,
    clients: Clients,
    opened: ExitStack,
    pool: UserPool | None = None,
    keys: SigningKeys | None = None,
    authenticators: Sequence[Authenticator] = (),
) -> Container:
    """`authenticators` come first; `pool` and `keys` stand in for Cognito's.

    `opened` is given what has to be closed at the end.
    """
    repository = repository.with_middleware(check_declared)
    gate = SessionStore(
        repository, settings.session_cache_seconds, shared=_shared_standings(settings)
    )
    opened.callback(gate.close)
    origins = parse_origins(settings.allowed_origins)
    service, entrance = None, None
    pool = pool or make_user_pool(settings, clients)
    attempts = make_attempts(settings)
    requests = make_requests(settings)
    opened.callback(attempts.close)
    opened.callback(requests.close)
    if pool is not None:
        keys = keys or SigningKeys(settings.cognito_jwks_url)
        tokens = JwtVerifier(_expected(settings), keys, utc_now)
        lasting = timedelta(seconds=settings.session_seconds)
        challenges = Challenges(settings.cursor_secret.get_secret_value().encode())
        service = AccountService(repository, pool, tokens, gate, lasting, challenges)
        entrance = TokenAuthentication(tokens, gate)
    bearer = BearerToken(entrance) if entrance else None
    return Container(
        settings=settings,
        repository=repository,
        authenticators=(
            *authenticators,
            *_development(settings),
            *_gateway(settings, entrance),
            *([bearer] if bearer else []),
            *([AccessCookie(entrance, origins)] if entrance else []),
        ),
        readiness=readiness,
        decisions=Decisions(policy, *_counted(settings)),
        attempts=attempts,
        requests=requests,
        visitors=Visitors(settings.cursor_secret.get_secret_value().encode()),
        allowed_origins=origins,
        gate=gate,
        auditing=partial(AuditLog, lasting=_kept(settings)),
        service=service,
        bearer=bearer,
        objects=make_object_store(settings, clients),
        queue=make_job_queue(settings, clients),
    )


def make_attempts(settings: Settings) -> AttemptLimiter:
    """Counts in Redis if there is one, else in this process. Connects to nothing yet."""
    secret = settings.cursor_secret.get_secret_value().encode()
    return AttemptLimiter(
        _windows(settings.redis_url), settings.sign_in_attempts_per_minute, secret
    )


def make_requests(settings: Settings) -> RequestLimiter:
    """Counts in Redis if there is one, else in this process. Connects to nothing yet."""
    secret = settings.cursor_secret.get_secret_value().encode()
    return RequestLimiter(_counters(settings.redis_url), quotas(settings), secret)


def _windows(redis_url: str) -> Windows:
    if not redis_url:
        return MemoryWindows(monotonic)
    from app.adapters.redis_counters import RedisWindows  # noqa: PLC0415  # most processes start without it

    return RedisWindows(redis_url)


def _counters(redis_url: str) -> Counters:
    own = MemoryWindows(monotonic)
    if not redis_url:
        return Fallback(own)
    from app.adapters.redis_counters import RedisWindows  # noqa: PLC0415  # most processes start without it

    return Fallback(RedisWindows(redis_url, REQUESTS_PREFIX), own)


def _shared_standings(settings: Settings) -> SharedStandings | None:
    if not settings.redis_url or not settings.session_cache_seconds:
        return None
    from app.adapters.shared_sessions import SharedStandings  # noqa: PLC0415  # most start without Redis

    secret = settings.cursor_secret.get_secret_value().encode()
    return SharedStandings(settings.redis_url, secret, settings.session_cache_seconds)


def _counted(settings: Settings) -> Sequence[Callable[[], None]]:
    return () if settings.metrics == "off" else (note_policy_failure,)


def _kept(settings: Settings) -> timedelta | None:
    return timedelta(days=settings.audit_days) if settings.audit_days else None


def _expected(settings: Settings) -> Expected:
    return Expected(
        settings.cognito_issuer,
        settings.cognito_client_id,
        timedelta(seconds=settings.token_leeway_seconds),
    )


def _development(settings: Settings) -> Sequence[Authenticator]:
    return (DevelopmentToken(settings.admin_api_token),) if settings.is_local else ()


def _gateway(settings: Settings, entrance: TokenAuthentication | None) -> Sequence[Authenticator]:
    if entrance is None or not settings.cognito_trust_api_gateway:
        return ()
    return (GatewayClaims(entrance, _expected(settings)),)


log = logging.getLogger(__name__)


def closing_at_the_end(
    opened: ExitStack,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A lifespan. The server ends it when the running requests are answered."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await run_in_threadpool(opened.close)
        log.info("closed")

    return lifespan


REQUESTS_PREFIX = "requests"
