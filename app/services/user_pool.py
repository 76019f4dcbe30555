"""The port to the user pool: who has an account, and who can prove it.

Every method raises `Busy`, `Unavailable` and `InternalError` besides what it names; those that
change a user raise `UserNotInPool`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from app.core.details import Detail, detail
from app.core.problems import Conflict, Unprocessable
from model import Role, UserId
from singletable.errors import RequestError


class UserNotInPool(Conflict):
    """There is no such user, or no longer."""

    slug: str = "not-in-pool"
    reason: str = "the user pool has no such account; have it deleted here as well"


class PoolRefuses(Unprocessable):
    """A value that the pool cannot take, or that one of its triggers turned down."""

    message = "the user pool does not take these values"
    slug: ClassVar[str] = "refused-by-pool"
    wrong: Sequence[Detail] = ()
    location: str = "body"

    def details(self) -> Sequence[Detail]:
        return [detail(self.location, self.slug, self.words)]


class PasswordTooWeak(PoolRefuses):
    """Too short, of too few kinds of characters, used before, or with spaces at an end."""

    message = "the password is not as the user pool's rules for passwords want it"
    slug = "too-weak"
    location: str = "body.password"


def reason_of(error: Exception) -> str:
    """For logs: what the engine says of a request may name a key, and with it an address."""
    return error.slug if isinstance(error, RequestError) else str(error)


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


class UserPool(Protocol):
    """All that the app asks of a user pool. E-mail addresses differ by more than case."""

    def create(
        self, email: str, role: Role, *, temporary_password: str | None = None, invite: bool
    ) -> UserId:
        """An account in no group yet; `invite` mails the temporary password and vouches for
        the address. Raises `Taken`, `PasswordTooWeak`, `PoolRefuses`.

        After `Unavailable` there may be one: `find_by_email` tells.
        """
        ...

    def set_password(self, user_id: UserId, password: str) -> None:
        """A permanent one. Raises `PasswordTooWeak`, `PoolRefuses`."""
        ...

    def give_role(self, user_id: UserId, role: Role) -> None:
        """This one and no other, as attribute and as group; the same again repairs a half.

        Raises `InternalError` where a role's group is missing.
        """
        ...

    def enable(self, user_id: UserId) -> None: ...

    def disable(self, user_id: UserId) -> None:
        """No sign-in and no refresh from now on; access tokens last until they expire."""
        ...

    def delete(self, user_id: UserId) -> None:
        """Also succeeds if there is no such user."""
        ...

    def sign_out_everywhere(self, user_id: UserId) -> None:
        """Revokes the refresh tokens; access tokens last until they expire."""
        ...

    def find(self, user_id: UserId) -> PoolUser | None: ...

    def find_by_email(self, email: str) -> PoolUser | None: ...

    def every_user(self) -> Iterator[PoolUser]:
        """In no order, page by page as they are taken; the groups cost a request per user."""
        ...

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordNeeded:
        """Raises `LoginRefused`, also where the pool asks for more than a password."""
        ...

    def answer_challenge(self, email: str, challenge: str, new_password: str) -> Tokens:
        """Makes the password permanent. Raises `LoginRefused`, `PasswordTooWeak`."""
        ...

    def refresh(self, refresh_token: str, username: str) -> Tokens:
        """`username` is the access token's claim of this name. Raises `LoginRefused`."""
        ...

    def revoke(self, refresh_token: str) -> None:
        """Ends what was refreshed with it, too. Raises `PoolRefuses` for what is no token."""
        ...

    def change_password(self, access_token: str, old: str, new: str) -> None:
        """Raises `LoginRefused` for a wrong old one or a stale token, `PasswordTooWeak`."""
        ...

    def send_reset_code(self, email: str) -> None:
        """Mails a code, if there is such an account; tells nobody whether there is."""
        ...

    def confirm_reset(self, email: str, code: str, new_password: str) -> None:
        """Raises `LoginRefused`, `PasswordTooWeak`."""
        ...
