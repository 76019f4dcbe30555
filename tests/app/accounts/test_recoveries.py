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
from tests.app.accounts.agreement import assert_in_step, assert_unknown, compared
from tests.app.accounts.town import PASSWORD, Town

BETTER = "Better-horse-8"
CHANGE = {"oldPassword": PASSWORD, "newPassword": BETTER}


@pytest.fixture
def admin(town: Town) -> Any:
    town.account("root", Role.ADMIN)
    return town.signed_in("root")


def interrupt_registration(town: Town, email: str) -> None:
    """Long ago, after the pool had made the account."""
    started = datetime.now(UTC) - INTERRUPTED_AFTER - timedelta(minutes=1)
    town.repository.write(registrations.begin(Registration(email=email, started_at=started)))
    user_id = town.pool.create(email, Role.VIEWER, invite=False)
    town.pool.give_role(user_id, Role.VIEWER)


def test_reconciling_ends_a_registration_and_a_deletion(town: Town, admin: Any) -> None:
    """The pool forgets the one as well as the other."""
    interrupt_registration(town, "bob@example.com")
    leaving = town.account("eve")
    town.repository.write(users.begin_deletion(leaving, datetime.now(UTC)))
    assert len(expect.success(admin.post("/v1/auth/reconcile"))) == 2
    assert_unknown(town, leaving)
    assert town.pool.find_by_email("bob@example.com") is None
    assert compared(town) == []


def test_an_administrator_takes_an_interrupted_registration_up(town: Town, admin: Any) -> None:
    """The address is free, since nobody's account came of it."""
    interrupt_registration(town, "bob@example.com")
    wanted = {"email": "bob@example.com", "temporaryPassword": PASSWORD}
    made = expect.success(admin.post("/v1/auth/users", json=wanted), 201)
    assert made["email"] == "bob@example.com"
    assert compared(town) == []


def test_an_account_that_the_pool_refuses_leaves_nothing(
    town: Town, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registration is given up, so that the address is free at once."""
    wanted = {"email": "bob@example.com", "temporaryPassword": PASSWORD}
    with monkeypatch.context() as patch:
        patch.setattr(town.pool, "create", raising(PasswordTooWeak()))
        assert admin.post("/v1/auth/users", json=wanted).status_code == 422
    expect.success(admin.post("/v1/auth/users", json=wanted), 201)


def raising(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_a_change_of_password_brings_the_pool_into_step(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an administrator does meanwhile, the pool is told by the sign-in that follows."""
    user, browser = town.account("bob"), town.signed_in("bob")
    meanwhile(monkeypatch, town, users.enable(user.user_id, datetime.now(UTC)))
    expect.success(browser.post("/v1/auth/password/change", json=CHANGE))
    assert_in_step(town, user)


def test_who_is_deleted_while_changing_the_password_stays_deleted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign-in with the new password comes upon the deletion, and ends it."""
    user, browser = town.account("bob"), town.signed_in("bob")
    meanwhile(monkeypatch, town, users.begin_deletion(user, datetime.now(UTC)))
    answer = browser.post("/v1/auth/password/change", json=CHANGE)
    expect.failure(answer, 401, "login-refused")
    assert_unknown(town, user)


def meanwhile(monkeypatch: pytest.MonkeyPatch, town: Town, write: WriteOperation[Any]) -> None:
    """Another process writes while the pool changes a password."""
    change, elsewhere = town.pool.change_password, town.store.repository()

    def change_and_write(*given: Any) -> None:
        change(*given)
        elsewhere.write(write)

    monkeypatch.setattr(town.pool, "change_password", change_and_write)
