"""Errors of accounts and of the user pool."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import DomainError
from singletable.errors import RequestError


class AccountError(DomainError):
    """A change or a sign-in that makes no sense, or not now."""


class AccountMissing(AccountError):
    message = "the user does not exist"


class AddressTaken(AccountError):
    """Someone has an account, or the pool one of its own, with this address."""

    message = "email is taken"


@dataclass(eq=False, kw_only=True)
class AccountConflict(AccountError):
    """It contradicts the present state of accounts."""

    message = "{reason}"

    reason: str


@dataclass(eq=False, kw_only=True)
class SessionOver(AccountError):
    """The credentials are authentic, and their session is not open: `reason` is for logs."""

    message = "the session is not open ({reason})"

    reason: str


def reason_of(error: Exception) -> str:
    """For logs: what the engine says of a request may name a key, and with it an address."""
    return error.slug if isinstance(error, RequestError) else str(error)


@dataclass(eq=False, kw_only=True)
class PoolError(DomainError):
    """A request to the user pool that was not carried out."""

    reason: str = ""


class EmailInPool(PoolError):
    """The address belongs to an account already."""

    message = "the user pool has an account with this e-mail address"


class UserNotInPool(PoolError):
    """There is no such user, or no longer."""

    message = "the user pool has no such user"


class PasswordTooWeak(PoolError):
    """Too short, of too few kinds of characters, used before, or with spaces at an end."""

    message = "the password is not as the user pool's rules for passwords want it"


class PoolRefuses(PoolError):
    """A value that the pool cannot take, or that one of its triggers turned down."""

    message = "the user pool does not take these values: {reason}"


class SignInRefused(PoolError):
    """Unknown, disabled or unconfirmed user, wrong password, stale token: deliberately one."""

    message = "the sign-in was refused"


class ChallengeUnsupported(SignInRefused):
    """The pool asks for more than a password; `reason` names what."""


class ResetRefused(PoolError):
    """Unknown user, wrong or stale code: deliberately one."""

    message = "the password was not reset"


class PoolBusy(PoolError):
    """Throttled, or too many attempts: later it may succeed."""

    message = "the user pool takes no more requests for now: {reason}"


class PoolUnavailable(PoolError):
    """Not reached, or it failed through all attempts. A change may have been carried out."""

    message = "the user pool did not answer: {reason}"


@dataclass(eq=False, kw_only=True)
class PoolMisconfigured(PoolError):
    """The pool, the app client, credentials or settings are not as the app needs them."""

    message = "the user pool cannot be used as it is configured: {reason}; {remedy}"

    remedy: str
