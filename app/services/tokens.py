"""The claims of a token, checked one by one; the port to token verification.

The signature was verified before; here is decided whether the claims open anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Protocol

from annotated_types import Predicate
from pydantic import BaseModel, Field, ValidationError

from model import Role, SessionId, UserId
from model.ids import SessionKey, UserKey

LONGEST_LIFE = timedelta(hours=24)
LONGEST_TEXT = 128
MOST_GROUPS = 100

_USERNAME = {"access": "username", "id": "cognito:username"}
_GROUPS = "cognito:groups"
_EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
_LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())

# Strict: `True` is no number. Printable texts forge no log line.
_Seconds = Annotated[int, Field(strict=True, ge=_EARLIEST, lt=_LATEST)]
_Short = Annotated[str, Field(strict=True, min_length=1, max_length=LONGEST_TEXT)]
_Printable = Annotated[_Short, Predicate(str.isprintable)]


class _Signed(BaseModel):
    """The forms of the claims that decide; others may hold anything."""

    iat: _Seconds
    auth_time: _Seconds
    exp: _Seconds
    nbf: _Seconds = _EARLIEST
    sub: UserKey
    origin_jti: SessionKey
    jti: _Printable
    username: _Printable
    groups: Annotated[list[_Short], Field(strict=True, max_length=MOST_GROUPS)]


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

    Raises `TokenRefused`.
    """
    _refuse_others(raw, expected)
    renamed = {"username": raw.get(_USERNAME[expected.use]), "groups": raw.get(_GROUPS, [])}
    try:
        signed = _Signed.model_validate({**raw, **renamed})
    except ValidationError as error:
        raise TokenRefused(str(error.errors()[0]["loc"][0])) from None
    _check_times(signed, expected.leeway, now, expired_ok=expired_ok)
    return Claims(
        subject=signed.sub,
        session_id=signed.origin_jti,
        # The groups that are roles, letter by letter; others are other services' business.
        roles=frozenset(role for role in Role if role in signed.groups),
        token_id=signed.jti,
        username=signed.username,
        issued_at=datetime.fromtimestamp(signed.iat, UTC),
        authenticated_at=datetime.fromtimestamp(signed.auth_time, UTC),
        expires_at=datetime.fromtimestamp(signed.exp, UTC),
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


def _check_times(signed: _Signed, leeway: timedelta, now: datetime, *, expired_ok: bool) -> None:
    soon = (now + leeway).timestamp()
    for name in ("iat", "auth_time", "nbf"):
        if getattr(signed, name) > soon:
            raise TokenRefused(f"{name}-future")
    if not 0 <= signed.exp - signed.iat <= LONGEST_LIFE.total_seconds():
        raise TokenRefused("lifetime")
    if not expired_ok and now.timestamp() >= signed.exp + leeway.total_seconds():
        raise TokenRefused("expired")
