"""Sign-ups whose process is killed, in front of every request that it sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access_patterns import registrations, users
from app.core.problems import Conflict
from app.services.registration import INTERRUPTED_AFTER, NewAccount, register
from model import Role
from tests.app.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.accounts.server import Lives
from tests.app.accounts.town import PASSWORD, Town
from tests.app.killed_process import KILLED

pytestmark = pytest.mark.slow

MOST = 25
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
SOON = NOW + INTERRUPTED_AFTER - timedelta(seconds=1)
LATER = NOW + INTERRUPTED_AFTER


def is_in_the_making(town: Town, email: str) -> bool:
    return town.repository.fetch(registrations.by_email(email).consistent()) is not None


def assert_made_once(town: Town, email: str) -> None:
    """One account in the pool, one in the table, the same one, and no registration."""
    known = [each.user_id for each in town.pool.every_user() if each.email == email]
    stored = town.repository.fetch(users.by_email(email))
    assert stored is not None
    assert known == [stored.user_id]
    assert_in_step(town, stored)
    assert not is_in_the_making(town, email)


def test_an_interrupted_sign_up_is_taken_up_by_the_next(shared_town: Town, lives: Lives) -> None:
    """After two minutes; before, the address is being registered. One account comes of it."""
    interrupted, town = 0, shared_town
    for dies_at in range(1, MOST):
        email = f"bob{dies_at}@example.com"
        ended = lives.live(town, "register", email, NOW, dies_at)
        wanted = NewAccount(email, Role.VIEWER, password=PASSWORD)
        if is_in_the_making(town, email):
            assert ended == KILLED
            interrupted += 1
            with pytest.raises(Conflict, match="being made"):
                register(town.service, wanted, SOON)
        if ended == KILLED:
            register(town.service, wanted, LATER)
        assert_made_once(town, email)
        if ended == 0:
            break
    assert interrupted >= 7
    assert compared(town) == []


def test_an_interrupted_sign_up_is_undone(shared_town: Town, lives: Lives) -> None:
    """By reconciling, after two minutes: neither pool nor table know of it any more."""
    interrupted, town = 0, shared_town
    for dies_at in range(1, MOST):
        email = f"bob{dies_at}@example.com"
        if lives.live(town, "register", email, NOW, dies_at) == 0:
            break
        if is_in_the_making(town, email):
            interrupted += 1
            assert reconciled(town, SOON) == []
            assert [each.is_mended for each in reconciled(town, LATER)] == [True]
            assert reconciled(town, LATER) == []
            assert not is_in_the_making(town, email)
        assert town.pool.find_by_email(email) is None
        assert town.repository.fetch(users.by_email(email)) is None
    assert interrupted >= 7
    assert compared(town) == []


def test_taking_up_may_be_interrupted_as_well(shared_town: Town, lives: Lives) -> None:
    """Wherever: one account comes of the third attempt."""
    town = shared_town
    for dies_at in range(1, MOST):
        email = f"bob{dies_at}@example.com"
        assert lives.live(town, "register", email, NOW, 9) == KILLED
        assert town.pool.find_by_email(email) is not None
        ended = lives.live(town, "register", email, LATER, dies_at)
        if ended == KILLED:
            wanted = NewAccount(email, Role.VIEWER, password=PASSWORD)
            register(town.service, wanted, LATER + INTERRUPTED_AFTER)
        assert_made_once(town, email)
        if ended == 0:
            break
    assert compared(town) == []
