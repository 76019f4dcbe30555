"""New accounts: announced in the table, made in the pool, then completed in one transaction.

The announcement makes a crash in between visible, and keeps a second attempt from the first.
`resume` brings what was interrupted to an end; `compare` finds where pool and table disagree.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from pydantic import Field

from access_patterns import registrations, users
from app.core.problems import Conflict, Problem, Taken, Unavailable
from app.core.wire import Out
from app.services.accounts import AccountService, bring_in_step, bring_over, stored
from app.services.user_pool import PoolUser, UserNotInPool, reason_of
from model import Registration, Role, User, UserId
from model.user import PROFILE_DOMAIN
from singletable.errors import RequestError, WriteRefused

INTERRUPTED_AFTER = timedelta(minutes=2)
"""Longer than all steps take where they are answered; who is slower comes to nothing."""
NOBODY = UserId("-")
IN_POOL_ALONE = "the pool has an account that the table lacks"
IN_TABLE_ALONE = "the table has an account that the pool lacks"

log = logging.getLogger("app.accounts")


@dataclass(frozen=True)
class NewAccount:
    """`password` is the user's own and lasts; `temporary` has to be changed at first sign-in.

    With neither, the pool sends an invitation to the address.
    """

    email: str = field(repr=False)
    role: Role
    name: str = field(default="", repr=False)
    password: str | None = field(default=None, repr=False)
    temporary: str | None = field(default=None, repr=False)


def register(service: AccountService, wanted: NewAccount, now: datetime) -> User:
    """The user, known to pool and table. Otherwise an error, and neither knows of it.

    After `Unavailable`, or a crash, the pool may know of it: the registration stays, and the
    next attempt at the address, or `reconciling`, removes what was left there.
    """
    if service.repository.fetch(users.by_email(wanted.email)) is not None:
        raise Taken(field="email")
    registration = _announced(service, wanted.email, now)
    user_id = _made(service, wanted, registration)
    try:
        return _completed(service, wanted, user_id, registration, now)
    except Exception:
        _undo(service, user_id, registration)
        raise


def remove_unfinished(service: AccountService, email: str) -> None:
    """Deletes what an interrupted registration left in the pool. It has to be taken up before."""
    left = service.pool.find_by_email(email)
    if left is not None and _is_unfinished(service, left):
        service.pool.delete(left.user_id)


def _is_unfinished(service: AccountService, account: PoolUser) -> bool:
    """Made here, for it has a role from the start, and yet nobody's."""
    return account.role is not None and stored(service, account.user_id) is None


def _announced(service: AccountService, email: str, now: datetime) -> Registration:
    """A new registration, or an interrupted one that is taken up again.

    The pool is asked before there is a registration: what it has then was not made here.
    """
    former = service.repository.fetch(registrations.by_email(email).consistent())
    if former is None:
        if service.pool.find_by_email(email) is not None:
            raise Taken(field="email")
        begun = Registration(email=email, started_at=now)
        return service.repository.write(registrations.begin(begun))
    if now - former.started_at < INTERRUPTED_AFTER:
        raise Conflict.of(registrations.IN_PROGRESS)
    taken_up = service.repository.write(registrations.resume(former, now))
    remove_unfinished(service, email)
    return taken_up


def _made(service: AccountService, wanted: NewAccount, registration: Registration) -> UserId:
    try:
        return service.pool.create(
            wanted.email,
            wanted.role,
            temporary_password=wanted.password or wanted.temporary,
            invite=wanted.password is None,
        )
    except Unavailable:
        raise  # it may have been made all the same
    except Taken:
        raise _already_made(service, registration) from None
    except Problem:
        _give_up(service, registration)
        raise


def _already_made(service: AccountService, registration: Registration) -> Problem:
    """By somebody who was faster; or by us, in a request repeated for want of an answer."""
    there = service.pool.find_by_email(registration.email)
    if there is not None and _is_unfinished(service, there):
        return Conflict.of(registrations.IN_PROGRESS)
    _give_up(service, registration)
    return Taken(field="email")


def _completed(
    service: AccountService,
    wanted: NewAccount,
    user_id: UserId,
    registration: Registration,
    now: datetime,
) -> User:
    try:
        if wanted.password is not None:
            service.pool.set_password(user_id, wanted.password)
        service.pool.give_role(user_id, wanted.role)
    except UserNotInPool:  # it took so long that somebody took it for interrupted
        raise Conflict.of(registrations.TIMED_OUT) from None
    user = User(
        user_id=user_id,
        email=wanted.email,
        name=wanted.name,
        role=wanted.role,
        self_registered=wanted.password is not None,
        created_at=now,
    )
    return service.repository.write(registrations.complete(registration, user))


def _undo(service: AccountService, user_id: UserId, registration: Registration) -> None:
    """As far as it goes; where it does not, the registration stays, for `reconciling`."""
    try:
        ours = _taken_back(service, registration)
        if stored(service, user_id) is None:
            service.pool.delete(user_id)
        _give_up(service, ours)
    except (Problem, RequestError) as error:
        log.warning("an unfinished account stays in the user pool for now: %s", reason_of(error))


def _taken_back(service: AccountService, registration: Registration) -> Registration:
    """From here on the completing transaction is refused, should it still be under way."""
    with suppress(WriteRefused):  # it was carried out, or somebody took the registration up
        later = registration.started_at + timedelta(microseconds=1)
        return service.repository.write(registrations.resume(registration, later))
    return registration


def _give_up(service: AccountService, registration: Registration) -> None:
    with suppress(WriteRefused):  # somebody took it up meanwhile: it is theirs now
        service.repository.write(registrations.cancel(registration))


class FindingOut(Out):
    """What was found of one account."""

    account: str = Field(examples=["ada"], description="`-`: one that is in the making.")
    says: str = Field(examples=["the pool was behind since 2026-03-15 09:26:53+00:00"])
    is_mended: bool = Field(examples=[True])


def resume(service: AccountService, now: datetime) -> Iterator[FindingOut]:
    """Brings interrupted changes and registrations to an end, one finding each."""
    for user in list(service.repository.iterate(users.pool_sync_pending())):
        since = f"behind since {user.sync_pending_since}"
        mend = partial(bring_in_step, service, user.user_id)
        yield _mend(user.user_id, mend, f"the pool was {since}", f"the pool is {since}")
    for each in list(service.repository.iterate(registrations.pending())):
        if now - each.started_at >= INTERRUPTED_AFTER:
            says = "an interrupted registration was undone", "a registration could not be undone"
            yield _mend(NOBODY, partial(_cancel, service, each, now), *says)


def _mend(account: UserId, mend: Callable[[], object], mended: str, otherwise: str) -> FindingOut:
    try:
        mend()
    except (Problem, RequestError) as error:
        return FindingOut(account=account, says=f"{otherwise}: {reason_of(error)}", is_mended=False)
    return FindingOut(account=account, says=mended, is_mended=True)


def _cancel(service: AccountService, interrupted: Registration, now: datetime) -> None:
    """Taken up first: from then on it cannot be completed by a process that was only slow."""
    ours = service.repository.write(registrations.resume(interrupted, now))
    remove_unfinished(service, ours.email)
    service.repository.write(registrations.cancel(ours))


def compare(service: AccountService) -> Iterator[FindingOut]:
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
            yield FindingOut(account=known.user_id, says=IN_POOL_ALONE, is_mended=False)
        elif not _agree(known, user):
            says = "pool and table differed", "pool and table differ"
            yield _mend(user.user_id, partial(bring_over, service, user), *says)
    for role in Role:
        for user in service.repository.iterate(users.in_role(role)):
            if user.user_id not in seen and _is_missing(service, user):
                yield FindingOut(account=user.user_id, says=IN_TABLE_ALONE, is_mended=False)


def _agree(known: PoolUser, user: User) -> bool:
    return (
        known.role is user.role
        and known.groups == frozenset({user.role})
        and known.is_enabled is not user.is_disabled
    )


def _is_missing(service: AccountService, user: User) -> bool:
    """The pool is asked first: whoever is deleted meanwhile is not stored any more."""
    if user.email.endswith(f"@{PROFILE_DOMAIN}"):
        return False
    user_id = user.user_id
    return service.pool.find(user_id) is None and stored(service, user_id) is not None
