"""Fresh tokens for an open session; for one that is over, the cookies are taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from access_patterns import users
from app.services import accounts
from model import Role, User
from tests.app import expect
from tests.app.api.v1.auth.answers import (
    ACCESS,
    ALL,
    IDENTITY,
    REFRESH,
    sending,
    set_cookies_of,
    taken_back,
    with_cookies,
)
from tests.app.harness import AppHarness

PATH = "/v1/auth/refresh"


def test_fresh_cookies_belong_to_the_same_session(harness: AppHarness) -> None:
    """Another access token, the same session, and the former refresh token stays in use."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    before = expect.success(browser.get("/v1/auth/me"))["session"]
    answer = browser.post(PATH)
    assert expect.success(answer)["session"] == before
    assert set_cookies_of(answer).keys() == {ACCESS, IDENTITY}
    assert expect.success(browser.get("/v1/auth/me"))["session"] == before


def test_the_refresh_cookie_alone_is_enough(harness: AppHarness) -> None:
    """The others have expired by then, or are not valid any more."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    for others in ("", f"; {ACCESS}=aaa.bbb.ccc"):
        renewing = with_cookies(harness, Cookie=sending(browser, REFRESH) + others)
        expect.success(renewing.post(PATH))


Ending = Callable[[AppHarness, TestClient, User], object]


def _revoke(harness: AppHarness, browser: TestClient, ada: User) -> None:
    session = expect.success(browser.get("/v1/auth/me"))["session"]["sessionId"]
    assert browser.delete(f"/v1/sessions/{session}").status_code == 204


def _log_out_everywhere(harness: AppHarness, browser: TestClient, ada: User) -> None:
    assert browser.delete("/v1/sessions").status_code == 204


def _log_out_elsewhere(harness: AppHarness, browser: TestClient, ada: User) -> None:
    """Without the refresh cookie, whose token the pool therefore still takes."""
    copy = with_cookies(harness, Cookie=sending(browser, ACCESS))
    assert copy.post("/v1/auth/logout").status_code == 204


def _disable(harness: AppHarness, browser: TestClient, ada: User) -> None:
    accounts.disable(harness.service, ada.user_id, datetime.now(UTC))


def _change_role(harness: AppHarness, browser: TestClient, ada: User) -> None:
    accounts.change_role(harness.service, ada.user_id, Role.EDITOR, datetime.now(UTC))


def _let_go(harness: AppHarness, browser: TestClient, ada: User) -> None:
    """The pool was not told yet: it still gives tokens."""
    harness.repository.write(users.begin_deletion(ada, datetime.now(UTC)))


ENDINGS = pytest.mark.parametrize(
    "end",
    [_revoke, _log_out_everywhere, _log_out_elsewhere, _disable, _change_role, _let_go],
)


@ENDINGS
def test_a_session_that_is_over_gets_no_fresh_tokens(any_harness: AppHarness, end: Ending) -> None:
    """401, whether the pool or the table is asked first, and the browser forgets its cookies."""
    ada = any_harness.account("ada")
    browser = any_harness.sign_in("ada")
    end(any_harness, browser, ada)
    renewing = with_cookies(any_harness, Cookie=sending(browser, REFRESH))
    answer = renewing.post(PATH)
    expect.failure(answer, 401, "session-ended")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert taken_back(answer) == ALL


@ENDINGS
def test_access_tokens_of_it_open_nothing_either(harness: AppHarness, end: Ending) -> None:
    """At once, though they are valid for an hour: the refusal takes the cookies back as well."""
    ada = harness.account("ada")
    browser = harness.sign_in("ada")
    kept, bearer = sending(browser), harness.bearer(browser)
    end(harness, browser, ada)
    expect.failure(bearer.get("/v1/auth/me"), 401, "session-ended")
    answer = with_cookies(harness, Cookie=kept).get("/v1/auth/me")
    expect.failure(answer, 401, "session-ended")
    assert taken_back(answer) == ALL


def test_a_new_session_begins_after_a_change_of_role(harness: AppHarness) -> None:
    """The same person signs in again and has the new role, in a session of its own."""
    ada = harness.account("ada")
    first = expect.success(harness.sign_in("ada").get("/v1/auth/me"))["session"]
    _change_role(harness, harness.browser(), ada)
    me = expect.success(harness.sign_in("ada").get("/v1/auth/me"))
    assert me["roles"] == [Role.EDITOR]
    assert me["session"]["sessionId"] != first["sessionId"]


@pytest.mark.parametrize("sent", ["", "x", f"{IDENTITY}=a", f"{REFRESH}=a; {REFRESH}=b"])
def test_without_a_refresh_cookie_there_is_nothing_to_refresh(
    harness: AppHarness, sent: str
) -> None:
    """401; of two cookies neither is believed."""
    answer = with_cookies(harness, Cookie=sent).post(PATH)
    expect.failure(answer, 401, "credentials-missing")


@pytest.mark.parametrize("token", ["x", "aaa.bbb.ccc", "A" * 1000])
def test_a_forged_refresh_cookie_is_refused(harness: AppHarness, token: str) -> None:
    """401, and it is taken back."""
    ada = harness.account("ada")
    answer = with_cookies(harness, Cookie=f"{REFRESH}={ada.user_id}.{token}").post(PATH)
    expect.failure(answer, 401, "session-ended")
    assert taken_back(answer) == ALL


def test_a_sign_in_gone_wrong_takes_nothing_back(harness: AppHarness) -> None:
    """Who mistypes a password in a second window stays signed in in the first."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    body = {"email": "ada@example.com", "password": "mistyped"}
    answer = browser.post("/v1/auth/login", json=body)
    expect.failure(answer, 401, "login-refused")
    assert taken_back(answer) == set()
    expect.success(browser.get("/v1/auth/me"))
