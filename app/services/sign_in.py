"""Signs in by password, refreshes tokens, signs out, changes passwords.

Whatever is wrong with an account, sign-in raises one error: `LoginRefused`.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime

from access_patterns import audit, sessions, users
from app.core.problems import Conflict, LoginRefused, Unavailable
from app.services.accounts import (
    ATTEMPTS,
    AccountService,
    best_effort,
    bring_in_step,
    end_sessions,
    found,
    stored,
)
from app.services.policy import Caller
from app.services.sessions import Claims, TokenRefused
from app.services.user_pool import NewPasswordNeeded, Tokens
from model import Session, SessionId, User, UserId
from singletable.errors import ItemExists, ItemMissing, RequestError

UNKNOWN = "unknown"
log = logging.getLogger("app.accounts")


@dataclass(frozen=True)
class SignedIn:
    """`username` is what the pool wants to see with the refresh token."""

    tokens: Tokens
    username: str
    user: User
    session: Session


def sign_in(
    service: AccountService, email: str, password: str, user_agent: str, now: datetime
) -> SignedIn | NewPasswordNeeded:
    """A new session, unless the user has to choose a password first.

    A pool that is behind is told before, for it might refuse one who was let in again.
    """
    known = service.repository.fetch(users.by_email(email))
    if known is not None and known.sync_pending_since is not None:
        with best_effort("bringing the pool into step"):
            bring_in_step(service, known.user_id)
    with _recording_refusal(service, known.user_id if known else None, now):
        answer = service.pool.sign_in(email, password)
        if isinstance(answer, NewPasswordNeeded):
            return NewPasswordNeeded(service.challenges.sealed(email, answer.challenge))
        return _received(service, answer, user_agent, now)


def choose_password(
    service: AccountService,
    email: str,
    challenge: str,
    password: str,
    user_agent: str,
    now: datetime,
) -> SignedIn:
    """A new session for one who signed in with a temporary password and now has a lasting one."""
    known = service.repository.fetch(users.by_email(email))
    with _recording_refusal(service, known.user_id if known else None, now):
        opened = service.challenges.opened(email, challenge)
        answer = service.pool.answer_challenge(email, opened, password)
        return _received(service, answer, user_agent, now)


def refresh(service: AccountService, refresh_token: str, username: str, now: datetime) -> SignedIn:
    """Fresh tokens for a session that is open; `SessionEnded` for one that is not."""
    tokens, claims = _refreshed(service, refresh_token, username)
    standing = service.gate.get(claims.session_id, claims.subject, now)
    if claims.roles != frozenset({standing.user.role}):
        _correct_role(service, claims.subject)
        tokens, _ = _refreshed(service, refresh_token, username)
    return SignedIn(tokens, claims.username, standing.user, standing.session)


def _correct_role(service: AccountService, user_id: UserId) -> None:
    """Has the pool give the role that is stored; ends no session there."""
    user = stored(service, user_id)
    for _ in range(ATTEMPTS):
        if user is None:
            return
        service.pool.give_role(user.user_id, user.role)
        now = stored(service, user_id)
        if now is None or now.role is user.role:
            return
        user = now
    raise Conflict(slug=users.CHANGED.name)


def open_session(
    service: AccountService, claims: Claims, user_agent: str, now: datetime
) -> Session:
    """The session of a sign-in; `LoginRefused` for accounts that are unknown or shut out.

    It ends `lasting` after the sign-in itself: a token that outlives the item of its session is
    too old to open another one. So is one from before all sessions were ended; tokens know
    whole seconds only.
    """
    with _recording_refusal(service, claims.subject, now):
        return _started(service, claims, user_agent, now)


def _started(service: AccountService, claims: Claims, user_agent: str, now: datetime) -> Session:
    user = _admitted(service, claims)
    ended_at = user.sessions_ended_at
    if ended_at is not None and claims.authenticated_at < ended_at.replace(microsecond=0):
        raise LoginRefused(cause="ended-since")
    expires_at = claims.authenticated_at + service.lasting
    if expires_at <= now:
        raise LoginRefused(cause="too-long-ago")
    session = Session(
        session_id=claims.session_id,
        user_id=user.user_id,
        generation=user.generation,
        user_agent=user_agent,
        opened_at=now,
        expires_at=expires_at,
    )
    service.audit.asked.caller = Caller(user.user_id, frozenset({user.role}), session.session_id)
    try:
        return service.repository.write(sessions.start(session))
    except ItemExists:
        raise LoginRefused(cause="session-exists") from None


def sign_out(service: AccountService, session_id: SessionId, now: datetime) -> None:
    """Ends a session at once; one that is gone is over as well."""
    if service.repository.fetch(sessions.by_id(session_id).consistent()) is not None:
        service.repository.write(sessions.revoke(session_id, now))
    service.gate.forget(session_id)


def sign_out_by_access_token(service: AccountService, access_token: str, now: datetime) -> bool:
    """Ends the session of an authentic token, expired or not; False: it is not, and ends none."""
    try:
        claims = service.tokens.verify(access_token, expired_ok=True)
    except TokenRefused:
        return False
    sign_out(service, claims.session_id, now)
    return True


def sign_out_by_refresh_token(
    service: AccountService, refresh_token: str, username: str, now: datetime
) -> None:
    """Ends the session of a refresh token, whose access token has expired or is not at hand."""
    try:
        _, claims = _refreshed(service, refresh_token, username)
    except LoginRefused:
        return
    sign_out(service, claims.session_id, now)


def revoke(service: AccountService, refresh_token: str) -> None:
    """No access token comes of it any more."""
    with best_effort("revoking a refresh token"):
        service.pool.revoke(refresh_token)


def _received(service: AccountService, tokens: Tokens, user_agent: str, now: datetime) -> SignedIn:
    claims = _verified(service, tokens)
    user = _admitted(service, claims)
    if claims.roles != frozenset({user.role}) and tokens.refresh is not None:
        _correct_role(service, user.user_id)  # a change of role did not get this far
        again, claims = _refreshed(service, tokens.refresh, claims.username)
        tokens = replace(again, refresh=tokens.refresh)
    session = _started(service, claims, user_agent, now)
    with suppress(ItemMissing):  # deleted this very moment: the session opens nothing
        service.repository.write(users.record_login(user.user_id, now))
    return SignedIn(tokens, claims.username, user, session)


def _refreshed(service: AccountService, refresh_token: str, username: str) -> tuple[Tokens, Claims]:
    tokens = service.pool.refresh(refresh_token, username)
    return tokens, _verified(service, tokens)


def _verified(service: AccountService, tokens: Tokens) -> Claims:
    """The pool's own tokens are believed no more than anyone's, and no user is to blame for them:
    clocks differ by more than `TOKEN_LEEWAY_SECONDS`, or settings name another client.
    """
    try:
        return service.tokens.verify(tokens.access)
    except TokenRefused as error:
        cause = f"the user pool issued a token that is refused: {error.reason}"
        raise Unavailable(cause=cause) from error


@contextmanager
def _recording_refusal(
    service: AccountService, user_id: UserId | None, now: datetime
) -> Generator[None]:
    """Of an address that nobody has, nothing is kept: what was typed there may be a password."""
    try:
        yield
    except LoginRefused:
        refusal = service.audit.refused_sign_in(user_id or UNKNOWN, now)
        try:
            service.repository.write(audit.record(refusal))
        except ItemExists:
            pass  # it was refused a moment ago as well
        except RequestError as error:
            log.warning("a refused sign-in was not recorded: %s", error.slug)
        raise


def _admitted(service: AccountService, claims: Claims) -> User:
    user = stored(service, claims.subject)
    if user is None or user.is_disabled or user.deletion_pending:
        raise LoginRefused(cause="no-account" if user is None else "shut-out")
    return user


def change(
    service: AccountService,
    caller: Caller,
    access_token: str,
    old: str,
    new: str,
    user_agent: str,
    now: datetime,
) -> SignedIn:
    """All sessions end, and a new one begins. `LoginRefused` for a wrong old password."""
    if caller.session_id is None:  # the development token has no password
        raise LoginRefused(cause="no-session")
    user = found(service, UserId(caller.subject))
    with _ending_sessions(service, user.user_id):
        service.pool.change_password(access_token, old, new)
    signed = sign_in(service, user.email, new, user_agent, now)
    if isinstance(signed, NewPasswordNeeded):
        raise LoginRefused(cause="challenged-again")
    return signed


def reset(service: AccountService, email: str, code: str, new: str) -> None:
    """All sessions end. `LoginRefused` for a wrong code."""
    user = service.repository.fetch(users.by_email(email))
    with _ending_sessions(service, user.user_id if user else None):
        service.pool.confirm_reset(email, code, new)


@contextmanager
def _ending_sessions(service: AccountService, user_id: UserId | None) -> Generator[None]:
    """Also where the pool did not answer, for it may have taken the new password."""
    is_refused = False
    try:
        yield
    except Exception as error:
        is_refused = not isinstance(error, Unavailable)
        raise
    finally:
        if user_id is not None and not is_refused:
            end_sessions(service, user_id)
