"""The transaction that completes a registration arrives late, or its answer does not arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from access_patterns import registrations, users
from app.core.problems import Taken
from app.services.registration import INTERRUPTED_AFTER, NewAccount, register
from model import Registration, Role, User, UserId
from singletable import Transaction
from singletable.errors import ServiceUnavailable, TransactionCancelled
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.services.accounts.user_pool import PASSWORD

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
LATER = NOW + INTERRUPTED_AFTER
BOB = NewAccount("bob@example.com", Role.EDITOR, "Bob", PASSWORD)


class Way:
    """To the table: a transaction gets no answer, carried out or not."""

    def __init__(self, harness: AppHarness, is_carried_out: bool) -> None:
        self._write: Callable[[Any], Any] = harness.repository.write
        self._is_carried_out = is_carried_out
        self.late: Transaction[User] | None = None

    def write(self, action: Any) -> Any:
        if not isinstance(action, Transaction):
            return self._write(action)
        self.late = action
        if self._is_carried_out:
            self._write(action)
        raise ServiceUnavailable(operation="TransactWriteItems", code="timeout", detail="")

    def arrive(self) -> None:
        """At last; it has to be refused."""
        assert self.late is not None
        with pytest.raises(TransactionCancelled):
            self._write(self.late)


def test_what_was_undone_cannot_be_completed_late(
    any_harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither before nor after the pool's account is deleted: an item without one is no use."""
    way, delete = Way(any_harness, is_carried_out=False), any_harness.pool.delete

    def delete_while_it_arrives(user_id: UserId) -> None:
        way.arrive()
        delete(user_id)
        way.arrive()

    with monkeypatch.context() as patch:
        patch.setattr(any_harness.repository, "write", way.write)
        patch.setattr(any_harness.pool, "delete", delete_while_it_arrives)
        with pytest.raises(ServiceUnavailable):
            register(any_harness.service, BOB, NOW)
    way.arrive()
    assert any_harness.pool.find_by_email(BOB.email) is None
    assert_in_step(any_harness, register(any_harness.service, BOB, NOW))


def test_what_was_completed_without_an_answer_is_not_undone(
    any_harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is there, whole, and the address taken."""
    with monkeypatch.context() as patch:
        patch.setattr(any_harness.repository, "write", Way(any_harness, is_carried_out=True).write)
        with pytest.raises(ServiceUnavailable):
            register(any_harness.service, BOB, NOW)
    user = any_harness.repository.fetch(users.by_email(BOB.email))
    assert user is not None
    assert_in_step(any_harness, user)
    with pytest.raises(Taken):
        register(any_harness.service, BOB, LATER)
    assert reconciled(any_harness, LATER) == []
    assert compared(any_harness) == []


def test_what_is_being_reconciled_cannot_be_completed(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that was only slow: the registration is taken up before anything is deleted."""
    way, delete = Way(harness, is_carried_out=False), harness.pool.delete
    registration = Registration(email=BOB.email, started_at=NOW)
    begun = harness.repository.write(registrations.begin(registration))
    user_id = harness.pool.create(BOB.email, BOB.role, invite=False)
    user = User(user_id=user_id, email=BOB.email, role=BOB.role, created_at=NOW)
    way.late = registrations.complete(begun, user)

    def delete_while_it_arrives(gone: UserId) -> None:
        delete(gone)
        way.arrive()

    monkeypatch.setattr(harness.pool, "delete", delete_while_it_arrives)
    assert [each.is_mended for each in reconciled(harness, LATER)] == [True]
    way.arrive()
    assert harness.pool.find_by_email(BOB.email) is None
    assert compared(harness) == []
