"""Resumes interrupted changes of accounts, and finds where pool and table disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from access_patterns import registrations, users
from app.core.problems import Problem
from app.services.accounts.accounts import AccountService, bring_in_step, bring_over, stored
from app.services.accounts.pool import PoolUser, reason_of
from app.services.accounts.registration import INTERRUPTED_AFTER, remove_unfinished
from model import Registration, Role, User, UserId
from singletable.errors import RequestError

NOBODY = UserId("-")


FAILURES = (Problem, RequestError)


@dataclass(frozen=True)
class Finding:
    """What was found of one account; `is_mended`: it is so no longer."""

    account: UserId
    says: str
    is_mended: bool


def resume(service: AccountService, now: datetime) -> Iterator[Finding]:
    """Brings interrupted changes and registrations to an end, one finding each."""
    for user in list(service.repository.iterate(users.pool_sync_pending())):
        yield _resumed(service, user)
    for each in list(service.repository.iterate(registrations.pending())):
        if now - each.started_at >= INTERRUPTED_AFTER:
            yield _undone(service, each, now)


def _resumed(service: AccountService, user: User) -> Finding:
    since = user.sync_pending_since
    try:
        bring_in_step(service, user.user_id)
    except FAILURES as error:
        return Finding(user.user_id, f"the pool is behind since {since}: {reason_of(error)}", False)
    return Finding(user.user_id, f"the pool was behind since {since}", True)


def _undone(service: AccountService, interrupted: Registration, now: datetime) -> Finding:
    """Taken up first: from then on it cannot be completed by a process that was only slow."""
    try:
        ours = service.repository.write(registrations.resume(interrupted, now))
        remove_unfinished(service, ours.email)
        service.repository.write(registrations.cancel(ours))
    except FAILURES as error:
        return Finding(NOBODY, f"a registration could not be undone: {reason_of(error)}", False)
    return Finding(NOBODY, "an interrupted registration was undone", True)


def compare(service: AccountService) -> Iterator[Finding]:
    """The accounts of pool and table against each other; where they differ, the pool is told.

    An account that only one of them knows is named and left alone: one in the pool may have been
    made by hand, and nobody who signs in with it gets anywhere; to one in the table nobody signs
    in, and the pool could only make another one.
    """
    seen = set[UserId]()
    for known in service.pool.every_user():
        seen.add(known.user_id)
        user = stored(service, known.user_id)
        if user is None:
            yield Finding(known.user_id, "the pool has an account that the table lacks", False)
        elif not _agree(known, user):
            yield _told(service, user)
    for role in Role:
        for user in service.repository.iterate(users.in_role(role)):
            if user.user_id not in seen and _is_missing(service, user.user_id):
                yield Finding(user.user_id, "the table has an account that the pool lacks", False)


def _agree(known: PoolUser, user: User) -> bool:
    return (
        known.role is user.role
        and known.groups == frozenset({user.role})
        and known.is_enabled is not user.is_disabled
    )


def _is_missing(service: AccountService, user_id: UserId) -> bool:
    """The pool is asked first: whoever is deleted meanwhile is not stored any more."""
    return service.pool.find(user_id) is None and stored(service, user_id) is not None


def _told(service: AccountService, user: User) -> Finding:
    try:
        bring_over(service, user)
    except FAILURES as error:
        return Finding(user.user_id, f"pool and table differ: {reason_of(error)}", False)
    return Finding(user.user_id, "pool and table differed", True)
