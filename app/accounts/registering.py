"""New accounts: announced in the table, made in the pool, then completed in one transaction.

The announcement makes a crash in between visible, and keeps a second attempt from the first.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_patterns import registrations, users
from app.accounts.desk import Desk
from app.accounts.errors import AccountConflict, AddressTaken
from app.accounts.pool_errors import EmailInPool, PoolError, PoolUnavailable
from model import Registration, Role, User, UserId
from singletable.errors.request import WriteRefused

INTERRUPTED_AFTER = timedelta(minutes=2)
"""Longer than all attempts at all steps may take together."""

log = logging.getLogger("app.accounts")


@dataclass(frozen=True)
class NewAccount:
    """`password` is the user's own and lasts; `temporary` has to be changed at first sign-in.

    With neither, the pool sends an invitation to the address.
    """

    email: str
    role: Role
    name: str = ""
    password: str | None = None
    temporary: str | None = None

    def __repr__(self) -> str:
        return f"NewAccount(role={self.role!r})"


def register(desk: Desk, wanted: NewAccount, now: datetime) -> User:
    """The user, known to pool and table. Otherwise an error, and neither knows of it."""
    if desk.repository.fetch(users.by_email(wanted.email)) is not None:
        raise AddressTaken
    registration, is_resumed = _announced(desk, wanted.email, now)
    try:
        user_id = _made(desk, wanted, is_resumed=is_resumed)
    except PoolUnavailable:
        raise  # it may have been made all the same: the registration keeps that in mind
    except (AddressTaken, PoolError):
        _give_up(desk, registration)
        raise
    try:
        return _completed(desk, wanted, user_id, registration, now)
    except Exception:
        _undo(desk, user_id, registration)
        raise


def _announced(desk: Desk, email: str, now: datetime) -> tuple[Registration, bool]:
    """The registration, and whether it takes up one that was interrupted."""
    former = desk.repository.fetch(registrations.of(email).consistent())
    if former is not None:
        if now - former.started_at < INTERRUPTED_AFTER:
            raise AccountConflict(reason=registrations.BEING_MADE)
        return desk.repository.write(registrations.take_up(former, now)), True
    if desk.pool.find_by_email(email) is not None:
        raise AddressTaken
    begun = Registration(email=email, started_at=now)
    return desk.repository.write(registrations.begin(begun)), False


def _made(desk: Desk, wanted: NewAccount, *, is_resumed: bool) -> UserId:
    """In the pool; what an interrupted attempt left there is replaced, nothing else ever is."""
    first = wanted.password or wanted.temporary
    is_invited = wanted.password is None
    if is_resumed:
        remove_unfinished(desk, wanted.email)
    try:
        return desk.pool.create(
            wanted.email, wanted.role, temporary_password=first, invite=is_invited
        )
    except EmailInPool:
        raise AddressTaken from None


def remove_unfinished(desk: Desk, email: str) -> None:
    """Deletes the pool's account of an interrupted registration, unless a user came of it."""
    left = desk.pool.find_by_email(email)
    if left is not None and desk.repository.fetch(users.by_id(left.user_id).consistent()) is None:
        desk.pool.delete(left.user_id)


def _completed(
    desk: Desk, wanted: NewAccount, user_id: UserId, registration: Registration, now: datetime
) -> User:
    if wanted.password is not None:
        desk.pool.set_password(user_id, wanted.password)
    desk.pool.give_role(user_id, wanted.role)
    user = User(
        user_id=user_id, email=wanted.email, name=wanted.name, role=wanted.role, created_at=now
    )
    return desk.repository.write(registrations.complete(registration, user))


def _undo(desk: Desk, user_id: UserId, registration: Registration) -> None:
    """As far as it goes; the registration stays where it does not, for `reconciling`."""
    if desk.repository.fetch(users.by_id(user_id).consistent()) is not None:
        return
    try:
        desk.pool.delete(user_id)
    except PoolError as error:
        log.warning("an unfinished account stays in the user pool for now: %s", error)
        return
    _give_up(desk, registration)


def _give_up(desk: Desk, registration: Registration) -> None:
    with suppress(WriteRefused):  # somebody took it up meanwhile: it is theirs now
        desk.repository.write(registrations.give_up(registration))
