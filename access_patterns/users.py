"""Questions about users, and the writes of an account."""

from __future__ import annotations

from datetime import datetime

from model import Role, User, UserId
from singletable import (
    Check,
    Delete,
    First,
    Get,
    Patch,
    Query,
    Transaction,
    access_pattern,
    attr,
    remove,
    transaction,
)

LAST_ADMIN = "someone else has to be an administrator first"
CHANGED = "someone else changed the account at the same time"


def _unless_changed(change: Patch[User], user: User) -> Patch[User]:
    """What was decided on the grounds of `user` is not done to what became of it."""
    same = attr("role").equals(user.role)
    same &= attr("is_disabled").equals(user.is_disabled)
    same &= attr("is_leaving").equals(user.is_leaving)
    return change.when(same, otherwise=CHANGED)


@access_pattern
def by_id(user_id: UserId) -> Get[User]:
    """A user, by the user pool's `sub`."""
    return User.key.get(user_id=user_id)


@access_pattern
def by_email(email: str) -> First[User]:
    """The user with an e-mail address, however it is capitalised."""
    return User.by_email.query(email=email).first()


@access_pattern
def in_role(role: Role) -> Query[User]:
    """Users in one role, by e-mail address."""
    return User.by_role.query(role=role)


@access_pattern
def behind() -> Query[User]:
    """Users of whose last change the user pool was not told yet, the longest waiting first."""
    return User.by_lag.query()


@access_pattern
def change_role(user: User, role: Role, now: datetime) -> Transaction[None]:
    """Gives a user another role and ends all sessions; the user pool has to follow."""
    own = User.key.patch(user_id=user.user_id).given(email=user.email)
    changed = own.set(role=role, pool_behind_since=now, sessions_ended_at=now).add(generation=1)
    return transaction(_unless_changed(changed, user))


@access_pattern
def disable(user: User, now: datetime) -> Transaction[None]:
    """Shuts a user out and ends all sessions; the user pool has to follow."""
    own = User.key.patch(user_id=user.user_id).add(generation=1)
    changed = own.set(is_disabled=True, pool_behind_since=now, sessions_ended_at=now)
    return transaction(_unless_changed(changed, user))


@access_pattern
def enable(user_id: UserId, now: datetime) -> Patch[User]:
    """Lets a user in again, though to no former session; the user pool has to follow."""
    own = User.key.patch(user_id=user_id)
    changed = own.set(is_disabled=False, pool_behind_since=now).add(generation=1)
    return changed.when(attr("is_leaving").equals(False), otherwise=CHANGED)


@access_pattern
def let_go(user: User, now: datetime) -> Transaction[None]:
    """Shuts a user out for good and ends all sessions; the user pool has to follow."""
    own = User.key.patch(user_id=user.user_id)
    changed = own.set(is_disabled=True, is_leaving=True, pool_behind_since=now).add(generation=1)
    return transaction(_unless_changed(changed, user))


@access_pattern
def still_admin(user_id: UserId) -> Check:
    """Someone is an administrator who can sign in."""
    admin = attr("role").equals(Role.ADMIN)
    active = attr("is_disabled").equals(False) & attr("is_leaving").equals(False)
    return User.key.check(user_id=user_id).when(admin & active).otherwise(LAST_ADMIN)


@access_pattern
def in_step(user_id: UserId, generation: int) -> Patch[User]:
    """The user pool was told all that is known of a user: every change is a generation."""
    told = User.key.patch(user_id=user_id).remove("pool_behind_since")
    return told.when(attr("generation").equals(generation), otherwise=CHANGED)


@access_pattern
def forget(user: User) -> Delete:
    """Deletes a user of whom the user pool knows nothing any more; the address is free again."""
    return remove(user).when(attr("is_leaving").equals(True), otherwise=CHANGED)


@access_pattern
def end_sessions(user_id: UserId, now: datetime) -> Patch[User]:
    """Ends all sessions of a user at once, also those that a sign-in has not opened yet."""
    return User.key.patch(user_id=user_id).set(sessions_ended_at=now).add(generation=1)


@access_pattern
def record_login(user_id: UserId, now: datetime) -> Patch[User]:
    """Notes when a user last signed in."""
    return User.key.patch(user_id=user_id).set(last_login_at=now)
