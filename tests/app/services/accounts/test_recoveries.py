"""What was interrupted is brought to an end by the requests that come upon it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access_patterns import registrations, users
from app.services.registration import INTERRUPTED_AFTER
from app.services.user_pool import PasswordTooWeak
from model import Registration, Role
from singletable.inspect import WriteOperation
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import assert_in_step, assert_unknown, compared
from tests.app.services.accounts.user_pool import PASSWORD

BETTER = "Better-horse-8"
CHANGE = {"oldPassword": PASSWORD, "newPassword": BETTER}


@pytest.fixture
def admin(harness: AppHarness) -> Any:
    harness.account("root", Role.ADMIN)
    return harness.sign_in("root")


def interrupt_registration(harness: AppHarness, email: str) -> None:
    """Long ago, after the pool had made the account."""
    started = datetime.now(UTC) - INTERRUPTED_AFTER - timedelta(minutes=1)
    harness.repository.write(registrations.begin(Registration(email=email, started_at=started)))
    user_id = harness.pool.create(email, Role.VIEWER, invite=False)
    harness.pool.give_role(user_id, Role.VIEWER)


def test_reconciling_ends_a_registration_and_a_deletion(harness: AppHarness, admin: Any) -> None:
    """The pool forgets the one as well as the other."""
    interrupt_registration(harness, "bob@example.com")
    leaving = harness.account("eve")
    harness.repository.write(users.begin_deletion(leaving, datetime.now(UTC)))
    assert len(expect.success(admin.post("/v1/auth/reconcile"))) == 2
    assert_unknown(harness, leaving)
    assert harness.pool.find_by_email("bob@example.com") is None
    assert compared(harness) == []


def test_an_administrator_takes_an_interrupted_registration_up(
    harness: AppHarness, admin: Any
) -> None:
    """The address is free, since nobody's account came of it."""
    interrupt_registration(harness, "bob@example.com")
    wanted = {"email": "bob@example.com", "temporaryPassword": PASSWORD}
    made = expect.success(admin.post("/v1/auth/users", json=wanted), 201)
    assert made["email"] == "bob@example.com"
    assert compared(harness) == []


def test_an_account_that_the_pool_refuses_leaves_nothing(
    harness: AppHarness, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registration is given up, so that the address is free at once."""
    wanted = {"email": "bob@example.com", "temporaryPassword": PASSWORD}
    with monkeypatch.context() as patch:
        patch.setattr(harness.pool, "create", raising(PasswordTooWeak()))
        assert admin.post("/v1/auth/users", json=wanted).status_code == 422
    expect.success(admin.post("/v1/auth/users", json=wanted), 201)


def raising(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_a_change_of_password_brings_the_pool_into_step(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an administrator does meanwhile, the pool is told by the sign-in that follows."""
    user, browser = harness.account("bob"), harness.sign_in("bob")
    meanwhile(monkeypatch, harness, users.enable(user.user_id, datetime.now(UTC)))
    expect.success(browser.post("/v1/auth/password/change", json=CHANGE))
    assert_in_step(harness, user)


def test_who_is_deleted_while_changing_the_password_stays_deleted(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign-in with the new password comes upon the deletion, and ends it."""
    user, browser = harness.account("bob"), harness.sign_in("bob")
    meanwhile(monkeypatch, harness, users.begin_deletion(user, datetime.now(UTC)))
    answer = browser.post("/v1/auth/password/change", json=CHANGE)
    expect.failure(answer, 401, "login-refused")
    assert_unknown(harness, user)


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, harness: AppHarness, write: WriteOperation[Any]
) -> None:
    """Another process writes while the pool changes a password."""
    change, elsewhere = harness.pool.change_password, harness.store.repository()

    def change_and_write(*given: Any) -> None:
        change(*given)
        elsewhere.write(write)

    monkeypatch.setattr(harness.pool, "change_password", change_and_write)
