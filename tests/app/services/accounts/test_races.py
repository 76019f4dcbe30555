"""Changes of one account at the same time: in the end pool and item say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.problems import Problem
from app.services import accounts, sign_in
from app.services.sign_in import SignedIn
from model import Role, User
from singletable.errors import RequestError
from tests.app.api.v1.races import at_once, meeting
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import (
    assert_in_step,
    assert_unknown,
    compared,
    reconciled,
)
from tests.app.services.accounts.user_pool import PASSWORD

pytestmark = pytest.mark.quick_on_local

NOW = datetime.now(UTC)


def outcome(call: Callable[[], object]) -> bool:
    """Whether it was done; refusals are the only other way to end."""
    try:
        call()
    except (Problem, RequestError):
        return False
    return True


@pytest.mark.parametrize("verb", ["disable", "enable", "remove", "demote"])
def test_a_change_against_another_change_of_role(any_harness: AppHarness, verb: str) -> None:
    """At least one is done; who sees the other's change too late is refused, or tells it anew."""
    any_harness.account("root", Role.ADMIN)
    user = any_harness.account("bob", Role.EDITOR)
    if verb == "enable":
        accounts.disable(any_harness.service, user.user_id, NOW)
    service, user_id = any_harness.with_store(meeting(any_harness.store, 2)).service, user.user_id
    others: dict[str, Callable[[], object]] = {
        "disable": lambda: accounts.disable(service, user_id, NOW),
        "enable": lambda: accounts.enable(service, user_id, NOW),
        "remove": lambda: accounts.remove(service, user_id, NOW),
        "demote": lambda: accounts.change_role(service, user_id, Role.VIEWER, NOW),
    }
    promote = lambda: accounts.change_role(service, user_id, Role.ADMIN, NOW)  # noqa: E731
    done = at_once([lambda: outcome(promote), lambda: outcome(others[verb])])
    assert any(done)
    reconciled(any_harness)
    if any_harness.stored_user(user) is None:
        assert_unknown(any_harness, user)
    else:
        assert_in_step(any_harness, user)
    assert compared(any_harness) == []


def test_many_changes_at_once(any_harness: AppHarness) -> None:
    """Each is done or refused, and what the item says last the pool says too."""
    any_harness.account("root", Role.ADMIN)
    user = any_harness.account("bob")
    service, user_id = any_harness.service, user.user_id
    calls: list[Callable[[], object]] = [
        *(lambda r=role: accounts.change_role(service, user_id, r, NOW) for role in Role),
        lambda: accounts.disable(service, user_id, NOW),
        lambda: accounts.enable(service, user_id, NOW),
        lambda: accounts.end_sessions(service, user_id),
    ] * 2
    assert any(at_once([lambda c=call: outcome(c) for call in calls]))
    reconciled(any_harness)
    assert_in_step(any_harness, user)
    assert compared(any_harness) == []


def test_two_deletions_at_once_are_one(any_harness: AppHarness) -> None:
    """Both find the account gone in the end."""
    user = any_harness.account("bob")
    calls = [lambda: accounts.remove(any_harness.service, user.user_id, NOW) for _ in range(2)]
    assert any(at_once([lambda c=call: outcome(c) for call in calls]))
    assert_unknown(any_harness, user)


def overtaken(harness: AppHarness, step: str, by: Callable[[], object]) -> Callable[..., object]:
    """A step of the pool in front of which another change is made from beginning to end."""
    original = getattr(harness.pool, step)

    def wait(*given: Any) -> object:
        setattr(harness.pool, step, original)
        by()
        return original(*given)

    return wait


@pytest.mark.parametrize("step", ["give_role", "enable", "sign_out_everywhere"])
def test_who_tells_the_pool_too_late_tells_it_anew(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Another change was told to its end meanwhile: its mark is gone, and it is the last word."""
    user = harness.account("bob")

    def other() -> None:
        accounts.change_role(harness.service, user.user_id, Role.VIEWER, NOW)
        accounts.disable(harness.service, user.user_id, NOW)

    monkeypatch.setattr(harness.pool, step, overtaken(harness, step, other))
    accounts.change_role(harness.service, user.user_id, Role.EDITOR, NOW)
    stored = assert_in_step(harness, user)
    assert (stored.role, stored.is_disabled) == (Role.VIEWER, True)


def test_a_deletion_overtakes_a_change(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change finds nobody, and brings nobody back."""
    user = harness.account("bob")
    other = overtaken(
        harness, "give_role", lambda: accounts.remove(harness.service, user.user_id, NOW)
    )
    monkeypatch.setattr(harness.pool, "give_role", other)
    with pytest.raises(Problem, match="does not exist"):
        accounts.change_role(harness.service, user.user_id, Role.EDITOR, NOW)
    assert_unknown(harness, user)


@pytest.mark.parametrize("step", ["give_role", "refresh"])
def test_a_sign_in_that_mends_is_overtaken(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The role in its tokens never is more than the item's counts; the pool ends up right."""
    user = harness.account("bob", Role.EDITOR)
    harness.pool.give_role(user.user_id, Role.ADMIN)

    def demote() -> User:
        return accounts.change_role(harness.service, user.user_id, Role.VIEWER, NOW)

    monkeypatch.setattr(harness.pool, step, overtaken(harness, step, demote))
    signed = sign_in.sign_in(harness.service, user.email, PASSWORD, "", NOW)
    assert isinstance(signed, SignedIn)
    assert_in_step(harness, user)
    assert Role.ADMIN not in harness.service.tokens.verify(signed.tokens.access).roles
