"""The app for tokens of an issuer of the tests, with one open session. A fixture's content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from fastapi.testclient import TestClient

from access_patterns import registrations, sessions
from app.adapters.jwt import SigningKeys
from app.core.settings import Settings
from app.services.user_pool import UserPool
from model import Registration, Role, Session, SessionId, User, UserId
from tests.app.api.auth.issuer import CLIENT, SESSION, SUBJECT, URL, Issuer
from tests.app.api.v1.stores import Store, in_memory
from tests.app.harness import AppHarness
from tests.app.services.accounts.user_pool import ORIGIN
from tests.backends import Clock


@dataclass(kw_only=True)
class IssuerHarness(AppHarness):
    issuer: Issuer

    def bearer(self, token: str) -> TestClient:
        return self.client(Authorization=f"Bearer {token}")

    def cookie(self, token: str) -> TestClient:
        return self.client(Cookie=f"__Host-fm-access={token}", Origin=ORIGIN)

    def client(self, **headers: str) -> TestClient:
        return TestClient(self.app, base_url=ORIGIN, headers=headers)


@contextmanager
def issued(
    settings: Settings, *, reachable: bool = True, **changed: Any
) -> Iterator[IssuerHarness]:
    """Nobody is asked but the key set; tokens are judged at a moment that stands still."""
    issuer = Issuer(Clock(datetime.now(UTC).replace(microsecond=0)))

    def fetch(_: str) -> bytes:
        if not reachable:
            raise OSError("unreachable")
        return issuer.document()

    given = {
        "cognito_user_pool_id": "eu-west-1_tests",
        "cognito_client_id": CLIENT,
        "cognito_issuer": URL,
        "session_cache_seconds": 0.0,
        "api_hosts": "testserver",
    }
    with in_memory() as store:
        options = {
            "authenticators": (),
            "pool": cast(UserPool, object()),
            "keys": SigningKeys("https://keys.example.com", fetch),
        }
        configured = settings.model_copy(update=given | changed)
        made = IssuerHarness(configured, store, issuer=issuer, options=options)
        made.app.state.container.service.tokens._clock = issuer.clock
        _open(store, issuer.clock())
        yield made


def _open(store: Store, now: datetime) -> None:
    """The session of the issuer's tokens, of an editor."""
    user = User(user_id=UserId(SUBJECT), email="ada@example.com", role=Role.EDITOR, created_at=now)
    begun = Registration(email=user.email, started_at=now)
    store.repository().write(registrations.begin(begun))
    store.repository().write(registrations.complete(begun, user))
    session = Session(
        session_id=SessionId(SESSION),
        user_id=user.user_id,
        opened_at=now,
        expires_at=now + timedelta(days=1),
    )
    store.repository().write(sessions.start(session))
