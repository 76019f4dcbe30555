"""Open sessions that instances tell each other of, in Redis: sealed, for a few seconds.

Whoever can write there can open nothing, and who reads there learns nobody's name. How old an
answer is, the moment sealed in it says, not Redis: an answer that was stored late is no younger.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from hashlib import blake2b

from pydantic import TypeAdapter, ValidationError

from app.adapters.redis import SHARING, RedisServer, RedisUnavailable, Timeouts
from model import Session, SessionId, User

PREFIX = "sessions"
_NONCE_BYTES = 12
_Sealed = tuple[Session, User, float]
_SEALED: TypeAdapter[_Sealed] = TypeAdapter(tuple[Session, User, float])


class RedisSessions:
    """`seconds`: how old an answer may get; `clock`: seconds that all instances agree on."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        seconds: float,
        clock: Callable[[], float] = time.time,
        timeouts: Timeouts = SHARING,
    ) -> None:
        self._server = RedisServer(url, "the Redis that shares sessions", timeouts)
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # loads long
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        self._unsealable = (InvalidTag, ValidationError, ValueError)
        self._names = blake2b(secret, person=b"session-names").digest()
        self._cipher = AESGCM(blake2b(secret, person=b"session-seal", digest_size=32).digest())
        self._seconds = seconds
        self._clock = clock

    def close(self) -> None:
        self._server.close()

    def find(self, session_id: SessionId) -> tuple[Session, User, float] | None:
        """A session and its user as they were some seconds ago, the third."""
        name = self._name(session_id)
        try:
            sealed = self._server.ask(lambda: self._server.client.get(name))
        except RedisUnavailable:
            return None
        opened = self._opened(name, sealed) if isinstance(sealed, bytes) else None
        if opened is None:
            return None
        session, user, seen = opened
        age = max(self._clock() - seen, 0.0)
        return (session, user, age) if age < self._seconds else None

    def tell(self, session: Session, user: User, age: float) -> None:
        """As they were `age` seconds ago."""
        name, left = self._name(session.session_id), round((self._seconds - age) * 1000)
        if left <= 0:
            return
        value = self._sealed(name, (session, user, self._clock() - age))
        self._ask(lambda: self._server.client.set(name, value, px=left))

    def drop(self, session_id: SessionId) -> None:
        """If Redis cannot be told, it lasts no longer than any answer."""
        name = self._name(session_id)
        self._ask(lambda: self._server.client.delete(name))

    def _ask(self, order: Callable[[], object]) -> None:
        try:
            self._server.ask(order)
        except RedisUnavailable:
            return  # nothing depends on it

    def _name(self, session_id: SessionId) -> str:
        digest = blake2b(session_id.encode(), key=self._names, digest_size=16)
        return f"{PREFIX}:{digest.hexdigest()}"

    def _sealed(self, name: str, value: _Sealed) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        text = _SEALED.dump_json(value, by_alias=False, round_trip=True)
        return nonce + self._cipher.encrypt(nonce, text, name.encode())

    def _opened(self, name: str, sealed: bytes) -> _Sealed | None:
        """None for what no instance of this app sealed for this name."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return _SEALED.validate_json(self._cipher.decrypt(nonce, text, name.encode()))
        except self._unsealable:
            return None
