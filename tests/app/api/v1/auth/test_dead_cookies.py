"""Cookies that open nothing any more trap nobody: the refusal takes them back."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.api.v1.auth.answers import (
    ACCESS,
    ALL,
    IDENTITY,
    REFRESH,
    sending,
    taken_back,
    with_cookies,
)
from tests.app.harness import AppHarness

PUBLIC = "/v1/categories"
FORGED = f"{ACCESS}=aaa.bbb.ccc"


def test_a_reader_with_a_wrong_cookie_is_a_stranger_at_the_next_try(harness: AppHarness) -> None:
    """A public page is refused once, and then shown; the refresh cookie is left for a refresh."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    broken = browser.cookies[ACCESS][:-6] + "AAAAAA"
    browser.cookies.delete(ACCESS)
    browser.cookies.set(ACCESS, broken, domain="testserver.local", path="/")
    answer = browser.get(PUBLIC)
    expect.failure(answer, 401, "credentials-wrong")
    assert taken_back(answer) == {ACCESS, IDENTITY}
    assert set(browser.cookies) == {REFRESH}
    expect.success(browser.get(PUBLIC))
    expect.success(browser.post("/v1/auth/refresh"))
    expect.success(browser.get("/v1/auth/me"))


def test_a_reader_whose_session_was_ended_is_a_stranger_at_the_next_try(
    harness: AppHarness,
) -> None:
    """All cookies are gone by then."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    harness.bearer(browser).delete("/v1/sessions")
    expect.failure(browser.get(PUBLIC), 401, "session-ended")
    assert not browser.cookies
    expect.success(browser.get(PUBLIC))


@pytest.mark.parametrize("path", [PUBLIC, "/v1/auth/me", "/v1/posts?category=news"])
def test_wrong_cookies_are_never_taken_for_none(harness: AppHarness, path: str) -> None:
    """Nobody signed in is served as a stranger without a word."""
    answer = with_cookies(harness, Cookie=FORGED).get(path)
    expect.failure(answer, 401, "credentials-wrong")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_foreign_page_takes_no_cookie_from_anyone(harness: AppHarness) -> None:
    """It is refused before the cookie is looked at."""
    answer = with_cookies(harness, "https://attacker.example", Cookie=FORGED).delete("/v1/sessions")
    expect.failure(answer, 403, "foreign-origin")
    assert taken_back(answer) == set()


def test_a_dead_bearer_token_takes_no_cookie_from_anyone(harness: AppHarness) -> None:
    """The cookies beside it are another session's."""
    harness.account("ada")
    ended, browser = harness.sign_in("ada"), harness.sign_in("ada")
    bearer = harness.bearer(ended)
    ended.post("/v1/auth/logout")
    bearer.headers["Cookie"] = sending(browser)
    answer = bearer.get("/v1/auth/me")
    expect.failure(answer, 401, "session-ended")
    assert taken_back(answer) == set()


@pytest.mark.parametrize("path", ["/v1/auth/login", "/v1/auth/logout", "/v1/auth/refresh"])
def test_the_ways_in_and_out_work_with_dead_cookies(harness: AppHarness, path: str) -> None:
    """None of them looks at the access cookie first."""
    harness.account("ada")
    browser: TestClient = harness.sign_in("ada")
    carrying = with_cookies(harness, Cookie=f"{FORGED}; {IDENTITY}=x; {sending(browser, REFRESH)}")
    body = {"email": "ada@example.com", "password": "Correct-horse-7"}
    answer = carrying.post(path, json=body if path.endswith("login") else None)
    assert answer.status_code in (200, 204)


def test_a_dead_session_at_a_write_is_taken_back_too(harness: AppHarness) -> None:
    """The front end goes to its sign-in with a clean browser."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    harness.bearer(browser).delete("/v1/sessions")
    answer = browser.post("/v1/categories", json={})
    expect.failure(answer, 401, "session-ended")
    assert taken_back(answer) == ALL
