"""Builds the container: the only place that chooses the parts of the app."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

from app.adapters.jwt import JwtVerifier, SigningKeys
from app.adapters.redis import RedisCounters, RedisSessions
from app.api.guards.credentials import DevelopmentToken, TokenAuthentication
from app.api.kit.container import Authenticator, Container, Readiness
from app.api.kit.cookies import Cookies, TrustedPages
from app.aws.clients import Clients
from app.aws.cognito import make_user_pool
from app.aws.messaging import make_job_queue
from app.aws.s3 import make_object_store
from app.core.context import check_declared, utc_now
from app.core.metrics import note_policy_failure
from app.core.settings import Settings
from app.core.settings_base import parse_hosts, parse_origins
from app.services.accounts import AccountService, Challenges
from app.services.audit import AuditLog
from app.services.limits import AttemptLimiter, MemoryCounters, RequestLimiter, quotas
from app.services.policy import Decisions, Policy
from app.services.post_reading import Visitors
from app.services.sessions import Expected, SessionStore
from app.services.user_pool import UserPool
from singletable import Repository


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

    `opened` is given what has to be closed at the end. Nothing connects yet.
    """
    repository = repository.with_middleware(check_declared)
    secret = settings.secrets[0]
    pages = TrustedPages(parse_origins(settings.allowed_origins), parse_hosts(settings.api_hosts))
    cookies = Cookies(settings.cookie_domain, settings.cookie_secure)
    shared, seconds = None, settings.session_cache_seconds
    if settings.redis_url and seconds:
        shared = RedisSessions(settings.redis_url, secret, seconds)
    gate = SessionStore(repository, seconds, shared=shared)
    attempts, requests = make_limiters(settings)
    for each in (gate, attempts, requests):
        opened.callback(each.close)
    service = by_token = None
    if pool := pool or make_user_pool(settings, clients):
        leeway = timedelta(seconds=settings.token_leeway_seconds)
        expected = Expected(settings.cognito_issuer, settings.cognito_client_id, leeway)
        tokens = JwtVerifier(expected, keys or SigningKeys(settings.cognito_jwks_url), utc_now)
        lasting = timedelta(seconds=settings.session_seconds)
        service = AccountService(repository, pool, tokens, gate, lasting, Challenges(secret))
        gateway = expected if settings.cognito_trust_api_gateway else None
        by_token = TokenAuthentication(tokens, gate, cookies, pages, gateway)
    return Container(
        settings=settings,
        repository=repository,
        authenticators=(
            *authenticators,
            *([DevelopmentToken(settings.admin_api_token)] if settings.is_local else []),
            *([by_token] if by_token else []),
        ),
        readiness=readiness,
        decisions=Decisions(policy, note_policy_failure),
        attempts=attempts,
        requests=requests,
        visitors=Visitors(secret),
        pages=pages,
        cookies=cookies,
        gate=gate,
        auditing=partial(
            AuditLog,
            lasting=timedelta(days=settings.audit_days) if settings.audit_days else None,
        ),
        service=service,
        by_token=by_token,
        objects=make_object_store(settings, clients),
        queue=make_job_queue(settings, clients),
    )


def make_limiters(settings: Settings) -> tuple[AttemptLimiter, RequestLimiter]:
    """Count in Redis if there is one, else in this process. Connect to nothing yet."""
    secret = settings.secrets[0]
    base, without = settings.sign_in_attempts_per_minute, settings.sign_in_without_redis
    own = MemoryCounters()
    if not settings.redis_url:
        attempts = AttemptLimiter(MemoryCounters(), base, secret)
        return attempts, RequestLimiter(quotas(settings), secret, own)
    shared = RedisCounters(settings.redis_url, _MEANWHILE[without])
    meanwhile = MemoryCounters() if without == "limited" else None
    return (
        AttemptLimiter(shared, base, secret, meanwhile),
        RequestLimiter(quotas(settings), secret, shared, own),
    )


_MEANWHILE = {
    "limited": "each process counts for itself, and admits a third of the attempts at sign-in",
    "refused": "each process counts for itself, and admits no attempt at sign-in",
}
