"""New passwords for old accounts: whoever knew the former one is out. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from access_patterns import users
from app.accounts.changing import end_sessions, found
from app.accounts.desk import Desk
from app.accounts.pool import NewPasswordNeeded
from app.accounts.pool_errors import PoolUnavailable, SignInRefused
from app.accounts.signing_in import SignedIn, sign_in
from app.auth.caller import Caller
from model import User, UserId


def change(
    desk: Desk,
    caller: Caller,
    access_token: str,
    old: str,
    new: str,
    user_agent: str,
    now: datetime,
) -> SignedIn:
    """All sessions end, and a new one begins. `SignInRefused` for a wrong old password."""
    if caller.session_id is None:  # the development token has no password
        raise SignInRefused(reason="no-session")
    user = found(desk, UserId(caller.subject))
    with _ending_sessions(desk, user):
        desk.pool.change_password(access_token, old, new)
    signed = sign_in(desk, user.email, new, user_agent, now)
    if isinstance(signed, NewPasswordNeeded):
        raise SignInRefused(reason="challenged-again")
    return signed


def reset(desk: Desk, email: str, code: str, new: str) -> None:
    """All sessions end. `ResetRefused` for a wrong code."""
    user = desk.repository.fetch(users.by_email(email))
    with _ending_sessions(desk, user):
        desk.pool.confirm_reset(email, code, new)


@contextmanager
def _ending_sessions(desk: Desk, user: User | None) -> Generator[None]:
    """Also where the pool did not answer, for it may have taken the new password."""
    try:
        yield
    except PoolUnavailable:
        _end_sessions(desk, user)
        raise
    _end_sessions(desk, user)


def _end_sessions(desk: Desk, user: User | None) -> None:
    if user is not None:
        end_sessions(desk, user.user_id)
