"""No password, token or address is logged, or said in an error, whatever happens to accounts."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.problems import LoginRefused
from app.services import accounts, sign_in
from app.services.policy import Caller
from app.services.registration import NewAccount, register
from app.services.sign_in import SignedIn
from model import Role
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import compared, reconciled
from tests.app.services.accounts.faults import failing, lose_answer
from tests.app.services.accounts.user_pool import PASSWORD, log_in

NEW = "Better-horse-8"
ADDRESS = "bob@example.com"


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Down to the last detail of the app, and what libraries find worth an information."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="app")
    return caplog


def assert_secret(log: pytest.LogCaptureFixture, *secrets: str | None) -> None:
    said = "\n".join(f"{each.getMessage()} {each.exc_text} {vars(each)}" for each in log.records)
    for secret in (PASSWORD, NEW, ADDRESS, ADDRESS.upper(), *secrets):
        assert secret
        assert secret not in said


def test_nothing_is_logged_of_a_life(
    harness: AppHarness, everything: pytest.LogCaptureFixture
) -> None:
    """From sign-up to deletion, over HTTP."""
    browser = harness.browser()
    wanted = {"email": ADDRESS, "password": PASSWORD}
    user = expect.success(browser.post("/v1/auth/signup", json=wanted), 201)
    assert browser.post("/v1/auth/signup", json=wanted).status_code == 409
    assert log_in(browser, "bob", NEW).status_code == 401
    expect.success(log_in(browser, "bob"))
    held = [each for each in browser.cookies.values() if len(each) > 20]
    assert len(held) >= 3
    expect.success(browser.post("/v1/auth/refresh"))
    held += browser.cookies.values()
    change = {"oldPassword": PASSWORD, "newPassword": NEW}
    expect.success(browser.post("/v1/auth/password/change", json=change))
    held += browser.cookies.values()
    harness.account("root", Role.ADMIN)
    admin = harness.sign_in("root")
    path = f"/v1/auth/users/{user['userId']}"
    expect.success(admin.get("/v1/auth/users", params={"email": ADDRESS}))
    expect.success(admin.post(f"{path}/disable"))
    assert admin.delete(path).status_code == 204
    assert browser.post("/v1/auth/logout").status_code == 204
    assert everything.records
    assert_secret(everything, *held)


def test_nothing_is_said_of_failures(
    harness: AppHarness, everything: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in errors nor in what is logged of them, at any request to the pool."""
    now = datetime.now(UTC)
    said = list[str]()

    def tried(call: Any, *given: Any) -> None:
        for at in range(1, 4):
            with failing(harness.cognito, at, lose_answer, "after-call"):
                try:
                    call(harness.service, *given)
                except Exception as error:  # noqa: BLE001 - whatever
                    said.append(f"{error!s} {error!r} {error.__cause__!r}")

    other = NewAccount("BOB@example.com", Role.VIEWER, "", PASSWORD)
    user = register(harness.service, NewAccount(ADDRESS, Role.VIEWER, "", PASSWORD), now)
    signed = sign_in.sign_in(harness.service, ADDRESS, PASSWORD, "", now)
    assert isinstance(signed, SignedIn)
    tokens = signed.tokens
    caller = Caller(user.user_id, frozenset({Role.VIEWER}), signed.session.session_id)
    tried(register, other, now)
    tried(sign_in.sign_in, ADDRESS, PASSWORD, "", now)
    tried(sign_in.refresh, tokens.refresh, signed.username, now)
    tried(sign_in.change, caller, tokens.access, PASSWORD, NEW, "", now)
    tried(sign_in.reset, ADDRESS, "123456", NEW)
    tried(sign_in.choose_password, ADDRESS, "challenge-of-bob", NEW, "", now)
    tried(accounts.change_role, user.user_id, Role.EDITOR, now)
    tried(accounts.end_sessions, user.user_id)
    monkeypatch.setattr(harness.pool, "revoke", _refuse)
    sign_in.revoke(harness.service, tokens.refresh or "")
    tried(accounts.remove, user.user_id, now)
    reconciled(harness)
    compared(harness)
    assert len(said) > 8
    assert any(
        "did not succeed at the user pool" in each.getMessage() for each in everything.records
    )
    secrets = (tokens.access, tokens.identity, tokens.refresh, "challenge-of-bob", "123456")
    assert_secret(everything, *secrets)
    for each in (PASSWORD, NEW, ADDRESS, *secrets):
        assert each
        assert not any(each in words for words in said)


def _refuse(_: str) -> None:
    raise LoginRefused(cause="not-authorized")


def test_a_wanted_account_shows_neither_address_nor_password() -> None:
    """Its representation might be logged."""
    shown = repr(NewAccount(ADDRESS, Role.VIEWER, "Bob", PASSWORD, NEW))
    assert shown == f"NewAccount(role={Role.VIEWER!r})"
