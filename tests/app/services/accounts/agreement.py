"""Whether pool and table say the same of an account."""

from __future__ import annotations

from datetime import UTC, datetime

from app.services import registration
from app.services.registration import FindingOut
from model import User
from tests.app.harness import AppHarness


def assert_in_step(harness: AppHarness, user: User) -> User:
    """Role, group and whether it is shut out are the same, and nothing is left to do."""
    stored, known = harness.stored_user(user), harness.pool.find(user.user_id)
    assert stored is not None
    assert known is not None
    assert stored.sync_pending_since is None
    assert (known.role, known.groups) == (stored.role, frozenset({stored.role}))
    assert known.is_enabled is not stored.is_disabled
    assert known.email == stored.email
    return stored


def assert_unknown(harness: AppHarness, user: User) -> None:
    """Neither knows the account."""
    assert harness.stored_user(user) is None
    assert harness.pool.find(user.user_id) is None


def reconciled(harness: AppHarness, now: datetime | None = None) -> list[FindingOut]:
    """What was left to do, and was done."""
    return list(registration.resume(harness.service, now or datetime.now(UTC)))


def compared(harness: AppHarness) -> list[FindingOut]:
    return list(registration.compare(harness.service))
