"""In with a password; whatever is wrong with it or the account, the answer is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from access_patterns import sessions, users
from app.services import accounts
from model import Role, UserId
from tests.app import expect
from tests.app.api.v1.auth.answers import (
    ACCESS,
    ALL,
    IDENTITY,
    REFRESH,
    set_cookies_of,
    with_cookies,
    without_trace,
)
from tests.app.harness import AppHarness
from tests.app.services.accounts.pools import add_user
from tests.app.services.accounts.user_pool import PASSWORD, log_in


def test_a_stranger_signs_up_signs_in_and_out(any_harness: AppHarness) -> None:
    """As a viewer; the tokens are in cookies, and after signing out nothing is open."""
    browser = any_harness.browser()
    wanted = {"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada"}
    made = expect.success(browser.post("/v1/auth/signup", json=wanted), 201)
    assert (made["email"], made["role"]) == ("ada@example.com", Role.VIEWER)
    expect.failure(browser.get("/v1/auth/me"), 401, "credentials-missing")
    expect.success(log_in(browser, "ada"))
    me = expect.success(browser.get("/v1/auth/me"))
    assert (me["userId"], me["roles"]) == (made["userId"], [Role.VIEWER])
    assert me["session"]["isOpen"] is me["session"]["isCurrent"] is True
    bearer = any_harness.bearer(browser)
    assert expect.success(bearer.get("/v1/auth/me"))["userId"] == made["userId"]
    assert browser.post("/v1/auth/logout").status_code == 204
    assert not browser.cookies
    expect.failure(bearer.get("/v1/auth/me"), 401, "session-ended")


def test_a_sign_in_sets_three_cookies_and_shows_no_token(harness: AppHarness) -> None:
    """Each for itself, for TLS and its own site alone, out of scripts' reach; the body has none."""
    ada = harness.account("ada")
    answer = log_in(harness.browser(), "ada")
    cookies = set_cookies_of(answer)
    assert cookies.keys() == ALL
    for name, path in ((ACCESS, "/"), (IDENTITY, "/"), (REFRESH, "/v1/auth")):
        value, *attributes = cookies[name]
        assert value
        ages = [each for each in attributes if each.startswith("Max-Age=")]
        assert int(ages[0].removeprefix("Max-Age=")) > 60
        assert set(attributes) - set(ages) == {
            f"Path={path}",
            "HttpOnly",
            "Secure",
            "SameSite=Strict",
        }
    assert cookies[REFRESH][0].startswith(f"{ada.user_id}.")
    for value, *_ in cookies.values():
        assert not [part for part in value.split(".") if len(part) > 36 and part in answer.text]
    assert answer.headers["cache-control"] == "no-store"


def test_a_session_begins_with_the_sign_in(harness: AppHarness) -> None:
    """It is the user's, carries the browser's name, shortened, and the sign-in is recorded."""
    ada = harness.account("ada")
    browser = harness.browser()
    browser.headers["User-Agent"] = "Firefox " + "x" * 400
    session = expect.success(log_in(browser, "ada"))["session"]
    assert session["userAgent"] == ("Firefox " + "x" * 400)[:300]
    assert (session["userId"], session["isOpen"]) == (ada.user_id, True)
    stored = harness.repository.fetch(users.by_id(ada.user_id))
    assert stored is not None
    assert stored.last_login_at is not None


def _wrong_password(harness: AppHarness) -> None:
    harness.account("eve", password="Another-horse-8")


def _nobody(harness: AppHarness) -> None:
    """There is no such account."""


def _disabled(harness: AppHarness) -> None:
    accounts.disable(harness.service, harness.account("eve").user_id, datetime.now(UTC))


def _disabled_here_alone(harness: AppHarness) -> None:
    """The pool was not told yet."""
    harness.repository.write(users.disable(harness.account("eve"), datetime.now(UTC)))


def _disabled_there_alone(harness: AppHarness) -> None:
    harness.pool.disable(harness.account("eve").user_id)


def _leaving(harness: AppHarness) -> None:
    harness.repository.write(users.begin_deletion(harness.account("eve"), datetime.now(UTC)))


def _in_the_pool_alone(harness: AppHarness) -> None:
    add_user(harness.pool, "eve@example.com")


def _in_the_table_alone(harness: AppHarness) -> None:
    harness.pool.delete(harness.account("eve").user_id)


def _unconfirmed(harness: AppHarness) -> None:
    client, app = harness.pool._client, harness.pool._app
    client.sign_up(ClientId=app.client_id, Username="eve@example.com", Password=PASSWORD)


STATES: list[Callable[[AppHarness], None]] = [
    _wrong_password,
    _disabled,
    _disabled_here_alone,
    _disabled_there_alone,
    _leaving,
    _in_the_pool_alone,
    _in_the_table_alone,
    _unconfirmed,
]


@pytest.mark.parametrize("state", STATES)
def test_one_refusal_is_like_another(
    harness: AppHarness, slept: list[float], state: Callable[[AppHarness], None]
) -> None:
    """Status, code, message, headers, body and time are those of an unknown address."""
    harness.account("root", Role.ADMIN)
    unknown = log_in(harness.browser(), "nobody")
    expect.failure(unknown, 401, "login-refused")
    state(harness)
    refused = log_in(harness.browser(), "eve")
    assert without_trace(refused) == without_trace(unknown)
    assert "set-cookie" not in refused.headers
    assert slept == [0.3, 0.3]


@pytest.mark.parametrize("state", [_disabled_here_alone, _leaving, _in_the_pool_alone])
def test_a_refused_sign_in_leaves_no_session(
    harness: AppHarness, state: Callable[[AppHarness], None]
) -> None:
    """Although the pool took the password."""
    state(harness)
    known = harness.pool.find_by_email("eve@example.com")
    assert known is not None
    log_in(harness.browser(), "eve")
    assert not list(harness.repository.iterate(sessions.by_user(known.user_id)))


def test_stale_cookies_do_not_keep_anyone_out(harness: AppHarness) -> None:
    """Signing in works whatever cookies the browser still has, and replaces them."""
    harness.account("ada")
    stale = f"{ACCESS}=aaa.bbb.ccc; {IDENTITY}=x; {REFRESH}=y"
    answer = log_in(with_cookies(harness, Cookie=stale), "ada")
    assert expect.success(answer)["status"] == "signed-in"
    assert set_cookies_of(answer).keys() == ALL


@pytest.mark.parametrize(
    ("minutes", "reason"), [(-5, "iat-future"), (60 * 25, "expired")], ids=["behind", "ahead"]
)
def test_a_clock_that_differs_from_the_pools_is_no_fault_of_the_user(
    harness: AppHarness,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    minutes: int,
    reason: str,
) -> None:
    """503 for a right password, and the log has the reason, but nothing of the token."""
    harness.account("ada")
    monkeypatch.setattr(
        harness.service.tokens, "_clock", lambda: datetime.now(UTC) + timedelta(minutes=minutes)
    )
    expect.failure(log_in(harness.browser(), "ada"), 503, "unavailable")
    assert f"the user pool issued a token that is refused: {reason}" in caplog.text
    assert "eyJ" not in caplog.text


def test_a_role_that_the_pool_was_not_told_of_counts_at_once(harness: AppHarness) -> None:
    """The item has it; at sign-in the pool is told, and its tokens carry it."""
    ada = harness.account("ada")
    harness.repository.write(users.change_role(ada, Role.EDITOR, datetime.now(UTC)))
    browser = harness.sign_in("ada")
    assert expect.success(browser.get("/v1/auth/me"))["roles"] == [Role.EDITOR]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_strangers_and_viewers_give_themselves_no_role(harness: AppHarness, role: Role) -> None:
    """403 with or without an account; an administrator may give any."""
    harness.account("ada")
    harness.account("root", Role.ADMIN)
    wanted = {"email": "new@example.com", "password": PASSWORD, "role": role}
    anonymous = harness.browser().post("/v1/auth/signup", json=wanted)
    expect.failure(anonymous, 403, "forbidden")
    viewer = harness.sign_in("ada").post("/v1/auth/signup", json=wanted)
    expect.failure(viewer, 403, "forbidden")
    assert harness.pool.find_by_email("new@example.com") is None
    made = harness.sign_in("root").post("/v1/auth/signup", json=wanted)
    assert expect.success(made, 201)["role"] == role


def test_a_weak_password_is_located_at_sign_up(harness: AppHarness) -> None:
    """422 at the field, and no account is left."""
    wanted = {"email": "new@example.com", "password": "only-lower-case"}
    refused = harness.browser().post("/v1/auth/signup", json=wanted)
    details = expect.failure(refused, 422, "unprocessable")["details"]
    assert [each["location"] for each in details] == ["body.password"]
    assert harness.pool.find_by_email("new@example.com") is None


def test_me_of_the_development_token_has_no_account(harness: AppHarness) -> None:
    """Its roles are said; there is neither user nor session."""
    developer = with_cookies(harness, Authorization="Bearer local-dev-token")
    me = expect.success(developer.get("/v1/auth/me"))
    assert (me["userId"], me["user"], me["session"]) == (UserId("local-dev"), None, None)
    assert me["accessExpiresAt"] is None


def test_me_says_what_the_roles_allow(harness: AppHarness) -> None:
    """As the policy has it, where it does not matter to what: without a copy of the matrix."""
    allowed = dict[str, set[str]]()
    for name, role in (("vic", Role.VIEWER), ("ed", Role.EDITOR), ("ann", Role.ADMIN)):
        harness.account(name, role)
        allowed[name] = set(expect.success(harness.sign_in(name).get("/v1/auth/me"))["allowed"])
    assert allowed["vic"] < allowed["ed"] < allowed["ann"]
    assert "auth.me" in allowed["vic"]
    assert {"posts.create", "posts.queue"} <= allowed["ed"] - allowed["vic"]
    assert "audit.list" in allowed["ann"] - allowed["ed"]
