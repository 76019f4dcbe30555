"""Brings the user pool into step with a user's item, which is what holds. Repeatable at will.

Several may do so at once. Whoever told the pool something that holds no longer tells it anew:
the last word is what the item says.
"""

from __future__ import annotations

from access_patterns import users
from app.accounts.desk import Desk
from app.accounts.errors import AccountConflict
from app.accounts.pool import UserPool
from app.accounts.pool_errors import UserNotInPool
from model import User, UserId
from singletable.errors import WriteRefused

ATTEMPTS = 5


def bring_in_step(desk: Desk, user_id: UserId) -> User | None:
    """The user as stored, once the pool was told; None once both have forgotten a leaving one."""
    user = stored(desk, user_id)
    if user is None or user.sync_pending_since is None:
        return user
    return bring_over(desk, user)


def bring_over(desk: Desk, user: User) -> User | None:
    """The same, whether or not the pool is known to be behind."""
    for _ in range(ATTEMPTS):
        try:
            tell(desk.pool, user)
            return _noted(desk, user)
        except (WriteRefused, UserNotInPool) as error:
            now = stored(desk, user.user_id)
            if now is None:
                return None
            if isinstance(error, UserNotInPool) and not now.deletion_pending:
                raise
            user = now
    raise AccountConflict(reason=users.CHANGED.message)


def correct_role(desk: Desk, user_id: UserId) -> User | None:
    """The user as stored, once the pool has given the role; ends no session there."""
    user = stored(desk, user_id)
    for _ in range(ATTEMPTS):
        if user is None:
            return None
        desk.pool.give_role(user.user_id, user.role)
        now = stored(desk, user_id)
        if now is None or now.role is user.role:
            return now
        user = now
    raise AccountConflict(reason=users.CHANGED.message)


def tell(pool: UserPool, user: User) -> None:
    """Makes the pool say of a user what the item says."""
    if user.deletion_pending:
        pool.delete(user.user_id)
        return
    pool.give_role(user.user_id, user.role)
    if user.is_disabled:
        pool.disable(user.user_id)
    else:
        pool.enable(user.user_id)
    pool.sign_out_everywhere(user.user_id)


def stored(desk: Desk, user_id: UserId) -> User | None:
    return desk.repository.fetch(users.by_id(user_id).consistent())


def _noted(desk: Desk, told: User) -> User | None:
    if told.deletion_pending:
        desk.repository.write(users.delete(told))
        return None
    return desk.repository.write(users.mark_synced(told.user_id, told.generation))
