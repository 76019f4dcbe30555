"""Questions about users, and the writes of an account."""

from __future__ import annotations

from datetime import datetime

from model import Role, User, UserId
from singletable import (
    Create,
    First,
    Get,
    Patch,
    Query,
    Update,
    access_pattern,
    create,
    update,
)


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
def add(user: User) -> Create[User]:
    """Creates a user, whose e-mail address must be new."""
    return create(user)


@access_pattern
def change_role(before: User, after: User) -> Update[User]:
    """Gives a user another role."""
    return update(before, after)


@access_pattern
def disable(user_id: UserId) -> Patch[User]:
    """Shuts a user out."""
    return User.key.patch(user_id=user_id).set(is_disabled=True)


@access_pattern
def enable(user_id: UserId) -> Patch[User]:
    """Lets a user in again."""
    return User.key.patch(user_id=user_id).set(is_disabled=False)


@access_pattern
def record_login(user_id: UserId, now: datetime) -> Patch[User]:
    """Notes when a user last signed in."""
    return User.key.patch(user_id=user_id).set(last_login_at=now)
