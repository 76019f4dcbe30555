"""The port to the user pool: who has an account, and who can prove it.

Every method raises `PoolBusy`, `PoolUnavailable` and `PoolMisconfigured` besides what it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from model import Role, UserId


@dataclass(frozen=True)
class Tokens:
    """`seconds` is how long `access` and `identity` are good for.

    `refresh` is None where the one that the tokens were asked with stays in use.
    """

    access: str = field(repr=False)
    identity: str = field(repr=False)
    refresh: str | None = field(repr=False)
    seconds: int


@dataclass(frozen=True)
class NewPasswordNeeded:
    """The password was right but temporary. `challenge` is opaque, short-lived and secret."""

    challenge: str = field(repr=False)


@dataclass(frozen=True)
class PoolUser:
    """`role` is what the account's attribute says, `groups` what its tokens will say.

    `has_password` is False while the temporary password, which may be none, was not replaced.
    """

    user_id: UserId
    email: str = field(repr=False)
    role: Role | None
    groups: frozenset[Role]
    is_enabled: bool
    has_password: bool


class Directory(Protocol):
    """Accounts, as an administrator sees them. E-mail addresses differ by more than case."""

    def create(
        self, email: str, role: Role, *, temporary_password: str | None = None, invite: bool
    ) -> UserId:
        """An account in no group yet; `invite` mails the temporary password and vouches for
        the address. Raises `EmailInPool`, `PasswordTooWeak`, `PoolRefuses`.

        After `PoolUnavailable` there may be one: `find_by_email` tells.
        """
        ...

    def set_password(self, user_id: UserId, password: str) -> None:
        """A permanent one. Raises `UserNotInPool`, `PasswordTooWeak`, `PoolRefuses`."""
        ...

    def give_role(self, user_id: UserId, role: Role) -> None:
        """This one and no other, as attribute and as group; the same again repairs a half.

        Raises `UserNotInPool`; `PoolMisconfigured` where a role's group is missing.
        """
        ...

    def enable(self, user_id: UserId) -> None:
        """Raises `UserNotInPool`."""
        ...

    def disable(self, user_id: UserId) -> None:
        """No sign-in and no refresh from now on; access tokens last until they expire.

        Raises `UserNotInPool`.
        """
        ...

    def delete(self, user_id: UserId) -> None:
        """Also succeeds if there is no such user."""
        ...

    def sign_out_everywhere(self, user_id: UserId) -> None:
        """Revokes the refresh tokens; access tokens last until they expire.

        Raises `UserNotInPool`.
        """
        ...

    def find(self, user_id: UserId) -> PoolUser | None: ...

    def find_by_email(self, email: str) -> PoolUser | None: ...

    def every_user(self) -> Iterator[PoolUser]:
        """In no order, page by page as they are taken; the groups cost a request per user."""
        ...


class SignIn(Protocol):
    """From a password to tokens, and from tokens to newer ones."""

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordNeeded:
        """Raises `SignInRefused`, of which `ChallengeUnsupported` is one."""
        ...

    def answer_challenge(self, email: str, challenge: str, new_password: str) -> Tokens:
        """Makes the password permanent. Raises `SignInRefused`, `PasswordTooWeak`."""
        ...

    def refresh(self, refresh_token: str, username: str) -> Tokens:
        """`username` is the access token's claim of this name. Raises `SignInRefused`."""
        ...

    def revoke(self, refresh_token: str) -> None:
        """Ends what was refreshed with it, too. Raises `PoolRefuses` for what is no token."""
        ...


class Passwords(Protocol):
    """Passwords in the hands of their owners."""

    def change_password(self, access_token: str, old: str, new: str) -> None:
        """Raises `SignInRefused` for a wrong old one or a stale token, `PasswordTooWeak`."""
        ...

    def send_reset_code(self, email: str) -> None:
        """Mails a code, if there is such an account; tells nobody whether there is."""
        ...

    def confirm_reset(self, email: str, code: str, new_password: str) -> None:
        """Raises `ResetRefused`, `PasswordTooWeak`."""
        ...


class UserPool(Directory, SignIn, Passwords, Protocol):
    """All that the app asks of a user pool."""
