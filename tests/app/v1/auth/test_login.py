"""In with a password; whatever is wrong with it or the account, the answer is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from access_patterns import sessions, users
from app.services import accounts
from model import Role, UserId
from tests.app import expect
from tests.app.accounts.pools import add_user
from tests.app.accounts.town import PASSWORD, Town, log_in
from tests.app.v1.auth.answers import (
    ACCESS,
    ALL,
    IDENTITY,
    REFRESH,
    set_cookies_of,
    with_cookies,
    without_trace,
)


def test_a_stranger_signs_up_signs_in_and_out(any_town: Town) -> None:
    """As a viewer; the tokens are in cookies, and after signing out nothing is open."""
    browser = any_town.browser()
    wanted = {"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada"}
    made = expect.success(browser.post("/v1/auth/signup", json=wanted), 201)
    assert (made["email"], made["role"]) == ("ada@example.com", Role.VIEWER)
    expect.failure(browser.get("/v1/auth/me"), 401, "credentials-missing")
    expect.success(log_in(browser, "ada"))
    me = expect.success(browser.get("/v1/auth/me"))
    assert (me["userId"], me["roles"]) == (made["userId"], [Role.VIEWER])
    assert me["session"]["isOpen"] is True
    bearer = any_town.bearer(browser)
    assert expect.success(bearer.get("/v1/auth/me"))["userId"] == made["userId"]
    assert browser.post("/v1/auth/logout").status_code == 204
    assert not browser.cookies
    expect.failure(bearer.get("/v1/auth/me"), 401, "session-ended")


def test_a_sign_in_sets_three_cookies_and_shows_no_token(town: Town) -> None:
    """Each for itself, for TLS and its own site alone, out of scripts' reach; the body has none."""
    ada = town.account("ada")
    answer = log_in(town.browser(), "ada")
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


def test_a_session_begins_with_the_sign_in(town: Town) -> None:
    """It is the user's, carries the browser's name, shortened, and the sign-in is recorded."""
    ada = town.account("ada")
    browser = town.browser()
    browser.headers["User-Agent"] = "Firefox " + "x" * 400
    session = expect.success(log_in(browser, "ada"))["session"]
    assert session["userAgent"] == ("Firefox " + "x" * 400)[:300]
    assert (session["userId"], session["isOpen"]) == (ada.user_id, True)
    stored = town.repository.fetch(users.by_id(ada.user_id))
    assert stored is not None
    assert stored.last_login_at is not None


def _wrong_password(town: Town) -> None:
    town.account("eve", password="Another-horse-8")


def _nobody(town: Town) -> None:
    """There is no such account."""


def _disabled(town: Town) -> None:
    accounts.disable(town.service, town.account("eve").user_id, datetime.now(UTC))


def _disabled_here_alone(town: Town) -> None:
    """The pool was not told yet."""
    town.repository.write(users.disable(town.account("eve"), datetime.now(UTC)))


def _disabled_there_alone(town: Town) -> None:
    town.pool.disable(town.account("eve").user_id)


def _leaving(town: Town) -> None:
    town.repository.write(users.begin_deletion(town.account("eve"), datetime.now(UTC)))


def _in_the_pool_alone(town: Town) -> None:
    add_user(town.pool, "eve@example.com")


def _in_the_table_alone(town: Town) -> None:
    town.pool.delete(town.account("eve").user_id)


def _unconfirmed(town: Town) -> None:
    client, app = town.pool._client, town.pool._app
    client.sign_up(ClientId=app.client_id, Username="eve@example.com", Password=PASSWORD)


STATES: list[Callable[[Town], None]] = [
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
    town: Town, slept: list[float], state: Callable[[Town], None]
) -> None:
    """Status, code, message, headers, body and time are those of an unknown address."""
    town.account("root", Role.ADMIN)
    unknown = log_in(town.browser(), "nobody")
    expect.failure(unknown, 401, "login-refused")
    state(town)
    refused = log_in(town.browser(), "eve")
    assert without_trace(refused) == without_trace(unknown)
    assert "set-cookie" not in refused.headers
    assert slept == [0.3, 0.3]


@pytest.mark.parametrize("state", [_disabled_here_alone, _leaving, _in_the_pool_alone])
def test_a_refused_sign_in_leaves_no_session(town: Town, state: Callable[[Town], None]) -> None:
    """Although the pool took the password."""
    state(town)
    known = town.pool.find_by_email("eve@example.com")
    assert known is not None
    log_in(town.browser(), "eve")
    assert not list(town.repository.iterate(sessions.by_user(known.user_id)))


def test_stale_cookies_do_not_keep_anyone_out(town: Town) -> None:
    """Signing in works whatever cookies the browser still has, and replaces them."""
    town.account("ada")
    stale = f"{ACCESS}=aaa.bbb.ccc; {IDENTITY}=x; {REFRESH}=y"
    answer = log_in(with_cookies(town, Cookie=stale), "ada")
    assert expect.success(answer)["status"] == "signed-in"
    assert set_cookies_of(answer).keys() == ALL


@pytest.mark.parametrize(
    ("minutes", "reason"), [(-5, "iat-future"), (60 * 25, "expired")], ids=["behind", "ahead"]
)
def test_a_clock_that_differs_from_the_pools_is_no_fault_of_the_user(
    town: Town,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    minutes: int,
    reason: str,
) -> None:
    """503 for a right password, and the log has the reason, but nothing of the token."""
    town.account("ada")
    monkeypatch.setattr(
        town.service.tokens, "_clock", lambda: datetime.now(UTC) + timedelta(minutes=minutes)
    )
    expect.failure(log_in(town.browser(), "ada"), 503, "unavailable")
    assert f"the user pool issued a token that is refused: {reason}" in caplog.text
    assert "eyJ" not in caplog.text


def test_a_role_that_the_pool_was_not_told_of_counts_at_once(town: Town) -> None:
    """The item has it; at sign-in the pool is told, and its tokens carry it."""
    ada = town.account("ada")
    town.repository.write(users.change_role(ada, Role.EDITOR, datetime.now(UTC)))
    browser = town.signed_in("ada")
    assert expect.success(browser.get("/v1/auth/me"))["roles"] == [Role.EDITOR]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMIN])
def test_strangers_and_viewers_give_themselves_no_role(town: Town, role: Role) -> None:
    """403 with or without an account; an administrator may give any."""
    town.account("ada")
    town.account("root", Role.ADMIN)
    wanted = {"email": "new@example.com", "password": PASSWORD, "role": role}
    anonymous = town.browser().post("/v1/auth/signup", json=wanted)
    expect.failure(anonymous, 403, "forbidden")
    viewer = town.signed_in("ada").post("/v1/auth/signup", json=wanted)
    expect.failure(viewer, 403, "forbidden")
    assert town.pool.find_by_email("new@example.com") is None
    made = town.signed_in("root").post("/v1/auth/signup", json=wanted)
    assert expect.success(made, 201)["role"] == role


def test_a_weak_password_is_located_at_sign_up(town: Town) -> None:
    """422 at the field, and no account is left."""
    wanted = {"email": "new@example.com", "password": "only-lower-case"}
    refused = town.browser().post("/v1/auth/signup", json=wanted)
    details = expect.failure(refused, 422, "unprocessable")["details"]
    assert [each["location"] for each in details] == ["body.password"]
    assert town.pool.find_by_email("new@example.com") is None


def test_me_of_the_development_token_has_no_account(town: Town) -> None:
    """Its roles are said; there is neither user nor session."""
    developer = with_cookies(town, Authorization="Bearer local-dev-token")
    me = expect.success(developer.get("/v1/auth/me"))
    assert (me["userId"], me["user"], me["session"]) == (UserId("local-dev"), None, None)
    assert me["accessExpiresAt"] is None


def test_me_says_what_the_roles_allow(town: Town) -> None:
    """As the policy has it, where it does not matter to what: without a copy of the matrix."""
    allowed = dict[str, set[str]]()
    for name, role in (("vic", Role.VIEWER), ("ed", Role.EDITOR), ("ann", Role.ADMIN)):
        town.account(name, role)
        allowed[name] = set(expect.success(town.signed_in(name).get("/v1/auth/me"))["allowed"])
    assert allowed["vic"] < allowed["ed"] < allowed["ann"]
    assert "auth.me" in allowed["vic"]
    assert {"posts.create", "posts.queue"} <= allowed["ed"] - allowed["vic"]
    assert "audit.list" in allowed["ann"] - allowed["ed"]
