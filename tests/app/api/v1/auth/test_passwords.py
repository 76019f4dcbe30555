"""Passwords chosen, changed and reset by their owners; whoever knew the former one is out."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.services.user_pool import PasswordTooWeak
from tests.app import expect
from tests.app.api.v1.auth.answers import ALL, set_cookies_of, without_trace
from tests.app.harness import AppHarness
from tests.app.services.accounts.user_pool import PASSWORD, log_in

BASE = "/v1/auth/password"
BETTER = "Better-password-2"
WEAK = "only-lower-case"


def temporary(harness: AppHarness, name: str = "ada") -> str:
    """An account that has to choose a password; its challenge."""
    harness.account(name, password=None, temporary=PASSWORD)
    answer = log_in(harness.browser(), name)
    shown = expect.success(answer)
    assert shown.keys() == {"status", "challenge"}
    assert shown["status"] == "new-password-required"
    assert "set-cookie" not in answer.headers
    return str(shown["challenge"])


def choose(browser: TestClient, challenge: str, password: str = BETTER, name: str = "ada") -> Any:
    body = {"email": f"{name}@example.com", "challenge": challenge, "newPassword": password}
    return browser.post(f"{BASE}/challenge", json=body)


def weak(answer: Any) -> None:
    """422, at the field that was sent."""
    details = expect.failure(answer, 422, "unprocessable")["details"]
    assert [(each["location"], each["code"]) for each in details] == [
        ("body.newPassword", "too-weak")
    ]


def test_a_temporary_password_leads_to_a_lasting_one(any_harness: AppHarness) -> None:
    """The challenge is answered once, signs in, and the new password is the one from then on."""
    challenge = temporary(any_harness)
    browser = any_harness.browser()
    answer = choose(browser, challenge)
    assert expect.success(answer)["status"] == "signed-in"
    assert set_cookies_of(answer).keys() == ALL
    expect.success(browser.get("/v1/auth/me"))
    expect.success(log_in(any_harness.browser(), "ada", BETTER))
    expect.failure(log_in(any_harness.browser(), "ada"), 401, "login-refused")


@pytest.mark.parametrize("challenge", ["x", ":", "ada:session", "A" * 4096])
def test_a_forged_challenge_is_refused(
    harness: AppHarness, challenge: str, slept: list[float]
) -> None:
    """401 as for any sign-in, in even time; the account stays as it is."""
    temporary(harness)
    expect.failure(choose(harness.browser(), challenge), 401, "login-refused")
    assert slept == [0.3]


@pytest.mark.parametrize("prefix", ["", "bob"])
def test_a_challenge_is_answered_in_nobody_elses_name(harness: AppHarness, prefix: str) -> None:
    """Neither with another's address nor with another's identity in it."""
    bob = harness.account("bob")
    challenge = temporary(harness)
    forged = challenge if not prefix else f"{bob.user_id}:{challenge.partition(':')[2]}"
    name = "bob" if not prefix else "ada"
    expect.failure(choose(harness.browser(), forged, name=name), 401, "login-refused")
    expect.success(log_in(harness.browser(), "bob"))


def test_a_weak_first_password_is_located(harness: AppHarness) -> None:
    """422 at `newPassword`, and another try with the same challenge is welcome."""
    challenge = temporary(harness)
    weak(choose(harness.browser(), challenge, WEAK))
    expect.success(choose(harness.browser(), challenge))


def change(browser: TestClient, old: str = PASSWORD, new: str = BETTER) -> Any:
    return browser.post(f"{BASE}/change", json={"oldPassword": old, "newPassword": new})


def test_a_changed_password_ends_all_other_sessions(any_harness: AppHarness) -> None:
    """The browser that changed it goes on with new cookies; every former token is refused."""
    any_harness.account("ada")
    here, there = any_harness.sign_in("ada"), any_harness.sign_in("ada")
    before = any_harness.bearer(here)
    first = expect.success(here.get("/v1/auth/me"))["session"]["sessionId"]
    answer = change(here)
    assert set_cookies_of(answer).keys() == ALL
    assert expect.success(answer)["session"]["sessionId"] != first
    expect.success(here.get("/v1/auth/me"))
    for former in (there, before):
        expect.failure(former.get("/v1/auth/me"), 401, "session-ended")
    expect.failure(log_in(any_harness.browser(), "ada"), 401, "login-refused")
    expect.success(log_in(any_harness.browser(), "ada", BETTER))


def test_a_wrong_old_password_changes_nothing(harness: AppHarness, slept: list[float]) -> None:
    """401 without taking the cookies: the session is open as before."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    answer = change(browser, old="Wrong-horse-7")
    expect.failure(answer, 401, "login-refused")
    assert "set-cookie" not in answer.headers
    assert slept == [0.3]
    expect.success(browser.get("/v1/auth/me"))
    expect.success(log_in(harness.browser(), "ada"))


def test_a_weak_new_password_changes_nothing(harness: AppHarness) -> None:
    """422 at `newPassword`."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    weak(change(browser, new=WEAK))
    expect.success(browser.get("/v1/auth/me"))
    expect.success(log_in(harness.browser(), "ada"))


def test_the_development_token_has_no_password(harness: AppHarness) -> None:
    """401, and no 500."""
    developer = harness.browser()
    developer.headers["Authorization"] = "Bearer local-dev-token"
    expect.failure(change(developer), 401, "login-refused")


def test_a_change_needs_a_caller(harness: AppHarness) -> None:
    """401 without credentials."""
    expect.failure(change(harness.browser()), 401, "credentials-missing")


def test_a_code_is_mailed_to_those_who_have_an_account(
    harness: AppHarness, slept: list[float]
) -> None:
    """204 and the same time for everyone else."""
    harness.account("ada")
    answers = [
        harness.browser().post(f"{BASE}/forgot", json={"email": f"{name}@example.com"})
        for name in ("ada", "nobody")
    ]
    apart = {"x-request-id", "ratelimit"}
    known, unknown = [
        (each.status_code, each.content, {k: v for k, v in each.headers.items() if k not in apart})
        for each in answers
    ]
    assert known == unknown
    assert known[0] == 204
    assert slept == [0.3, 0.3]


def confirm(harness: AppHarness, name: str, code: str, password: str = BETTER) -> Any:
    body = {"email": f"{name}@example.com", "code": code, "newPassword": password}
    return harness.browser().post(f"{BASE}/confirm", json=body)


def code_for(harness: AppHarness, name: str) -> str:
    """What the mail would say."""
    assert (
        harness.browser().post(f"{BASE}/forgot", json={"email": f"{name}@example.com"}).status_code
        == 204
    )
    answer = harness.pool._client.forgot_password(
        ClientId=harness.pool._app.client_id, Username=f"{name}@example.com"
    )
    return str(
        answer["ResponseMetadata"]["HTTPHeaders"]["x-moto-forgot-password-confirmation-code"]
    )


def test_the_mailed_code_sets_a_new_password(any_harness: AppHarness) -> None:
    """204 without cookies; all sessions end, and the former password is none."""
    any_harness.account("ada")
    browser = any_harness.sign_in("ada")
    answer = confirm(any_harness, "ada", code_for(any_harness, "ada"))
    assert answer.status_code == 204
    assert "set-cookie" not in answer.headers
    expect.failure(browser.get("/v1/auth/me"), 401, "session-ended")
    expect.failure(log_in(any_harness.browser(), "ada"), 401, "login-refused")
    expect.success(log_in(any_harness.browser(), "ada", BETTER))


def test_a_wrong_code_is_like_an_unknown_address(harness: AppHarness, slept: list[float]) -> None:
    """In all that is answered, and in time; no session ends."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    code_for(harness, "ada")
    slept.clear()
    wrong = confirm(harness, "ada", "moto-confirmation-code:000")
    unknown = confirm(harness, "nobody", "moto-confirmation-code:000")
    expect.failure(wrong, 401, "login-refused")
    assert without_trace(wrong) == without_trace(unknown)
    assert slept == [0.3, 0.3]
    expect.success(browser.get("/v1/auth/me"))


def test_a_weak_reset_is_located(harness: AppHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """422 at `newPassword`, where the pool has rules; moto has none at this point."""

    def refuse(*_: str) -> None:
        raise PasswordTooWeak(cause="invalid-password")

    monkeypatch.setattr(harness.pool, "confirm_reset", refuse)
    weak(confirm(harness, "ada", "123456", WEAK))
