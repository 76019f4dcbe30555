"""Whose a token is, and whether its session is open: the claims, checked one by one after the
signature, and the store of open sessions; the ports to the verification and to other processes.

Only open sessions are remembered, and what this process ends it forgets at once: another
process's revocation goes unnoticed for `seconds` at most, whether it was this process that asked
the table or one that shares what it knows. Knows no HTTP.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Annotated, Literal, Protocol

from annotated_types import Predicate
from pydantic import BaseModel, Field, ValidationError

from access_patterns import sessions, users
from app.core.problems import SessionEnded
from model import Role, Session, SessionId, User, UserId
from model.ids import SessionKey, UserKey
from singletable import Repository

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


MOST = 10_000


@dataclass(frozen=True)
class OpenSession:
    """An open session and its user, as they were at `seen` of the gate's clock."""

    session: Session
    user: User
    seen: float


class SharedSessions(Protocol):
    """Open sessions that other processes saw, and theirs that this one saw. Raises nothing."""

    def find(self, session_id: SessionId) -> tuple[Session, User, float] | None:
        """A session and its user as they were some seconds ago, the third."""
        ...

    def tell(self, session: Session, user: User, age: float) -> None:
        """As they were `age` seconds ago."""
        ...

    def drop(self, session_id: SessionId) -> None: ...

    def close(self) -> None: ...


class SessionStore:
    """`seconds`: how long an answer may be repeated; 0: the table is asked each time."""

    def __init__(
        self,
        repository: Repository,
        seconds: float,
        clock: Callable[[], float] = monotonic,
        shared: SharedSessions | None = None,
    ) -> None:
        self._repository = repository
        self._seconds = seconds
        self._clock = clock
        self._shared = shared
        self._known = OrderedDict[SessionId, OpenSession]()
        self._endings = 0
        self._last_ending = float("-inf")
        self._changing = Lock()

    def get(self, session_id: SessionId, user_id: UserId, now: datetime) -> OpenSession:
        """Raises `SessionEnded` unless it is an open session of a user who may come in."""
        known, endings = self._remembered(session_id)
        if known is None:
            known = self._from_shared(session_id) or self._from_table(session_id, user_id)
            self._remember(session_id, known, endings)
        if known.session.user_id != user_id:
            raise SessionEnded(cause="another user's")
        if known.session.expires_at <= now:
            raise SessionEnded(cause="expired")
        return known

    def forget(self, session_id: SessionId) -> None:
        """What is known of one session."""
        with self._changing:
            self._note_ending()
            self._known.pop(session_id, None)
        if self._shared is not None:
            self._shared.drop(session_id)

    def forget_user(self, user_id: UserId) -> None:
        """What is known of all of a user's sessions."""
        with self._changing:
            self._note_ending()
            for session_id in [k for k, v in self._known.items() if v.user.user_id == user_id]:
                del self._known[session_id]

    def close(self) -> None:
        if self._shared is not None:
            self._shared.close()

    def _note_ending(self) -> None:
        """What was seen before it, here or elsewhere, is not relied on any more."""
        self._endings += 1
        self._last_ending = self._clock()

    def _remembered(self, session_id: SessionId) -> tuple[OpenSession | None, int]:
        """With the number of endings so far: what is asked for before one is not kept after it."""
        with self._changing:
            known = self._known.get(session_id)
            is_fresh = known is not None and self._clock() - known.seen < self._seconds
            return known if is_fresh else None, self._endings

    def _remember(self, session_id: SessionId, known: OpenSession, endings: int) -> None:
        with self._changing:
            if endings != self._endings:
                return
            self._known[session_id] = known
            self._known.move_to_end(session_id)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def _from_shared(self, session_id: SessionId) -> OpenSession | None:
        """What another process saw, unless a session ended in this one since."""
        found = self._shared.find(session_id) if self._shared is not None else None
        if found is None:
            return None
        session, user, age = found
        seen = self._clock() - age
        return OpenSession(session, user, seen) if seen > self._last_ending else None

    def _from_table(self, session_id: SessionId, user_id: UserId) -> OpenSession:
        seen = self._clock()
        session = self._repository.fetch(sessions.by_id(session_id).consistent())
        if session is None or session.revoked_at is not None:
            raise SessionEnded(cause="unknown" if session is None else "revoked")
        if session.user_id != user_id:
            raise SessionEnded(cause="another user's")
        user = self._repository.fetch(users.by_id(user_id).consistent())
        if user is None or user.is_disabled or user.deletion_pending:
            raise SessionEnded(cause="no account" if user is None else "shut out")
        if session.generation != user.generation:
            raise SessionEnded(cause="all sessions were ended")
        if self._shared is not None:
            self._shared.tell(session, user, self._clock() - seen)
        return OpenSession(session, user, seen)
