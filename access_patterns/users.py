"""Access patterns of users: reads, and the writes of an account.

The item in the table is authoritative; a write that the user pool has to repeat marks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from model import Role, User, UserId
from singletable import (
    BatchGet,
    Create,
    Delete,
    First,
    Get,
    Label,
    Patch,
    Query,
    Transaction,
    access_pattern,
    attr,
    transaction,
)
from singletable import create as create_item
from singletable import delete as delete_item
from singletable.inspect import Check
from singletable.volumes import volume

LAST_ADMIN = Label("last-admin", "someone else has to be an administrator first")
CHANGED = Label("changed", "someone else changed the account at the same time")


def _if_unchanged(change: Patch[User], user: User) -> Patch[User]:
    """The change, on the condition that role and state are still those of `user` as it was read."""
    same = attr("role").equals(user.role)
    same &= attr("is_disabled").equals(user.is_disabled)
    same &= attr("deletion_pending").equals(user.deletion_pending)
    return change.when(same, label=CHANGED)


@volume(rate=20, peak=100)
@access_pattern
def by_id(user_id: UserId) -> Get[User]:
    """A user by id, which is the user pool's `sub`."""
    return User.key.get(user_id=user_id)


@access_pattern
def each(user_ids: Sequence[UserId]) -> BatchGet[User]:
    """Several users at once, such as the authors of the posts of a page."""
    return User.key.get_each(user_id=user_ids)


@access_pattern
def by_email(email: str) -> First[User]:
    """The user with an e-mail address; letter case does not matter."""
    return User.by_email.query(email=email).first()


@access_pattern
def in_role(role: Role) -> Query[User]:
    """Users in one role, ordered by e-mail address."""
    return User.by_role.query(role=role)


@access_pattern
def pool_sync_pending() -> Query[User]:
    """Users whose last change is not yet synced to the user pool, oldest change first."""
    return User.by_sync_pending.query()


@access_pattern
def change_profile(user_id: UserId, name: str, about: str) -> Patch[User]:
    """Changes a user's public name and what the user says of themselves."""
    return User.key.patch(user_id=user_id).set(name=name, about=about)


@access_pattern
def import_profile(user: User) -> Create[User]:
    """Creates the user of an imported profile, who has no account in the user pool."""
    return create_item(user)


@access_pattern
def change_role(user: User, role: Role, now: datetime) -> Transaction[None]:
    """Changes a user's role, ends all sessions and marks the user for sync to the user pool."""
    own = User.key.patch(user_id=user.user_id).given(email=user.email)
    changed = own.set(role=role, sync_pending_since=now, sessions_ended_at=now).add(generation=1)
    return transaction(_if_unchanged(changed, user))


@access_pattern
def disable(user: User, now: datetime) -> Transaction[None]:
    """Disables a user, ends all sessions and marks the user for sync to the user pool."""
    own = User.key.patch(user_id=user.user_id).add(generation=1)
    changed = own.set(is_disabled=True, sync_pending_since=now, sessions_ended_at=now)
    return transaction(_if_unchanged(changed, user))


@access_pattern
def enable(user_id: UserId, now: datetime) -> Patch[User]:
    """Enables a user again and marks the user for sync; earlier sessions stay ended."""
    own = User.key.patch(user_id=user_id)
    changed = own.set(is_disabled=False, sync_pending_since=now).add(generation=1)
    return changed.when(attr("deletion_pending").equals(False), label=CHANGED)


@access_pattern
def begin_deletion(user: User, now: datetime) -> Transaction[None]:
    """Disables a user for good, ends all sessions and marks the user for deletion.

    The item is deleted after the account in the user pool.
    """
    own = User.key.patch(user_id=user.user_id)
    changed = own.set(is_disabled=True, deletion_pending=True, sync_pending_since=now).add(
        generation=1
    )
    return transaction(_if_unchanged(changed, user))


@access_pattern
def check_active_admin(user_id: UserId) -> Check:
    """Checks that a user is an administrator who can sign in."""
    admin = attr("role").equals(Role.ADMIN)
    active = attr("is_disabled").equals(False) & attr("deletion_pending").equals(False)
    return User.key.check(user_id=user_id).when(admin & active).label(LAST_ADMIN)


@access_pattern
def mark_synced(user_id: UserId, generation: int) -> Patch[User]:
    """Marks a user as synced to the user pool, unless the user has changed since `generation`."""
    synced = User.key.patch(user_id=user_id).unset("sync_pending_since")
    return synced.when(attr("generation").equals(generation), label=CHANGED)


@access_pattern
def delete(user: User) -> Delete:
    """Deletes a user, after the user pool; the e-mail address can be registered again."""
    return delete_item(user, must_exist=True).when(
        attr("deletion_pending").equals(True), label=CHANGED
    )


@access_pattern
def end_sessions(user_id: UserId, now: datetime) -> Patch[User]:
    """Ends all sessions of a user, also those of sign-ins that are under way."""
    return User.key.patch(user_id=user_id).set(sessions_ended_at=now).add(generation=1)


@access_pattern
def record_login(user_id: UserId, now: datetime) -> Patch[User]:
    """Records the time of a user's last sign-in."""
    return User.key.patch(user_id=user_id).set(last_login_at=now)
