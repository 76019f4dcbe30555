"""Sessions for tokens that were got at the user pool itself: once, in time, and one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from access_patterns import users
from app.core.problems import SessionEnded
from app.core.settings import Settings
from app.services.sessions import Claims
from app.services.user_pool import Tokens
from model import SessionId, User
from tests.app import expect
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.pools import add_user
from tests.app.services.accounts.user_pool import ORIGIN, PASSWORD

PATH = "/v1/sessions"


def tokens_of(harness: AppHarness, name: str = "ada") -> Tokens:
    """Of a sign-in at the pool, past the app."""
    signed = harness.pool.sign_in(f"{name}@example.com", PASSWORD)
    assert isinstance(signed, Tokens)
    return signed


def client_as(harness: AppHarness, token: str, **headers: str) -> TestClient:
    given = {"Authorization": f"Bearer {token}", **headers}
    return TestClient(harness.app, base_url=ORIGIN, headers=given)


def claims_in(harness: AppHarness, tokens: Tokens) -> Claims:
    return harness.service.tokens.verify(tokens.access)


def test_a_token_opens_nothing_before_its_session(any_harness: AppHarness) -> None:
    """Then the session is opened, as Location says, and the token is as good as a sign-in's."""
    ada = any_harness.account("ada")
    tokens = tokens_of(any_harness)
    client = client_as(any_harness, tokens.access)
    expect.failure(client.get("/v1/auth/me"), 401, "session-ended")
    answer = client.post(PATH, json={"userAgent": "curl"})
    opened = expect.success(answer, 201)
    assert answer.headers["location"] == f"{PATH}/{opened['sessionId']}"
    assert "set-cookie" not in answer.headers
    claims = claims_in(any_harness, tokens)
    assert opened["sessionId"] == claims.session_id
    assert (opened["userId"], opened["userAgent"], opened["isOpen"]) == (ada.user_id, "curl", True)
    lasting = datetime.fromisoformat(opened["expiresAt"]) - claims.authenticated_at
    assert lasting == any_harness.service.lasting
    expect.success(client.get("/v1/auth/me"))
    assert expect.success(client.get(answer.headers["location"])) == opened


def test_what_was_opened_is_not_opened_again(harness: AppHarness) -> None:
    """401, and the session stays as it is."""
    harness.account("ada")
    client = client_as(harness, tokens_of(harness).access)
    expect.success(client.post(PATH, json={}), 201)
    expect.failure(client.post(PATH, json={}), 401, "login-refused")
    expect.success(client.get("/v1/auth/me"))


Ending = Callable[[TestClient, str], Any]
ENDINGS: list[Ending] = [
    lambda client, session: client.delete(f"{PATH}/{session}"),
    lambda client, _: client.delete(PATH),
]


@pytest.mark.parametrize("end", ENDINGS, ids=["one", "all"])
def test_what_was_ended_stays_so(any_harness: AppHarness, end: Ending) -> None:
    """Neither this token nor a fresh one of the same sign-in opens it again."""
    any_harness.account("ada")
    tokens = tokens_of(any_harness)
    client = client_as(any_harness, tokens.access)
    session = expect.success(client.post(PATH, json={}), 201)["sessionId"]
    assert end(client, session).status_code == 204
    for _ in range(2):
        expect.failure(client.post(PATH, json={}), 401, "login-refused")
        expect.failure(client.get("/v1/auth/me"), 401, "session-ended")


def test_a_sign_in_too_long_ago_opens_nothing(settings: Settings) -> None:
    """The session would have ended before now: its item may be gone, and it is not begun anew."""
    with in_memory() as store, open_with_pool(settings, store, session_seconds=300) as harness:
        harness.account("ada")
        tokens = tokens_of(harness)
        late = claims_in(harness, tokens).authenticated_at + timedelta(seconds=301)
        opening = client_as(harness, tokens.access)
        harness.app.state.clock = lambda: late
        expect.failure(opening.post(PATH, json={}), 401, "login-refused")
        harness.app.state.clock = lambda: late - timedelta(seconds=2)
        expect.success(opening.post(PATH, json={}), 201)


def _disabled(harness: AppHarness, ada: User) -> None:
    harness.repository.write(users.disable(ada, datetime.now(UTC)))


def _leaving(harness: AppHarness, ada: User) -> None:
    harness.repository.write(users.begin_deletion(ada, datetime.now(UTC)))


@pytest.mark.parametrize("shut_out", [_disabled, _leaving])
def test_who_is_shut_out_opens_nothing(
    harness: AppHarness, shut_out: Callable[[AppHarness, User], None]
) -> None:
    """401 as for a wrong password, though the pool still gives tokens."""
    ada = harness.account("ada")
    shut_out(harness, ada)
    client = client_as(harness, tokens_of(harness).access)
    expect.failure(client.post(PATH, json={}), 401, "login-refused")


def test_an_account_in_the_pool_alone_opens_nothing(harness: AppHarness) -> None:
    """It is nobody's here."""
    add_user(harness.pool, "eve@example.com")
    client = client_as(harness, tokens_of(harness, "eve").access)
    expect.failure(client.post(PATH, json={}), 401, "login-refused")


def test_only_an_access_token_in_the_header_opens(harness: AppHarness) -> None:
    """No id token, no cookie, no other scheme, not the development token."""
    harness.account("ada")
    tokens = tokens_of(harness)
    cookie = TestClient(
        harness.app,
        base_url=ORIGIN,
        headers={"Cookie": f"__Host-fm-access={tokens.access}", "Origin": ORIGIN},
    )
    expect.failure(cookie.post(PATH, json={}), 401, "credentials-missing")
    for sent in (
        f"Bearer {tokens.identity}",
        f"Bearer {tokens.refresh}",
        f"Basic {tokens.access}",
        f"Bearer {tokens.access}x",
        "Bearer local-dev-token",
        "",
    ):
        client = TestClient(harness.app, base_url=ORIGIN, headers={"Authorization": sent})
        expect.failure(client.post(PATH, json={}), 401, "credentials-wrong")


def test_another_ones_session_is_not_entered(harness: AppHarness) -> None:
    """A token that names the session of somebody else is none of that session's."""
    ada, eve = harness.account("ada"), harness.account("eve")
    session = expect.success(
        client_as(harness, tokens_of(harness).access).post(PATH, json={}), 201
    )["sessionId"]
    with pytest.raises(SessionEnded):
        harness.service.gate.get(SessionId(session), eve.user_id, datetime.now(UTC))
    standing = harness.service.gate.get(SessionId(session), ada.user_id, datetime.now(UTC))
    assert standing.user == ada


def test_a_name_too_long_is_located(harness: AppHarness) -> None:
    """422, and the session can still be opened."""
    harness.account("ada")
    client = client_as(harness, tokens_of(harness).access)
    answer = client.post(PATH, json={"userAgent": "x" * 301})
    details = expect.failure(answer, 422, "unprocessable")["details"]
    assert [each["location"] for each in details] == ["body.userAgent"]
    expect.success(client.post(PATH, json={}), 201)
