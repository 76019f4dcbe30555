"""Changes of accounts: the item and the pool together, and what the pool failed to do, later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import sleep
from typing import Any

import pytest

from app.core.problems import Conflict, NotFound
from app.services import accounts
from app.services.user_pool import Tokens
from model import Role, User
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import (
    assert_in_step,
    assert_unknown,
    compared,
    reconciled,
)
from tests.app.services.accounts.faults import failing
from tests.app.services.accounts.user_pool import PASSWORD, log_in

Change = Callable[[Any], Any]
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.fixture
def admin(harness: AppHarness) -> Any:
    harness.account("root", Role.ADMIN)
    return harness.sign_in("root")


def request_for(harness: AppHarness, admin: Any, user: User, verb: str) -> Any:
    match verb:
        case "role":
            return admin.patch(harness.path(user, "/role"), json={"role": Role.EDITOR})
        case "delete":
            return admin.delete(harness.path(user))
        case "sessions":
            return admin.delete(f"/v1/sessions?userId={user.user_id}")
        case _:
            return admin.post(harness.path(user, f"/{verb}"))


@pytest.mark.parametrize("verb", ["role", "disable", "delete", "sessions"])
def test_sessions_end_at_once(harness: AppHarness, admin: Any, verb: str) -> None:
    """Cookies, bearer token and refresh token are refused although they are still valid."""
    user = harness.account("bob")
    browser = harness.sign_in("bob")
    bearer = harness.bearer(browser)
    expect.success(bearer.get("/v1/auth/me"))
    assert request_for(harness, admin, user, verb).status_code in {200, 204}
    for each in (browser, bearer):
        expect.failure(each.get("/v1/auth/me"), 401, "session-ended")
    assert browser.post("/v1/auth/refresh").status_code == 401
    reopened = bearer.post("/v1/sessions", json={})
    expect.failure(reopened, 401, "login-refused")


@pytest.mark.parametrize("verb", ["role", "disable", "enable"])
def test_pool_and_item_change_together(harness: AppHarness, admin: Any, verb: str) -> None:
    """Twice the same changes nothing more."""
    user = harness.account("bob")
    if verb == "enable":
        request_for(harness, admin, user, "disable")
    for _ in range(2):
        shown = expect.success(request_for(harness, admin, user, verb))
        assert shown["syncPendingSince"] is None
        stored = assert_in_step(harness, user)
        assert stored.generation == {"role": 1, "disable": 1, "enable": 2}[verb]
    assert compared(harness) == []


def test_who_is_deleted_is_unknown_and_the_address_free(harness: AppHarness, admin: Any) -> None:
    """A second deletion finds nobody."""
    user = harness.account("bob")
    assert request_for(harness, admin, user, "delete").status_code == 204
    assert_unknown(harness, user)
    expect.failure(request_for(harness, admin, user, "delete"), 404, "not-found")
    assert harness.account("bob").user_id != user.user_id


def test_who_is_shut_out_does_not_sign_in(harness: AppHarness, admin: Any) -> None:
    """Until let in again; the refusal is that of a wrong password."""
    user = harness.account("bob")
    request_for(harness, admin, user, "disable")
    refused = expect.failure(log_in(harness.browser(), "bob"), 401, "login-refused")
    wrong = expect.failure(log_in(harness.browser(), "bob", "Wrong-horse-77"), 401, "login-refused")
    assert refused["message"] == wrong["message"]
    request_for(harness, admin, user, "enable")
    expect.success(log_in(harness.browser(), "bob"))


@pytest.mark.parametrize(
    ("verb", "requests"), [("role", 6), ("disable", 6), ("enable", 6), ("delete", 1)]
)
@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_the_pool_may_fail_at_every_request(
    harness: AppHarness, admin: Any, verb: str, requests: int, moment: Any
) -> None:
    """503; the item holds and says so, and the same request again ends what was begun."""
    for at in range(1, requests + 1):
        user = harness.account(f"bob{at}")
        if verb == "enable":
            request_for(harness, admin, user, "disable")
        with failing(harness.cognito, at, moment=moment) as sent:
            expect.failure(request_for(harness, admin, user, verb), 503, "unavailable")
        assert len(sent.names) == at
        shown = expect.success(admin.get(harness.path(user)))
        assert shown["syncPendingSince"] is not None
        assert shown["role"] == (Role.EDITOR if verb == "role" else Role.VIEWER)
        assert shown["isDisabled"] is (verb in {"disable", "delete"})
        assert request_for(harness, admin, user, verb).status_code in {200, 204}
        if verb == "delete":
            assert_unknown(harness, user)
        else:
            assert_in_step(harness, user)
    assert compared(harness) == []


def test_a_change_sends_no_more_than_may_fail(harness: AppHarness, admin: Any) -> None:
    """Else the test before would leave some out."""
    user = harness.account("bob")
    with failing(harness.cognito, 0) as sent:
        request_for(harness, admin, user, "role")
    assert len(sent.names) == 6


@pytest.mark.parametrize("verb", ["role", "disable", "enable"])
def test_who_is_leaving_is_gone(harness: AppHarness, admin: Any, verb: str) -> None:
    """Whatever else is asked for ends the interrupted deletion, and finds nobody."""
    user = harness.account("bob")
    with failing(harness.cognito, 1):
        expect.failure(request_for(harness, admin, user, "delete"), 503, "unavailable")
    expect.failure(request_for(harness, admin, user, verb), 404, "not-found")
    assert_unknown(harness, user)


def test_an_account_without_its_half_in_the_pool_can_be_deleted(
    harness: AppHarness, admin: Any
) -> None:
    """Other changes say what is the matter."""
    user = harness.account("bob")
    harness.pool.delete(user.user_id)
    error = expect.failure(request_for(harness, admin, user, "role"), 409, "conflict")
    assert "the user pool has no such account" in error["message"]
    assert [each.is_mended for each in reconciled(harness)] == [False]
    assert request_for(harness, admin, user, "delete").status_code == 204
    assert harness.stored_user(user) is None


def test_what_was_decided_of_another_state_is_refused(harness: AppHarness) -> None:
    """409: a change counts on the role, and on who is shut out, as they were read."""
    user = harness.account("bob", Role.ADMIN)
    harness.account("root", Role.ADMIN)
    service = harness.service
    fetch = service.repository.fetch

    def meanwhile(*asked: Any) -> Any:
        found = fetch(*asked)
        patch.undo()
        accounts.disable(service, user.user_id, NOW)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.repository, "fetch", meanwhile)
        with pytest.raises(Exception, match="changed the account at the same time"):
            accounts.change_role(service, user.user_id, Role.VIEWER, NOW)
    assert assert_in_step(harness, user).role is Role.ADMIN


@pytest.mark.parametrize("verb", ["role", "disable", "sessions"])
def test_tokens_from_before_open_no_session_either(
    harness: AppHarness, admin: Any, verb: str
) -> None:
    """Of a sign-in at the pool itself, whose session was never opened: nobody could end it."""
    user = harness.account("bob")
    tokens = harness.pool.sign_in(user.email, PASSWORD)
    assert isinstance(tokens, Tokens)
    sleep(1.1)  # tokens know whole seconds only
    assert request_for(harness, admin, user, verb).status_code in {200, 204}
    if verb == "disable":
        request_for(harness, admin, user, "enable")
    bearer = {"Authorization": f"Bearer {tokens.access}"}
    answer = harness.browser().post("/v1/sessions", json={}, headers=bearer)
    expect.failure(answer, 401, "login-refused")
    expect.success(log_in(harness.browser(), "bob"))


def test_an_account_that_never_rests_is_given_up_on(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some attempts, in words; it stays marked."""
    user = harness.account("bob")
    give_role = harness.pool.give_role

    def again(*given: Any) -> None:
        give_role(*given)
        accounts.end_sessions(harness.service, user.user_id)

    with monkeypatch.context() as patch:
        patch.setattr(harness.pool, "give_role", again)
        with pytest.raises(Conflict):
            accounts.change_role(harness.service, user.user_id, Role.EDITOR, NOW)
    assert len(reconciled(harness)) == 1
    assert_in_step(harness, user)


def test_nobody_is_no_account(harness: AppHarness) -> None:
    """Whatever is done to it."""
    user = harness.account("bob")
    accounts.remove(harness.service, user.user_id, NOW)
    for change in (accounts.disable, accounts.enable, accounts.remove):
        with pytest.raises(NotFound):
            change(harness.service, user.user_id, NOW)
    assert log_in(harness.browser(), "bob", PASSWORD).status_code == 401
