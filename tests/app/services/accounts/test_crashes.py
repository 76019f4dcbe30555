"""Changes whose process is killed, in front of every request that it sends, one after the other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from model import Role
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.killed_process import KILLED
from tests.app.services.accounts.agreement import (
    assert_in_step,
    assert_unknown,
    compared,
    reconciled,
)
from tests.app.services.accounts.server import Lives
from tests.app.services.accounts.user_pool import log_in

pytestmark = pytest.mark.slow

MOST = 20
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@pytest.fixture
def harness(shared_harness: AppHarness) -> AppHarness:
    return shared_harness


@pytest.fixture
def admin(harness: AppHarness) -> Any:
    harness.account("root", Role.ADMIN)
    return harness.sign_in("root")


def test_a_demotion_counts_from_its_first_write_on(
    harness: AppHarness, lives: Lives, admin: Any
) -> None:
    """The demoted can do nothing with the token they have, and reconciling ends what was begun."""
    effective = 0
    for dies_at in range(1, MOST):
        user = harness.account(f"bob{dies_at}", Role.ADMIN)
        browser = harness.sign_in(f"bob{dies_at}")
        ended = lives.live(harness, "change-role", user.user_id, NOW, dies_at)
        if (stored := harness.stored_user(user)) is None or stored.role is Role.ADMIN:
            assert ended == KILLED
            expect.success(browser.get("/v1/auth/users?role=fm-web:admin"))
            continue
        answer = browser.get("/v1/auth/users?role=fm-web:admin")
        expect.failure(answer, 401, "session-ended")
        if ended == 0:
            break
        effective += 1
        shown = expect.success(admin.get(harness.path(user)))
        assert shown["syncPendingSince"] == "2026-03-14T09:26:53Z"
        assert [each.is_mended for each in reconciled(harness)] == [True]
        assert reconciled(harness) == []
        assert assert_in_step(harness, user).role is Role.VIEWER
    assert effective >= 7
    assert compared(harness) == []


@pytest.mark.parametrize(("change", "is_disabled"), [("disable", True), ("enable", False)])
def test_shutting_out_and_letting_in_is_taken_to_its_end(
    harness: AppHarness, lives: Lives, admin: Any, change: str, is_disabled: bool
) -> None:
    """By reconciling, or by the next change, wherever the first attempt was killed."""
    effective = 0
    for dies_at in range(1, MOST):
        user = harness.account(f"bob{dies_at}")
        if change == "enable":
            expect.success(admin.post(harness.path(user, "/disable")))
        ended = lives.live(harness, change, user.user_id, NOW, dies_at)
        stored = harness.stored_user(user)
        assert stored is not None
        if stored.sync_pending_since is not None:
            effective += 1
            assert stored.is_disabled is is_disabled
            if dies_at % 2:
                assert len(reconciled(harness)) == 1
            else:
                expect.success(admin.patch(harness.path(user, "/role"), json={"role": Role.EDITOR}))
            assert assert_in_step(harness, user).is_disabled is is_disabled
        if ended == 0:
            break
    assert effective >= 7


def test_a_deletion_is_taken_to_its_end(harness: AppHarness, lives: Lives, admin: Any) -> None:
    """From the first write on nobody gets in; the address is free once it is done."""
    effective = 0
    for dies_at in range(1, MOST):
        name = f"bob{dies_at}"
        user = harness.account(name)
        browser = harness.sign_in(name)
        ended = lives.live(harness, "remove", user.user_id, NOW, dies_at)
        stored = harness.stored_user(user)
        if stored is not None and stored.deletion_pending:
            effective += 1
            expect.failure(browser.get("/v1/auth/me"), 401, "session-ended")
            assert reconciled(harness)[0].is_mended
            assert_unknown(harness, user)
            assert harness.account(name).user_id != user.user_id
        if ended == 0:
            break
    assert effective == 3


def test_the_next_sign_in_ends_an_interrupted_change(
    harness: AppHarness, lives: Lives, admin: Any
) -> None:
    """Those let in again get in, with the role that they have now."""
    behind = 0
    for dies_at in range(2, MOST):
        user = harness.account(f"bob{dies_at}", Role.EDITOR)
        if lives.live(harness, "change-role", user.user_id, NOW, dies_at) == 0:
            break
        browser = harness.sign_in(f"bob{dies_at}")
        stored = assert_in_step(harness, user)
        assert expect.success(browser.get("/v1/auth/me"))["roles"] == [stored.role]
        behind += stored.role is Role.VIEWER
    assert behind >= 7


def test_an_interrupted_letting_in_does_not_keep_anyone_out(
    harness: AppHarness, lives: Lives, admin: Any
) -> None:
    """The item says that the user may come in: signing in tells the pool before it asks it."""
    user = harness.account("bob")
    expect.success(admin.post(harness.path(user, "/disable")))
    assert lives.live(harness, "enable", user.user_id, NOW, dies_at=4) == KILLED
    known = harness.pool.find(user.user_id)
    assert known is not None
    assert not known.is_enabled
    expect.success(log_in(harness.browser(), "bob"))
    assert_in_step(harness, user)
