"""Whether pool and table say the same of an account."""

from __future__ import annotations

from datetime import UTC, datetime

from app.services import registration
from app.services.registration import Finding
from model import User
from tests.app.accounts.town import Town


def assert_in_step(town: Town, user: User) -> User:
    """Role, group and whether it is shut out are the same, and nothing is left to do."""
    stored, known = town.stored_user(user), town.pool.find(user.user_id)
    assert stored is not None
    assert known is not None
    assert stored.sync_pending_since is None
    assert (known.role, known.groups) == (stored.role, frozenset({stored.role}))
    assert known.is_enabled is not stored.is_disabled
    assert known.email == stored.email
    return stored


def assert_unknown(town: Town, user: User) -> None:
    """Neither knows the account."""
    assert town.stored_user(user) is None
    assert town.pool.find(user.user_id) is None


def reconciled(town: Town, now: datetime | None = None) -> list[Finding]:
    """What was left to do, and was done."""
    return list(registration.resume(town.service, now or datetime.now(UTC)))


def compared(town: Town) -> list[Finding]:
    return list(registration.compare(town.service))
