"""There always is an administrator who can sign in, whoever changes whom at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from access_patterns import users
from app.core.problems import Conflict
from app.services import accounts
from app.services.accounts import AccountService
from model import Role, User, UserId
from singletable import Repository
from singletable.errors import TransactionCancelled
from tests.app import expect
from tests.app.api.v1.races import at_once, meeting
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import compared, reconciled
from tests.app.services.accounts.faults import failing

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
DEMOTE, DISABLE, DELETE = "demote", "disable", "delete"
CHANGES = [DEMOTE, DISABLE, DELETE]


def ask(harness: AppHarness, browser: Any, user: User, change: str) -> Any:
    match change:
        case "demote":
            return browser.patch(harness.path(user, "/role"), json={"role": Role.EDITOR})
        case "disable":
            return browser.post(harness.path(user, "/disable"))
        case _:
            return browser.delete(harness.path(user))


def is_active(user: User | None) -> bool:
    return user is not None and user.role is Role.ADMIN and not user.is_disabled


@pytest.mark.parametrize("change", CHANGES)
def test_the_last_one_stays(any_harness: AppHarness, change: str) -> None:
    """409, and nothing changed; editors are no help. A second one is."""
    root = any_harness.account("root", Role.ADMIN)
    any_harness.account("editor", Role.EDITOR)
    browser = any_harness.sign_in("root")
    error = expect.failure(ask(any_harness, browser, root, change), 409, "conflict")
    assert error["message"] == users.LAST_ADMIN.message
    assert any_harness.stored_user(root) is not None
    expect.success(browser.get("/v1/auth/me"))
    second = any_harness.account("second", Role.ADMIN)
    assert ask(any_harness, browser, root, change).status_code in {200, 204}
    other = any_harness.sign_in("second")
    expect.failure(ask(any_harness, other, second, change), 409, "conflict")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("shut", [DISABLE, DELETE])
def test_one_who_is_shut_out_or_leaving_does_not_count(
    any_harness: AppHarness, change: str, shut: str
) -> None:
    """The pool may not have been told yet: the item decides."""
    root = any_harness.account("root", Role.ADMIN)
    other = any_harness.account("other", Role.ADMIN)
    browser = any_harness.sign_in("root")
    with failing(any_harness.cognito, 1):
        expect.failure(ask(any_harness, browser, other, shut), 503, "unavailable")
    expect.failure(ask(any_harness, browser, root, change), 409, "conflict")
    assert is_active(any_harness.stored_user(root))


@pytest.mark.parametrize("change", CHANGES)
def test_an_index_that_lags_behind_misleads_nobody(
    any_harness: AppHarness, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """It still names one who was demoted meanwhile: the write itself looks at the witness."""
    root = any_harness.account("root", Role.ADMIN)
    other = any_harness.account("other", Role.ADMIN)
    browser = any_harness.sign_in("root")
    stale = list(any_harness.repository.iterate(users.in_role(Role.ADMIN)))
    expect.success(ask(any_harness, browser, other, DEMOTE))

    def iterate(_: Repository, __: object) -> Iterator[User]:
        return iter(stale)

    monkeypatch.setattr(Repository, "iterate", iterate)
    expect.failure(ask(any_harness, browser, root, change), 409, "conflict")
    assert is_active(any_harness.stored_user(root))


def test_one_who_is_shut_out_may_be_demoted(any_harness: AppHarness) -> None:
    """Nobody is missed."""
    any_harness.account("root", Role.ADMIN)
    other = any_harness.account("other", Role.ADMIN)
    browser = any_harness.sign_in("root")
    for change in CHANGES[::-1][1:]:
        expect.success(ask(any_harness, browser, other, change))
    assert ask(any_harness, browser, other, DELETE).status_code == 204


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
def test_two_who_remove_each_other_do_not_both_succeed(
    any_harness: AppHarness, first: str, second: str
) -> None:
    """Exactly one does, and pool and table agree on who is left."""
    harness = any_harness
    ada, eve = harness.account("ada", Role.ADMIN), harness.account("eve", Role.ADMIN)
    calls = {DEMOTE: _demote, DISABLE: accounts.disable, DELETE: accounts.remove}

    def attempt(service: AccountService, change: str, user: User) -> bool:
        try:
            calls[change](service, user.user_id, NOW)
        except (Conflict, TransactionCancelled) as refused:
            assert users.LAST_ADMIN.message in str(refused)
            return False
        return True

    racing = harness.with_store(meeting(harness.store, 2))
    ways = ((first, eve), (second, ada))
    done = at_once([lambda way=way: attempt(racing.service, *way) for way in ways])
    assert sorted(done) == [False, True]
    assert [is_active(harness.stored_user(each)) for each in (eve, ada)] == [
        not each for each in done
    ]
    assert reconciled(harness) == []
    assert compared(harness) == []


def _demote(service: AccountService, user_id: UserId, now: datetime) -> object:
    return accounts.change_role(service, user_id, Role.VIEWER, now)
