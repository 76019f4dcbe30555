"""The connection to Redis: time-outs, a circuit breaker, fail-over to another primary; the open
sessions that instances share there, and what they count together.

Errors end here as `RedisUnavailable`; nothing is sent twice. The library is loaded by the first
server: most processes start without.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.services.limits import WINDOW_SECONDS, Count, CountersUnavailable, Window
from model import Session, SessionId, User

if TYPE_CHECKING:
    from redis import Redis


@dataclass(frozen=True)
class Timeouts:
    """In seconds: for connecting, for an answer, and for a connection that is free."""

    connect: float
    answer: float
    free_connection: float


SHARING = Timeouts(connect=0.2, answer=0.1, free_connection=0.1)
COUNTING = Timeouts(connect=0.5, answer=0.3, free_connection=1.0)

# No more than threads that serve requests; whoever comes late waits for one.
CONNECTIONS = 64
R = TypeVar("R")


class RedisUnavailable(Exception):
    """Redis does not answer, or must not be believed yet."""


class RedisServer:
    """`what`: names the server in the log. `forget`: makes everything that is stored worthless;
    called before Redis is used again after this process may have failed to tell it something, or
    after another server than before has answered.
    """

    def __init__(
        self,
        url: str,
        what: str,
        timeouts: Timeouts = SHARING,
        forget: Callable[[Redis], object] | None = None,
    ) -> None:
        from redis import BlockingConnectionPool, Redis, RedisError, ResponseError  # noqa: PLC0415
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        self._failures, self._refusal = (RedisError, OSError), ResponseError
        self._forget = forget
        self._breaker = CircuitBreaker(what, monotonic)
        self._lock = Lock()
        self._losses, self._made_good = 0, 0
        self._run: bytes | None = None
        self._pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]  # untyped
            url,
            max_connections=CONNECTIONS,
            timeout=timeouts.free_connection,
            socket_connect_timeout=timeouts.connect,
            socket_timeout=timeouts.answer,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=self._connect if forget else None,
        )
        self.client = Redis(connection_pool=self._pool)

    def close(self) -> None:
        """Gives up all connections; asked again, it makes new ones."""
        self._pool.disconnect()

    def ask(self, question: Callable[[], R]) -> R:
        """The answer, or `RedisUnavailable` within the time-outs.

        After a failure the idle connections are dropped: after a fail-over, or where a name leads
        elsewhere now, new ones lead to the new primary. Those in use are dropped by their users.
        """
        if not self._breaker.allow_request():
            raise RedisUnavailable
        try:
            losses = self._losses
            if self._forget and losses != self._made_good:
                self._forget(self.client)
                with self._lock:
                    self._made_good = max(self._made_good, losses)
            answer = question()
        except self._failures as error:
            self._pool.disconnect(inuse_connections=False)
            self._breaker.failed(error)
            raise RedisUnavailable from None  # its words may hold addresses and keys
        self._breaker.answered()
        if self._losses != self._made_good:
            raise RedisUnavailable  # it was restarted before it answered
        return answer

    def tell(self, order: Callable[[], object]) -> None:
        """Sends what must not be lost: if it is, `forget` comes before the next question."""
        try:
            self.ask(order)
        except RedisUnavailable:
            with self._lock:
                self._losses += 1

    def _connect(self, connection: Any) -> None:
        """A server that was started anew, or took over, may lack what the former one was told."""
        connection.on_connect()
        run = self._run_of(connection)
        with self._lock:
            if self._run not in (None, run):
                self._losses += 1
            self._run = run

    def _run_of(self, connection: Any) -> bytes:
        """The server's run; another one each time where it does not tell."""
        connection.send_command("INFO", "server")
        try:
            answer: object = connection.read_response(disable_decoding=True)
        except self._refusal:
            answer = None
        found = _RUN.search(answer) if isinstance(answer, bytes) else None
        return found[1] if found else str(id(object())).encode()


_RUN = re.compile(rb"run_id:(\w+)")

log = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0


class CircuitBreaker:
    """`what`: the service's name in the log. `clock`: seconds that never go back."""

    def __init__(self, what: str, clock: Callable[[], float]) -> None:
        self._what = what
        self._clock = clock
        self._lock = Lock()
        self._ask_again_at: float | None = None

    def allow_request(self) -> bool:
        """While it is silent, one caller per pause may ask; the others need not wait for it."""
        with self._lock:
            if self._ask_again_at is None:
                return True
            now = self._clock()
            if now < self._ask_again_at:
                return False
            self._ask_again_at = now + PAUSE_SECONDS
            return True

    def failed(self, cause: Exception) -> None:
        """Logs the kind of the cause alone: its words may hold addresses and keys."""
        with self._lock:
            was_up, self._ask_again_at = self._ask_again_at is None, self._clock() + PAUSE_SECONDS
        if was_up:
            log.error("%s does not answer: %s", self._what, type(cause).__name__)

    def answered(self) -> None:
        with self._lock:
            was_down, self._ask_again_at = self._ask_again_at is not None, None
        if was_down:
            log.warning("%s answers again", self._what)


SESSIONS_PREFIX = "sessions"
_NONCE_BYTES = 12
_Sealed = tuple[Session, User, float]
_SEALED: TypeAdapter[_Sealed] = TypeAdapter(tuple[Session, User, float])


class RedisSessions:
    """Open sessions that instances tell each other of: sealed, for a few seconds.

    Whoever can write there can open nothing, and who reads there learns nobody's name. How old an
    answer is, the moment sealed in it says, not Redis: an answer stored late is no younger.

    `seconds`: how old an answer may get; `clock`: seconds that all instances agree on."""

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
        with suppress(RedisUnavailable):  # nothing depends on it
            self._server.ask(lambda: self._server.client.set(name, value, px=left))

    def drop(self, session_id: SessionId) -> None:
        """If Redis cannot be told, it lasts no longer than any answer."""
        name = self._name(session_id)
        with suppress(RedisUnavailable):
            self._server.ask(lambda: self._server.client.delete(name))

    def _name(self, session_id: SessionId) -> str:
        digest = blake2b(session_id.encode(), key=self._names, digest_size=16)
        return f"{SESSIONS_PREFIX}:{digest.hexdigest()}"

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


class RedisCounters:
    """One question for each request. Connects when it is first asked.

    `meanwhile`: what happens while Redis is unavailable, for the log.
    """

    may_block: ClassVar[bool] = True

    def __init__(self, url: str, meanwhile: str, timeouts: Timeouts = COUNTING) -> None:
        self._server = RedisServer(url, f"the Redis that counts requests; {meanwhile}", timeouts)
        self._script: Any = self._server.client.register_script(COUNT)

    def close(self) -> None:
        """Gives up all connections; asked again, it makes new ones."""
        self._server.close()

    def count(self, *windows: Window) -> Count:
        keys, limits = [each.key for each in windows], [each.limit for each in windows]
        arguments = [WINDOW_SECONDS, *limits]
        try:
            admitted, left, wait = self._server.ask(lambda: self._script(keys, arguments))
        except RedisUnavailable:
            raise CountersUnavailable from None
        return Count(admitted == 1, left, wait / 1_000_000)


# KEYS: for each window the moments that count, newest first. ARGV: seconds, a limit for each.
# Answers whether one more was counted, how many are left in the fullest window, and the
# microseconds until it has room. The clock is the server's: instances need not agree on the time.
COUNT = """
local window, time = ARGV[1] * 1000000, redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait, left, room = 0, math.huge, 0
for at, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[at + 1])
  local oldest = tonumber(redis.call('LINDEX', key, -1) or now)
  while oldest <= now - window do
    redis.call('RPOP', key)
    oldest = tonumber(redis.call('LINDEX', key, -1) or now)
  end
  local held = redis.call('LLEN', key)
  if held >= limit then
    wait = math.max(wait, tonumber(redis.call('LINDEX', key, limit - 1)) + window - now)
  elseif limit - held - 1 < left then
    left, room = limit - held - 1, oldest + window - now
  end
end
if wait > 0 then return {0, 0, wait} end
for _, key in ipairs(KEYS) do
  redis.call('LPUSH', key, string.format('%.0f', now))
  redis.call('EXPIRE', key, ARGV[1])
end
return {1, left, room}
"""
