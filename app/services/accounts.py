"""Accounts and profiles of users. Changes: the item first, which counts at once, then the pool."""

from __future__ import annotations

import hmac
import logging
from base64 import urlsafe_b64encode
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from access_patterns import posts, users
from app.core.context import utc_now
from app.core.problems import (
    Conflict,
    InvalidCursor,
    LoginRefused,
    NotFound,
    Problem,
    require_found,
)
from app.services.audit import AuditLog, RequestActor
from app.services.sessions import SessionStore, TokenVerifier
from app.services.user_pool import UserNotInPool, UserPool
from model import Role, User, UserId
from singletable import Repository, Transaction
from singletable.errors import TransactionCancelled, WriteRefused

ATTEMPTS = 5

log = logging.getLogger("app.accounts")


class Challenges:
    """`secret` is the same on every instance: a challenge may be answered by another one."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"challenges of sign-ins", sha256)

    def sealed(self, email: str, challenge: str) -> str:
        return f"{self._seal(email, challenge)}.{challenge}"

    def opened(self, email: str, sealed: str) -> str:
        """The pool's challenge. `LoginRefused` unless it was sealed for this address."""
        seal, _, challenge = sealed.partition(".")
        if not hmac.compare_digest(
            seal.encode("utf-8", "replace"), self._seal(email, challenge).encode()
        ):
            raise LoginRefused(cause="foreign-challenge")
        return challenge

    def _seal(self, email: str, challenge: str) -> str:
        text = f"{email.lower()}\0{challenge}".encode("utf-8", "surrogatepass")
        return urlsafe_b64encode(hmac.digest(self._secret, text, sha256)).decode().rstrip("=")


@dataclass(frozen=True)
class AccountService:
    """`lasting`: how long after a sign-in its session ends, whatever happens. `audit` is the
    request's: who signs in is the actor of what follows.

    `clock` says when something is done that is asked for without a moment.
    """

    repository: Repository
    pool: UserPool
    tokens: TokenVerifier
    gate: SessionStore
    lasting: timedelta
    challenges: Challenges
    clock: Callable[[], datetime] = utc_now
    audit: AuditLog = field(default_factory=lambda: AuditLog(RequestActor()))

    def over(self, repository: Repository) -> AccountService:
        """The same service, which writes another way."""
        return replace(self, repository=repository)


@contextmanager
def best_effort(what: str) -> Generator[None]:
    """For what the pool should do as well, when the table alone already keeps the promise."""
    try:
        yield
    except Problem as error:
        log.warning("%s did not succeed at the user pool: %s", what, error)


def bring_in_step(service: AccountService, user_id: UserId) -> User | None:
    """The user as stored, once the pool was told; None once both have forgotten a leaving one."""
    user = stored(service, user_id)
    if user is None or user.sync_pending_since is None:
        return user
    return bring_over(service, user)


def bring_over(service: AccountService, user: User) -> User | None:
    """The same, whether or not the pool is known to be behind."""
    for _ in range(ATTEMPTS):
        try:
            tell(service.pool, user)
            if not user.deletion_pending:
                return service.repository.write(users.mark_synced(user.user_id, user.generation))
            service.repository.write(users.delete(user))
            return None
        except (WriteRefused, UserNotInPool) as error:
            now = stored(service, user.user_id)
            if now is None:
                return None
            if isinstance(error, UserNotInPool) and not now.deletion_pending:
                raise
            user = now
    raise Conflict(slug=users.CHANGED.name)


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


def stored(service: AccountService, user_id: UserId) -> User | None:
    return service.repository.fetch(users.by_id(user_id).consistent())


def found(service: AccountService, user_id: UserId) -> User:
    """The user as stored now; `NotFound` if there is none."""
    return require_found(stored(service, user_id), "the user")


def find_author(repository: Repository, user_id: UserId) -> User:
    """The author, who may be known as soon as a post of theirs is published.

    Raises `NotFound` alike where there is no such user.
    """
    published = repository.fetch(posts.published_by_author(user_id).page(1))
    user = repository.fetch(users.by_id(user_id)) if published.items else None
    return require_found(user, "the author")


def change_profile(
    repository: Repository, user_id: UserId, *, name: str | None = None, about: str | None = None
) -> User:
    """The user with another name or another text; None: it stays. Raises `NotFound`."""
    user = require_found(repository.fetch(users.by_id(user_id).consistent()), "the author")
    changed = user.name if name is None else name, user.about if about is None else about
    return repository.write(users.change_profile(user_id, *changed))


def page_of_everyone(
    repository: Repository, limit: int, cursor: str | None
) -> tuple[list[User], str | None]:
    """Users by role and e-mail address, and the cursor of the next ones.

    It names the role, and has that of the role's list: roles are one partition each.
    """
    roles, items = list(Role), list[User]()
    at, _, inner = (cursor or "0.").partition(".")
    start = int(at) if at.isdecimal() and len(at) == 1 else len(roles)
    if start >= len(roles):
        raise InvalidCursor()
    for number in range(start, len(roles)):
        page = repository.fetch(
            users.in_role(roles[number]).page(limit - len(items), inner or None)
        )
        items.extend(page)
        inner = page.cursor or ""
        if inner:
            return items, f"{number}.{inner}"
        if len(items) == limit and number + 1 < len(roles):
            return items, f"{number + 1}."
    return items, None


def change_role(service: AccountService, user_id: UserId, role: Role, now: datetime) -> User:
    """Gives a role in place of the one before; all sessions end. Twice the same is once."""
    user = _staying(service, user_id)
    if user.role is not role:
        change = users.change_role(user, role, now)
        _write(service, user, change, keeps_admin=role is Role.ADMIN)
    return _followed(service, user_id)


def disable(service: AccountService, user_id: UserId, now: datetime) -> User:
    """Shuts a user out; all sessions end."""
    user = _staying(service, user_id)
    if not user.is_disabled:
        _write(service, user, users.disable(user, now), keeps_admin=False)
    return _followed(service, user_id)


def enable(service: AccountService, user_id: UserId, now: datetime) -> User:
    """Lets a user in again."""
    user = _staying(service, user_id)
    if user.is_disabled:
        service.repository.write(users.enable(user_id, now))
        service.gate.forget_user(user_id)
    return _followed(service, user_id)


def remove(service: AccountService, user_id: UserId, now: datetime) -> None:
    """Deletes an account, at the pool too. What its user wrote stays."""
    user = found(service, user_id)
    if not user.deletion_pending:
        _write(service, user, users.begin_deletion(user, now), keeps_admin=False)
    bring_in_step(service, user_id)


def end_sessions(service: AccountService, user_id: UserId) -> None:
    """Logs a user out everywhere."""
    service.repository.write(users.end_sessions(user_id, service.clock()))
    service.gate.forget_user(user_id)
    with best_effort("signing a user out everywhere"):
        service.pool.sign_out_everywhere(user_id)


def _staying(service: AccountService, user_id: UserId) -> User:
    """One who is to be gone is gone: what was left of a deletion is done first."""
    user = found(service, user_id)
    if user.deletion_pending:
        bring_in_step(service, user_id)
        raise NotFound(what="the user")
    return user


def _followed(service: AccountService, user_id: UserId) -> User:
    return require_found(bring_in_step(service, user_id), "the user")


def _write(
    service: AccountService, user: User, change: Transaction[None], *, keeps_admin: bool
) -> None:
    """With a witness where an administrator goes, so that there always is one left."""
    try:
        if not _is_active_admin(user) or keeps_admin:
            service.repository.write(change)
        else:
            _write_before_witness(service, user, change)
    finally:  # even a write without an answer may have been carried out
        service.gate.forget_user(user.user_id)


def _write_before_witness(service: AccountService, user: User, change: Transaction[None]) -> None:
    """The index may lag behind: whoever it names is checked where the change is written."""
    for other in service.repository.iterate(users.in_role(Role.ADMIN)):
        if other.user_id == user.user_id or not _is_active_admin(other):
            continue
        try:
            service.repository.write(change.add(users.check_active_admin(other.user_id)))
            return
        except TransactionCancelled as error:
            if 0 in error.failures:
                raise
    raise Conflict(slug=users.LAST_ADMIN.name)


def _is_active_admin(user: User) -> bool:
    return user.role is Role.ADMIN and not user.is_disabled and not user.deletion_pending
