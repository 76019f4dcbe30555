"""Sign-ups whose process is killed, in front of every request that it sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access_patterns import registrations, users
from app.core.problems import Conflict
from app.services.registration import INTERRUPTED_AFTER, NewAccount, register
from model import Role
from tests.app.harness import AppHarness
from tests.app.killed_process import KILLED
from tests.app.services.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.services.accounts.server import Lives
from tests.app.services.accounts.user_pool import PASSWORD

pytestmark = pytest.mark.slow

MOST = 25
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
SOON = NOW + INTERRUPTED_AFTER - timedelta(seconds=1)
LATER = NOW + INTERRUPTED_AFTER


def is_in_the_making(harness: AppHarness, email: str) -> bool:
    return harness.repository.fetch(registrations.by_email(email).consistent()) is not None


def assert_made_once(harness: AppHarness, email: str) -> None:
    """One account in the pool, one in the table, the same one, and no registration."""
    known = [each.user_id for each in harness.pool.every_user() if each.email == email]
    stored = harness.repository.fetch(users.by_email(email))
    assert stored is not None
    assert known == [stored.user_id]
    assert_in_step(harness, stored)
    assert not is_in_the_making(harness, email)


def test_an_interrupted_sign_up_is_taken_up_by_the_next(
    shared_harness: AppHarness, lives: Lives
) -> None:
    """After two minutes; before, the address is being registered. One account comes of it."""
    interrupted, harness = 0, shared_harness
    for dies_at in range(1, MOST):
        email = f"bob{dies_at}@example.com"
        ended = lives.live(harness, "register", email, NOW, dies_at)
        wanted = NewAccount(email, Role.VIEWER, password=PASSWORD)
        if is_in_the_making(harness, email):
            assert ended == KILLED
            interrupted += 1
            with pytest.raises(Conflict, match="being made"):
                register(harness.service, wanted, SOON)
        if ended == KILLED:
            register(harness.service, wanted, LATER)
        assert_made_once(harness, email)
        if ended == 0:
            break
    assert interrupted >= 7
    assert compared(harness) == []


def test_an_interrupted_sign_up_is_undone(shared_harness: AppHarness, lives: Lives) -> None:
    """By reconciling, after two minutes: neither pool nor table know of it any more."""
    interrupted, harness = 0, shared_harness
    for dies_at in range(1, MOST):
        email = f"bob{dies_at}@example.com"
        if lives.live(harness, "register", email, NOW, dies_at) == 0:
            break
        if is_in_the_making(harness, email):
            interrupted += 1
            assert reconciled(harness, SOON) == []
            assert [each.is_mended for each in reconciled(harness, LATER)] == [True]
            assert reconciled(harness, LATER) == []
            assert not is_in_the_making(harness, email)
        assert harness.pool.find_by_email(email) is None
        assert harness.repository.fetch(users.by_email(email)) is None
    assert interrupted >= 7
    assert compared(harness) == []


def test_taking_up_may_be_interrupted_as_well(shared_harness: AppHarness, lives: Lives) -> None:
    """Wherever: one account comes of the third attempt."""
    harness = shared_harness
    for dies_at in range(1, MOST):
        email = f"bob{dies_at}@example.com"
        assert lives.live(harness, "register", email, NOW, 9) == KILLED
        assert harness.pool.find_by_email(email) is not None
        ended = lives.live(harness, "register", email, LATER, dies_at)
        if ended == KILLED:
            wanted = NewAccount(email, Role.VIEWER, password=PASSWORD)
            register(harness.service, wanted, LATER + INTERRUPTED_AFTER)
        assert_made_once(harness, email)
        if ended == 0:
            break
    assert compared(harness) == []
