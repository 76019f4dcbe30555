"""Goes on where changes of accounts were interrupted, and finds what pool and table disagree on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from access_patterns import registrations, users
from app.accounts.desk import Desk
from app.accounts.errors import AccountError
from app.accounts.mirroring import bring_in_step, tell
from app.accounts.pool import PoolUser
from app.accounts.pool_errors import PoolError
from app.accounts.registering import INTERRUPTED_AFTER, remove_unfinished
from model import User, UserId
from singletable.errors.request import RequestError


@dataclass(frozen=True)
class Finding:
    """What was found of one account; `is_mended` says whether it still is so."""

    account: UserId
    says: str
    is_mended: bool


def resume(desk: Desk, now: datetime) -> Iterator[Finding]:
    """Brings interrupted changes and registrations to an end, one finding each."""
    for user in list(desk.repository.iterate(users.behind())):
        yield _resumed(desk, user)
    for each in list(desk.repository.iterate(registrations.waiting())):
        if now - each.started_at >= INTERRUPTED_AFTER:
            try:
                remove_unfinished(desk, each.email)
                desk.repository.write(registrations.give_up(each))
                yield Finding(UserId("-"), "an interrupted registration was undone", True)
            except (PoolError, RequestError) as error:
                yield Finding(UserId("-"), f"a registration could not be undone: {error}", False)


def _resumed(desk: Desk, user: User) -> Finding:
    since = user.pool_behind_since
    try:
        bring_in_step(desk, user.user_id)
    except (PoolError, RequestError, AccountError) as error:
        return Finding(user.user_id, f"the pool is behind since {since}: {error}", False)
    return Finding(user.user_id, f"the pool was behind since {since}", True)


def compare(desk: Desk) -> Iterator[Finding]:
    """Every account of the pool against its item; where they differ, the pool is told.

    An account that the table does not know is named and left alone: it may have been made by
    hand, and nobody who signs in with it gets anywhere.
    """
    for known in desk.pool.every_user():
        user = desk.repository.fetch(users.by_id(known.user_id).consistent())
        if user is None:
            yield Finding(known.user_id, "the pool has an account that the table lacks", False)
        elif not _agree(known, user):
            yield _told(desk, user)


def _agree(known: PoolUser, user: User) -> bool:
    return (
        known.role is user.role
        and known.groups == {user.role}
        and known.is_enabled is not user.is_disabled
    )


def _told(desk: Desk, user: User) -> Finding:
    try:
        tell(desk.pool, user)
    except PoolError as error:
        return Finding(user.user_id, f"pool and table differ: {error}", False)
    return Finding(user.user_id, "pool and table differed", True)
