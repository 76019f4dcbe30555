"""The connection to Redis: time-outs, a circuit breaker, and fail-over to another primary.

Errors end here as `CacheAway`; a request is never sent twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any, Final, TypeVar

from redis import (
    BlockingConnectionPool,
    BusyLoadingError,
    ReadOnlyError,
    Redis,
    RedisError,
    ResponseError,
)
from redis.backoff import NoBackoff
from redis.exceptions import MasterDownError
from redis.retry import Retry

CONNECT_SECONDS = 0.2


ANSWER_SECONDS = 0.1


FREE_CONNECTION_SECONDS = 0.1


CONNECTIONS = 64


_RUN = re.compile(rb"run_id:(\w+)")


R = TypeVar("R")


class CacheAway(Exception):
    """Redis does not answer, or must not be believed yet."""


class Server:
    """`forget`: makes everything of the past worthless, told before Redis is used again after
    this process may have missed something, or Redis may have forgotten it. `what`: for the log."""

    def __init__(self, url: str, forget: Callable[[Redis], object], what: str) -> None:
        self._forget = forget
        self._outage = CircuitBreaker(what, monotonic)
        self._lock = Lock()
        self._losses, self._made_good = 0, 0
        self._run: bytes | None = None
        self._pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]  # untyped
            url,
            max_connections=CONNECTIONS,
            timeout=FREE_CONNECTION_SECONDS,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            redis_connect_func=self._connected,
        )
        self.client = Redis(connection_pool=self._pool)

    def close(self) -> None:
        """Gives up all connections; asked again, it makes new ones."""
        self._pool.disconnect()

    def ask(self, question: Callable[[], R]) -> R:
        """The answer, or `CacheAway` within the time-outs."""
        if not self._outage.allow_request():
            raise CacheAway
        try:
            self._make_good()
            answer = question()
        except (RedisError, OSError) as error:
            leave_former_server(self._pool, error)
            self._outage.failed(error)
            raise CacheAway from None  # its words may hold addresses and keys
        self._outage.answered()
        if self._losses != self._made_good:
            raise CacheAway  # it was restarted before it answered
        return answer

    def tell(self, order: Callable[[], object]) -> None:
        """The same for what must not be lost: if it is, all pages are forgotten before the next
        question."""
        try:
            self.ask(order)
        except CacheAway:
            self._lost()

    def _lost(self) -> None:
        with self._lock:
            self._losses += 1

    def _make_good(self) -> None:
        losses = self._losses
        if losses != self._made_good:
            self._forget(self.client)
            with self._lock:
                self._made_good = max(self._made_good, losses)

    def _connected(self, connection: Any) -> None:
        """A server that was started anew, or took over, may lack what the former one was told."""
        connection.on_connect()
        run = _run_of(connection)
        with self._lock:
            if self._run is not None and run != self._run:
                self._losses += 1
            self._run = run


def _run_of(connection: Any) -> bytes:
    """The server's run; another one each time where it does not tell."""
    connection.send_command("INFO", "server")
    try:
        answer: object = connection.read_response(disable_decoding=True)
    except ResponseError:
        answer = None
    found = _RUN.search(answer) if isinstance(answer, bytes) else None
    return found[1] if found else str(id(object())).encode()


_ANSWERS: Final = (ReadOnlyError, BusyLoadingError, MasterDownError)


_OF_SCRIPTS: Final = ("READONLY", "LOADING", "MASTERDOWN")


def leave_former_server(pool: BlockingConnectionPool, error: Exception) -> None:
    """After a fail-over, drops idle connections to a replica: new ones lead to the primary.

    Those in use are dropped after the same answer, each by whom it is told.
    """
    if isinstance(error, _ANSWERS) or _is_from_script(error):
        pool.disconnect(inuse_connections=False)


def _is_from_script(error: Exception) -> bool:
    """Before Redis 7 the answer stands within the words of a script's error."""
    return isinstance(error, ResponseError) and any(word in str(error) for word in _OF_SCRIPTS)


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
