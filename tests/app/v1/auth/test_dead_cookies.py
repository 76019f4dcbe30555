"""Cookies that open nothing any more trap nobody: the refusal takes them back."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.accounts.town import Town
from tests.app.v1.auth.answers import (
    ACCESS,
    ALL,
    IDENTITY,
    REFRESH,
    sending,
    taken_back,
    with_cookies,
)

PUBLIC = "/v1/categories"
FORGED = f"{ACCESS}=aaa.bbb.ccc"


def test_a_reader_with_a_wrong_cookie_is_a_stranger_at_the_next_try(town: Town) -> None:
    """A public page is refused once, and then shown; the refresh cookie is left for a refresh."""
    town.account("ada")
    browser = town.signed_in("ada")
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


def test_a_reader_whose_session_was_ended_is_a_stranger_at_the_next_try(town: Town) -> None:
    """All cookies are gone by then."""
    town.account("ada")
    browser = town.signed_in("ada")
    town.bearer(browser).delete("/v1/sessions")
    expect.failure(browser.get(PUBLIC), 401, "session-ended")
    assert not browser.cookies
    expect.success(browser.get(PUBLIC))


@pytest.mark.parametrize("path", [PUBLIC, "/v1/auth/me", "/v1/posts?category=news"])
def test_wrong_cookies_are_never_taken_for_none(town: Town, path: str) -> None:
    """Nobody signed in is served as a stranger without a word."""
    answer = with_cookies(town, Cookie=FORGED).get(path)
    expect.failure(answer, 401, "credentials-wrong")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_foreign_page_takes_no_cookie_from_anyone(town: Town) -> None:
    """It is refused before the cookie is looked at."""
    answer = with_cookies(town, "https://attacker.example", Cookie=FORGED).delete("/v1/sessions")
    expect.failure(answer, 403, "foreign-origin")
    assert taken_back(answer) == set()


def test_a_dead_bearer_token_takes_no_cookie_from_anyone(town: Town) -> None:
    """The cookies beside it are another session's."""
    town.account("ada")
    ended, browser = town.signed_in("ada"), town.signed_in("ada")
    bearer = town.bearer(ended)
    ended.post("/v1/auth/logout")
    bearer.headers["Cookie"] = sending(browser)
    answer = bearer.get("/v1/auth/me")
    expect.failure(answer, 401, "session-ended")
    assert taken_back(answer) == set()


@pytest.mark.parametrize("path", ["/v1/auth/login", "/v1/auth/logout", "/v1/auth/refresh"])
def test_the_ways_in_and_out_work_with_dead_cookies(town: Town, path: str) -> None:
    """None of them looks at the access cookie first."""
    town.account("ada")
    browser: TestClient = town.signed_in("ada")
    carrying = with_cookies(town, Cookie=f"{FORGED}; {IDENTITY}=x; {sending(browser, REFRESH)}")
    body = {"email": "ada@example.com", "password": "Correct-horse-7"}
    answer = carrying.post(path, json=body if path.endswith("login") else None)
    assert answer.status_code in (200, 204)


def test_a_dead_session_at_a_write_is_taken_back_too(town: Town) -> None:
    """The front end goes to its sign-in with a clean browser."""
    town.account("ada")
    browser = town.signed_in("ada")
    town.bearer(browser).delete("/v1/sessions")
    answer = browser.post("/v1/categories", json={})
    expect.failure(answer, 401, "session-ended")
    assert taken_back(answer) == ALL
