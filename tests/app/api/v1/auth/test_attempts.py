"""Attempts at what strangers may try run out, for an account and a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.problems import LoginRefused
from app.core.settings import Settings
from tests.app import expect
from tests.app.api.v1.auth.answers import REFRESH, with_cookies
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.user_pool import ORIGIN, PASSWORD, log_in

LIMIT = 2
NEW = "Better-password-2"
USER = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c1"


class Asked:
    """A pool that only counts what it is asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def asked(*_: Any, **__: Any) -> Any:
            self.names.append(name)
            raise LoginRefused(cause="test")

        return asked


@pytest.fixture
def strict(settings: Settings) -> Iterator[AppHarness]:
    with (
        in_memory() as store,
        open_with_pool(settings, store, sign_in_attempts_per_minute=LIMIT) as made,
    ):
        yield made


def _login(browser: TestClient, n: int) -> Any:
    return log_in(browser, f"nobody-{n}", "wrong")


def _signup(browser: TestClient, n: int) -> Any:
    body = {"email": f"nobody-{n}@example.com", "password": "only-lower-case"}
    return browser.post("/v1/auth/signup", json=body)


def _refresh(browser: TestClient, n: int) -> Any:
    return browser.post("/v1/auth/refresh", headers={"Cookie": f"{REFRESH}={USER}{n}.token"})


def _challenge(browser: TestClient, n: int) -> Any:
    email = f"nobody-{n}@example.com"
    app: Any = browser.app
    sealed = app.state.container.service.challenges.sealed(email, "user:session")
    body = {"email": email, "challenge": sealed, "newPassword": NEW}
    return browser.post("/v1/auth/password/challenge", json=body)


def _forgot(browser: TestClient, n: int) -> Any:
    return browser.post("/v1/auth/password/forgot", json={"email": f"nobody-{n}@example.com"})


def _confirm(browser: TestClient, n: int) -> Any:
    body = {"email": f"nobody-{n}@example.com", "code": "1", "newPassword": NEW}
    return browser.post("/v1/auth/password/confirm", json=body)


ROUTES: list[Callable[[TestClient, int], Any]] = [
    _login,
    _signup,
    _refresh,
    _challenge,
    _forgot,
    _confirm,
]


def refused(answer: Any) -> None:
    """429 with the seconds to wait, and no cookie."""
    expect.failure(answer, 429, "too-many-requests")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("attempt", ROUTES)
def test_attempts_at_one_account_run_out(
    strict: AppHarness, attempt: Callable[[TestClient, int], Any]
) -> None:
    """After as many as the setting says; then the pool isn't asked any more."""
    browser = strict.browser()
    for _ in range(LIMIT):
        assert attempt(browser, 0).status_code != 429
    pool = Asked()
    object.__setattr__(strict.service, "pool", pool)
    refused(attempt(browser, 0))
    assert pool.names == []
    assert attempt(browser, 1).status_code != 429
    assert pool.names


@pytest.mark.parametrize("attempt", ROUTES)
def test_attempts_of_one_source_run_out(
    strict: AppHarness, attempt: Callable[[TestClient, int], Any]
) -> None:
    """Three times as many at accounts of all kinds; another source goes on."""
    browser = strict.browser()
    for number in range(3 * LIMIT):
        assert attempt(browser, number).status_code != 429
    refused(attempt(browser, 9))
    elsewhere = TestClient(
        strict.app, base_url=ORIGIN, headers={"Origin": ORIGIN}, client=("192.0.2.7", 1)
    )
    assert attempt(elsewhere, 9).status_code != 429


def test_attempts_at_the_old_password_run_out(strict: AppHarness) -> None:
    """Of a caller: whoever sits down at an open browser has few guesses; the right one too late."""
    strict.account("ada")
    browser = strict.sign_in("ada")
    body = {"oldPassword": "Wrong-horse-7", "newPassword": NEW}
    for _ in range(LIMIT):
        answer = browser.post("/v1/auth/password/change", json=body)
        expect.failure(answer, 401, "login-refused")
    refused(browser.post("/v1/auth/password/change", json=body | {"oldPassword": PASSWORD}))
    expect.success(browser.get("/v1/auth/me"))


def test_routes_are_counted_apart(strict: AppHarness) -> None:
    """Who signed in too often can have a code mailed."""
    browser = strict.browser()
    for _ in range(LIMIT):
        _login(browser, 0)
    refused(_login(browser, 0))
    assert _forgot(browser, 0).status_code == 204


def test_signing_out_is_not_counted(strict: AppHarness) -> None:
    """Whoever wants to go can, always."""
    browser = with_cookies(strict)
    for _ in range(4 * LIMIT):
        assert browser.post("/v1/auth/logout").status_code == 204
