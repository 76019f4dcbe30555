"""What pool and table disagree on is found, mended where it can be, and named where it cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.problems import Unavailable
from app.core.settings import Settings
from app.services import accounts
from model import Role
from singletable.errors import Throttled
from tests.app import expect
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.policies import AlsoAllowing
from tests.app.services.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.services.accounts.faults import failing
from tests.app.services.accounts.user_pool import PASSWORD

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PATH = "/v1/auth/reconcile"


def cognito(harness: AppHarness, operation: str, username: str, **given: Any) -> None:
    """Something done by hand."""
    call = getattr(harness.cognito, f"admin_{operation}")
    call(UserPoolId=harness.pool.identities[0], Username=username, **given)


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("add_user_to_group", {"GroupName": Role.ADMIN}),
        ("remove_user_from_group", {"GroupName": Role.EDITOR}),
        ("disable_user", {}),
        ("update_user_attributes", {"UserAttributes": [{"Name": "custom:role", "Value": "boss"}]}),
    ],
)
def test_what_was_changed_by_hand_is_changed_back(
    harness: AppHarness, operation: str, given: dict[str, Any]
) -> None:
    """The item holds. A second look finds nothing; what was not touched stays as it is."""
    user, other = harness.account("bob", Role.EDITOR), harness.account("eve")
    cognito(harness, operation, user.user_id, **given)
    assert reconciled(harness) == []
    (found,) = compared(harness)
    assert (found.account, found.is_mended) == (user.user_id, True)
    assert_in_step(harness, user)
    assert_in_step(harness, other)
    assert compared(harness) == []


def test_whoever_was_let_in_by_hand_is_shut_out_again(harness: AppHarness) -> None:
    """By comparing, and nobody got in meanwhile."""
    user = harness.account("bob")
    accounts.disable(harness.service, user.user_id, NOW)
    cognito(harness, "enable_user", user.user_id)
    answer = harness.browser().post(
        "/v1/auth/login", json={"email": user.email, "password": PASSWORD}
    )
    expect.failure(answer, 401, "login-refused")
    assert [each.is_mended for each in compared(harness)] == [True]
    assert assert_in_step(harness, user).is_disabled


def test_what_only_one_of_them_knows_is_named_and_left_alone(harness: AppHarness) -> None:
    """An account of the pool that was made by hand; one of the table that the pool lost."""
    foreign = harness.pool.create("hand@example.com", Role.ADMIN, invite=False)
    lost = harness.account("bob")
    harness.pool.delete(lost.user_id)
    for _ in range(2):
        found = {each.account: (each.says, each.is_mended) for each in compared(harness)}
        assert found == {
            foreign: ("the pool has an account that the table lacks", False),
            lost.user_id: ("the table has an account that the pool lacks", False),
        }
    assert harness.pool.find(foreign) is not None
    assert harness.stored_user(lost) is not None


def test_one_failure_does_not_keep_the_others(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each account is a finding of its own; what is not mended is found again."""
    users = [harness.account(name) for name in ("ada", "bob", "eve")]
    for user in users:
        with failing(harness.cognito, 1), pytest.raises(Unavailable):
            accounts.change_role(harness.service, user.user_id, Role.EDITOR, NOW)
    with failing(harness.cognito, 2):
        found = reconciled(harness)
    assert sorted(each.is_mended for each in found) == [False, True, True]
    assert len(reconciled(harness)) == 1
    for user in users:
        assert_in_step(harness, user)


def test_findings_name_no_key(harness: AppHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine says of a request may hold an address: its slug is enough."""
    user = harness.account("bob")
    cognito(harness, "disable_user", user.user_id)

    def throttled(*_: object) -> None:
        raise Throttled(operation="UpdateItem", code="x", detail="USER#bob@example.com")

    monkeypatch.setattr(harness.repository, "write", throttled)
    (found,) = compared(harness)
    assert (found.says, found.is_mended) == ("pool and table differ: throttled", False)


def test_administrators_see_what_was_found(settings: Settings) -> None:
    """Over HTTP; with `compare`, every account is looked at."""
    options = {"policy": AlsoAllowing("users.reconcile")}
    with in_memory() as store, open_with_pool(settings, store, options=options) as harness:
        user, other = harness.account("bob"), harness.account("eve")
        harness.account("root", Role.ADMIN)
        admin = harness.sign_in("root")
        with failing(harness.cognito, 1), pytest.raises(Unavailable):
            accounts.change_role(harness.service, user.user_id, Role.EDITOR, NOW)
        cognito(harness, "add_user_to_group", other.user_id, GroupName=Role.ADMIN)
        since = "2026-03-14 09:26:53+00:00"
        mended = {"says": f"the pool was behind since {since}", "isMended": True}
        assert expect.success(admin.post(PATH)) == [{"account": user.user_id, **mended}]
        assert expect.success(admin.post(PATH)) == []
        found = expect.success(admin.post(f"{PATH}?compare=true"))
        assert [(each["account"], each["isMended"]) for each in found] == [(other.user_id, True)]
        assert expect.success(admin.post(f"{PATH}?compare=true")) == []
        expect.failure(admin.post(f"{PATH}?compare=perhaps"), 422, "unprocessable")
