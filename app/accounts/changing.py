"""Changes of an account by an administrator: the item first, which counts at once, then the pool.

A crash in between leaves `sync_pending_since` on the item: `reconciling` goes on from there.
"""

from __future__ import annotations

from datetime import datetime

from access_patterns import users
from app.accounts.desk import Desk, as_far_as_possible
from app.accounts.errors import AccountConflict, AccountMissing
from app.accounts.mirroring import bring_in_step, stored
from model import Role, User, UserId
from singletable import Transaction
from singletable.errors import TransactionCancelled


def found(desk: Desk, user_id: UserId) -> User:
    """The user as stored now; `AccountMissing` if there is none."""
    user = stored(desk, user_id)
    if user is None:
        raise AccountMissing
    return user


def change_role(desk: Desk, user_id: UserId, role: Role, now: datetime) -> User:
    """Gives a role in place of the one before; all sessions end. Twice the same is once."""
    user = _staying(desk, user_id)
    if user.role is not role:
        change = users.change_role(user, role, now)
        _write(desk, user, change, keeps_admin=role is Role.ADMIN)
    return _followed(desk, user_id)


def disable(desk: Desk, user_id: UserId, now: datetime) -> User:
    """Shuts a user out; all sessions end."""
    user = _staying(desk, user_id)
    if not user.is_disabled:
        _write(desk, user, users.disable(user, now), keeps_admin=False)
    return _followed(desk, user_id)


def enable(desk: Desk, user_id: UserId, now: datetime) -> User:
    """Lets a user in again."""
    user = _staying(desk, user_id)
    if user.is_disabled:
        desk.repository.write(users.enable(user_id, now))
        desk.gate.forget_user(user_id)
    return _followed(desk, user_id)


def remove(desk: Desk, user_id: UserId, now: datetime) -> None:
    """Deletes an account, at the pool too. What its user wrote stays."""
    user = found(desk, user_id)
    if not user.deletion_pending:
        _write(desk, user, users.begin_deletion(user, now), keeps_admin=False)
    bring_in_step(desk, user_id)


def end_sessions(desk: Desk, user_id: UserId) -> None:
    """Logs a user out everywhere."""
    desk.repository.write(users.end_sessions(user_id, desk.clock()))
    desk.gate.forget_user(user_id)
    with as_far_as_possible("signing a user out everywhere"):
        desk.pool.sign_out_everywhere(user_id)


def _staying(desk: Desk, user_id: UserId) -> User:
    """One who is to be gone is gone: what was left of a deletion is done first."""
    user = found(desk, user_id)
    if user.deletion_pending:
        bring_in_step(desk, user_id)
        raise AccountMissing
    return user


def _followed(desk: Desk, user_id: UserId) -> User:
    user = bring_in_step(desk, user_id)
    if user is None:
        raise AccountMissing
    return user


def _write(desk: Desk, user: User, change: Transaction[None], *, keeps_admin: bool) -> None:
    """With a witness where an administrator goes, so that there always is one left."""
    try:
        if not _is_active_admin(user) or keeps_admin:
            desk.repository.write(change)
        else:
            _write_before_witness(desk, user, change)
    finally:  # even a write without an answer may have been carried out
        desk.gate.forget_user(user.user_id)


def _write_before_witness(desk: Desk, user: User, change: Transaction[None]) -> None:
    """The index may lag behind: whoever it names is checked where the change is written."""
    for other in desk.repository.iterate(users.in_role(Role.ADMIN)):
        if other.user_id == user.user_id or not _is_active_admin(other):
            continue
        try:
            desk.repository.write(change.add(users.check_active_admin(other.user_id)))
            return
        except TransactionCancelled as error:
            if 0 in error.failures:
                raise
    raise AccountConflict(reason=users.LAST_ADMIN.message)


def _is_active_admin(user: User) -> bool:
    return user.role is Role.ADMIN and not user.is_disabled and not user.deletion_pending
