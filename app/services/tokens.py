"""The claims of a token, checked one by one; the port to token verification.

The signature was verified before; here is decided whether the claims open anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from model import Role, SessionId, UserId
from model.ids import SessionKey, UserKey

LONGEST_LIFE = timedelta(hours=24)


LONGEST_TEXT = 128


MOST_GROUPS = 100


K = TypeVar("K", UserId, SessionId)


_EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())


_LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())


_USER: TypeAdapter[UserId] = TypeAdapter(UserKey)


_SESSION: TypeAdapter[SessionId] = TypeAdapter(SessionKey)


_USERNAME = {"access": "username", "id": "cognito:username"}


@dataclass(eq=False)
class TokenRefused(Exception):
    """A token that opens nothing. `reason` is a slug for logs, and holds nothing of the token."""

    reason: str

    def __str__(self) -> str:
        return f"token refused: {self.reason}"


@dataclass(frozen=True)
class Claims:
    """`session_id` (`origin_jti`) is shared by all tokens of a sign-in, `token_id` by none."""

    subject: UserId
    session_id: SessionId
    roles: frozenset[Role]
    token_id: str
    username: str
    issued_at: datetime
    authenticated_at: datetime
    expires_at: datetime


class TokenVerifier(Protocol):
    """Takes signed tokens of one kind."""

    def verify(self, token: str, *, expired_ok: bool = False) -> Claims:
        """Raises `TokenRefused`, or `Unavailable` where nothing can be said about the token."""
        ...


@dataclass(frozen=True)
class Expected:
    """Whose tokens are taken, for whom, and which of the two kinds; `leeway` between clocks."""

    issuer: str
    client_id: str
    leeway: timedelta
    use: Literal["access", "id"] = "access"

    def __post_init__(self) -> None:
        if not (self.issuer and self.client_id):
            raise ValueError("an empty issuer or client would take the tokens of others")


def claims_of(
    raw: Mapping[str, object], expected: Expected, now: datetime, *, expired_ok: bool = False
) -> Claims:
    """`raw` as JSON has it. `expired_ok` lets pass what has only expired: for a refresh.

    Claims that are not asked about may hold anything. Raises `TokenRefused`.
    """
    _refuse_others(raw, expected)
    issued_at, authenticated_at, expires_at = _times(raw, expected.leeway, now)
    if not expired_ok and now >= expires_at + expected.leeway:
        raise TokenRefused("expired")
    return Claims(
        subject=_key(_USER, raw, "sub"),
        session_id=_key(_SESSION, raw, "origin_jti"),
        roles=_roles(raw),
        token_id=_text(raw, "jti"),
        username=_text(raw, _USERNAME[expected.use]),
        issued_at=issued_at,
        authenticated_at=authenticated_at,
        expires_at=expires_at,
    )


def _refuse_others(raw: Mapping[str, object], expected: Expected) -> None:
    """Tokens of other pools, of the other kind, and for other clients."""
    if raw.get("iss") != expected.issuer:
        raise TokenRefused("iss")
    if raw.get("token_use") != expected.use:
        raise TokenRefused("token_use")
    if expected.use == "access" and raw.get("client_id") != expected.client_id:
        raise TokenRefused("client_id")
    audience = raw.get("aud", expected.client_id if expected.use == "access" else None)
    if audience != expected.client_id:
        raise TokenRefused("aud")


def _times(
    raw: Mapping[str, object], leeway: timedelta, now: datetime
) -> tuple[datetime, datetime, datetime]:
    """When the token was issued, the user authenticated, and when it expires."""
    soon = now + leeway
    issued, authenticated, expires = (_moment(raw, name) for name in ("iat", "auth_time", "exp"))
    for name, moment in (("iat", issued), ("auth_time", authenticated)):
        if moment > soon:
            raise TokenRefused(f"{name}-future")
    if "nbf" in raw and _moment(raw, "nbf") > soon:
        raise TokenRefused("nbf-future")
    if not timedelta() <= expires - issued <= LONGEST_LIFE:
        raise TokenRefused("lifetime")
    return issued, authenticated, expires


def _moment(raw: Mapping[str, object], name: str) -> datetime:
    """Whole seconds since 1970, in this century; `True` is no number."""
    seconds = raw.get(name)
    if type(seconds) is not int or not _EARLIEST <= seconds < _LATEST:
        raise TokenRefused(name)
    return datetime.fromtimestamp(seconds, UTC)


def _key(format_: TypeAdapter[K], raw: Mapping[str, object], name: str) -> K:
    try:
        return format_.validate_python(raw.get(name))
    except ValidationError:
        raise TokenRefused(name) from None


def _text(raw: Mapping[str, object], name: str) -> str:
    """Printable, so that it forges no log line."""
    text = raw.get(name)
    if not isinstance(text, str) or not _is_short(text) or not text.isprintable():
        raise TokenRefused(name.removeprefix("cognito:"))
    return text


def _is_short(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TEXT


def _roles(raw: Mapping[str, object]) -> frozenset[Role]:
    """The groups that are roles, letter by letter; others are other services' business."""
    groups = raw.get("cognito:groups", [])
    if not isinstance(groups, list) or len(cast("list[object]", groups)) > MOST_GROUPS:
        raise TokenRefused("groups")
    names = [each for each in cast("list[object]", groups) if isinstance(each, str)]
    if len(names) != len(cast("list[object]", groups)) or not all(map(_is_short, names)):
        raise TokenRefused("groups")
    return frozenset(role for role in Role if role.value in names)
