"""Out for good, whatever is left of a sign-in's cookies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.adapters.jwt import JwtVerifier
from app.services import sessions
from tests.app import expect
from tests.app.api.v1.auth.answers import ACCESS, ALL, REFRESH, sending, taken_back, with_cookies
from tests.app.harness import AppHarness

PATH = "/v1/auth/logout"
FORGED = f"{ACCESS}=aaa.bbb.ccc"


@pytest.mark.parametrize(
    "sent",
    [(ACCESS, REFRESH), (ACCESS,), (REFRESH,), (REFRESH, FORGED)],
    ids=["both", "access", "refresh", "refresh and a forged access cookie"],
)
def test_the_session_is_over_at_once(any_harness: AppHarness, sent: tuple[str, ...]) -> None:
    """204, all cookies are taken back, the token opens nothing; harmless twice."""
    any_harness.account("ada")
    browser = any_harness.sign_in("ada")
    bearer = any_harness.bearer(browser)
    own = [sending(browser, each) if each in ALL else each for each in sent]
    leaving = with_cookies(any_harness, Cookie="; ".join(own))
    for _ in range(2):
        answer = leaving.post(PATH)
        assert (answer.status_code, answer.content) == (204, b"")
        assert taken_back(answer) == ALL
        expect.failure(bearer.get("/v1/auth/me"), 401, "session-ended")


@pytest.mark.parametrize(
    "sent", ["", FORGED, f"{REFRESH}=x", f"{FORGED}; {REFRESH}=x", f"{ACCESS}="]
)
def test_cookies_of_no_sign_in_are_taken_back_as_well(harness: AppHarness, sent: str) -> None:
    """204, and whoever else is signed in stays so."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    answer = with_cookies(harness, Cookie=sent).post(PATH)
    assert answer.status_code == 204
    assert taken_back(answer) == ALL
    expect.success(browser.get("/v1/auth/me"))


def test_an_expired_access_cookie_ends_its_session(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which, and nobody else could have signed it."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    session = expect.success(browser.get("/v1/auth/me"))["session"]["sessionId"]
    expired = sending(browser, ACCESS)
    fresh = harness.sign_in("ada")
    later = JwtVerifier(
        harness.service.tokens._expected,
        harness.service.tokens._keys,
        lambda: datetime.now(UTC) + timedelta(hours=30),
    )
    with monkeypatch.context() as patched:
        patched.setattr(harness.service.tokens, "_clock", later._clock)
        with pytest.raises(sessions.TokenRefused, match="expired"):
            harness.service.tokens.verify(browser.cookies[ACCESS])
        assert with_cookies(harness, Cookie=expired).post(PATH).status_code == 204
    shown = expect.success(fresh.get(f"/v1/sessions/{session}"))
    assert shown["isOpen"] is False


def test_the_refresh_token_is_revoked_at_the_pool(harness: AppHarness) -> None:
    """Nobody who copied it gets tokens of it."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    token = browser.cookies[REFRESH].partition(".")[2]
    browser.post(PATH)
    assert token in harness.pool.revoked


def test_other_sessions_of_the_user_stay_open(harness: AppHarness) -> None:
    """One browser is signed out, not the person."""
    harness.account("ada")
    first, second = harness.sign_in("ada"), harness.sign_in("ada")
    first.post(PATH)
    expect.success(second.get("/v1/auth/me"))


def test_signing_out_without_anything_is_harmless(harness: AppHarness) -> None:
    """Without cookies there is nothing that a foreign page could end."""
    assert harness.browser(origin=None).post("/v1/auth/logout").status_code == 204


def test_a_bearer_token_is_signed_out_as_well(harness: AppHarness) -> None:
    """At once, and it needs no origin."""
    harness.account("ada")
    bearer = harness.bearer(harness.sign_in("ada"))
    assert bearer.post("/v1/auth/logout").status_code == 204
    expect.failure(bearer.get("/v1/auth/me"), 401, "session-ended")
