"""Brings the user pool into step with a user's item, which is what holds. Repeatable at will."""

from __future__ import annotations

from access_patterns import users
from app.accounts.desk import Desk
from app.accounts.errors import AccountConflict
from app.accounts.pool import UserPool
from model import User, UserId
from singletable.errors.request import WriteRefused

ATTEMPTS = 5


def bring_in_step(desk: Desk, user_id: UserId) -> User | None:
    """The user as stored, once the pool was told; None once both have forgotten a leaving one.

    An item that changes meanwhile is told anew: the last change has the last word at the pool.
    """
    for _ in range(ATTEMPTS):
        user = desk.repository.fetch(users.by_id(user_id).consistent())
        if user is None or user.pool_behind_since is None:
            return user
        tell(desk.pool, user)
        try:
            return _noted(desk, user)
        except WriteRefused:
            continue
    raise AccountConflict(reason=users.CHANGED)


def tell(pool: UserPool, user: User) -> None:
    """Makes the pool say of a user what the item says."""
    if user.is_leaving:
        pool.delete(user.user_id)
        return
    pool.give_role(user.user_id, user.role)
    if user.is_disabled:
        pool.disable(user.user_id)
    else:
        pool.enable(user.user_id)
    pool.sign_out_everywhere(user.user_id)


def _noted(desk: Desk, told: User) -> User | None:
    if told.is_leaving:
        desk.repository.write(users.forget(told))
        return None
    assert told.pool_behind_since is not None  # noqa: S101 - the caller saw it
    return desk.repository.write(users.in_step(told.user_id, told.role, told.pool_behind_since))
