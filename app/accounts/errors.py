"""What cannot be done with accounts, beyond what store and pool refuse. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from app.worded import WordedError
from singletable.errors import RequestError


class AccountError(WordedError):
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

    message = "the session is over ({reason})"

    reason: str


def reason_of(error: Exception) -> str:
    """For logs: what the engine says of a request may name a key, and with it an address."""
    return error.slug if isinstance(error, RequestError) else str(error)
