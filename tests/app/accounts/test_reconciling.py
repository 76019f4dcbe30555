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
from tests.app.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.accounts.faults import failing
from tests.app.accounts.town import PASSWORD, Town, open_town
from tests.app.policies import AlsoAllowing
from tests.app.v1.stores import in_memory

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PATH = "/v1/auth/reconcile"


def cognito(town: Town, operation: str, username: str, **given: Any) -> None:
    """Something done by hand."""
    call = getattr(town.cognito, f"admin_{operation}")
    call(UserPoolId=town.pool.identities[0], Username=username, **given)


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
    town: Town, operation: str, given: dict[str, Any]
) -> None:
    """The item holds. A second look finds nothing; what was not touched stays as it is."""
    user, other = town.account("bob", Role.EDITOR), town.account("eve")
    cognito(town, operation, user.user_id, **given)
    assert reconciled(town) == []
    (found,) = compared(town)
    assert (found.account, found.is_mended) == (user.user_id, True)
    assert_in_step(town, user)
    assert_in_step(town, other)
    assert compared(town) == []


def test_whoever_was_let_in_by_hand_is_shut_out_again(town: Town) -> None:
    """By comparing, and nobody got in meanwhile."""
    user = town.account("bob")
    accounts.disable(town.service, user.user_id, NOW)
    cognito(town, "enable_user", user.user_id)
    answer = town.browser().post("/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    expect.failure(answer, 401, "login-refused")
    assert [each.is_mended for each in compared(town)] == [True]
    assert assert_in_step(town, user).is_disabled


def test_what_only_one_of_them_knows_is_named_and_left_alone(town: Town) -> None:
    """An account of the pool that was made by hand; one of the table that the pool lost."""
    foreign = town.pool.create("hand@example.com", Role.ADMIN, invite=False)
    lost = town.account("bob")
    town.pool.delete(lost.user_id)
    for _ in range(2):
        found = {each.account: (each.says, each.is_mended) for each in compared(town)}
        assert found == {
            foreign: ("the pool has an account that the table lacks", False),
            lost.user_id: ("the table has an account that the pool lacks", False),
        }
    assert town.pool.find(foreign) is not None
    assert town.stored_user(lost) is not None


def test_one_failure_does_not_keep_the_others(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each account is a finding of its own; what is not mended is found again."""
    users = [town.account(name) for name in ("ada", "bob", "eve")]
    for user in users:
        with failing(town.cognito, 1), pytest.raises(Unavailable):
            accounts.change_role(town.service, user.user_id, Role.EDITOR, NOW)
    with failing(town.cognito, 2):
        found = reconciled(town)
    assert sorted(each.is_mended for each in found) == [False, True, True]
    assert len(reconciled(town)) == 1
    for user in users:
        assert_in_step(town, user)


def test_findings_name_no_key(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine says of a request may hold an address: its slug is enough."""
    user = town.account("bob")
    cognito(town, "disable_user", user.user_id)

    def throttled(*_: object) -> None:
        raise Throttled(operation="UpdateItem", code="x", detail="USER#bob@example.com")

    monkeypatch.setattr(town.repository, "write", throttled)
    (found,) = compared(town)
    assert (found.says, found.is_mended) == ("pool and table differ: throttled", False)


def test_administrators_see_what_was_found(settings: Settings) -> None:
    """Over HTTP; with `compare`, every account is looked at."""
    options = {"policy": AlsoAllowing("users.reconcile")}
    with in_memory() as store, open_town(settings, store, options=options) as town:
        user, other = town.account("bob"), town.account("eve")
        town.account("root", Role.ADMIN)
        admin = town.signed_in("root")
        with failing(town.cognito, 1), pytest.raises(Unavailable):
            accounts.change_role(town.service, user.user_id, Role.EDITOR, NOW)
        cognito(town, "add_user_to_group", other.user_id, GroupName=Role.ADMIN)
        since = "2026-03-14 09:26:53+00:00"
        mended = {"says": f"the pool was behind since {since}", "isMended": True}
        assert expect.success(admin.post(PATH)) == [{"account": user.user_id, **mended}]
        assert expect.success(admin.post(PATH)) == []
        found = expect.success(admin.post(f"{PATH}?compare=true"))
        assert [(each["account"], each["isMended"]) for each in found] == [(other.user_id, True)]
        assert expect.success(admin.post(f"{PATH}?compare=true")) == []
        expect.failure(admin.post(f"{PATH}?compare=perhaps"), 422, "unprocessable")
