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
from tests.app.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.accounts.town import PASSWORD, Town

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
LATER = NOW + INTERRUPTED_AFTER
BOB = NewAccount("bob@example.com", Role.EDITOR, "Bob", PASSWORD)


class Way:
    """To the table: a transaction gets no answer, carried out or not."""

    def __init__(self, town: Town, is_carried_out: bool) -> None:
        self._write: Callable[[Any], Any] = town.repository.write
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
    any_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither before nor after the pool's account is deleted: an item without one is no use."""
    way, delete = Way(any_town, is_carried_out=False), any_town.pool.delete

    def delete_while_it_arrives(user_id: UserId) -> None:
        way.arrive()
        delete(user_id)
        way.arrive()

    with monkeypatch.context() as patch:
        patch.setattr(any_town.repository, "write", way.write)
        patch.setattr(any_town.pool, "delete", delete_while_it_arrives)
        with pytest.raises(ServiceUnavailable):
            register(any_town.service, BOB, NOW)
    way.arrive()
    assert any_town.pool.find_by_email(BOB.email) is None
    assert_in_step(any_town, register(any_town.service, BOB, NOW))


def test_what_was_completed_without_an_answer_is_not_undone(
    any_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is there, whole, and the address taken."""
    with monkeypatch.context() as patch:
        patch.setattr(any_town.repository, "write", Way(any_town, is_carried_out=True).write)
        with pytest.raises(ServiceUnavailable):
            register(any_town.service, BOB, NOW)
    user = any_town.repository.fetch(users.by_email(BOB.email))
    assert user is not None
    assert_in_step(any_town, user)
    with pytest.raises(Taken):
        register(any_town.service, BOB, LATER)
    assert reconciled(any_town, LATER) == []
    assert compared(any_town) == []


def test_what_is_being_reconciled_cannot_be_completed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that was only slow: the registration is taken up before anything is deleted."""
    way, delete = Way(town, is_carried_out=False), town.pool.delete
    registration = Registration(email=BOB.email, started_at=NOW)
    begun = town.repository.write(registrations.begin(registration))
    user_id = town.pool.create(BOB.email, BOB.role, invite=False)
    user = User(user_id=user_id, email=BOB.email, role=BOB.role, created_at=NOW)
    way.late = registrations.complete(begun, user)

    def delete_while_it_arrives(gone: UserId) -> None:
        delete(gone)
        way.arrive()

    monkeypatch.setattr(town.pool, "delete", delete_while_it_arrives)
    assert [each.is_mended for each in reconciled(town, LATER)] == [True]
    way.arrive()
    assert town.pool.find_by_email(BOB.email) is None
    assert compared(town) == []
