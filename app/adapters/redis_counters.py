"""Rate counters in Redis, shared by all instances. A request is never sent twice."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, time
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import BlockingConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.adapters.redis import CircuitBreaker, leave_former_server
from app.services.limits import Counted, CountersUnavailable, Window

PREFIX = "attempts"


_MICROSECONDS = 1_000_000


CONNECT_SECONDS = 0.5


ANSWER_SECONDS = 0.3


# No more than threads that serve requests; whoever comes late waits for one, and no longer.
CONNECTIONS = 64


FREE_CONNECTION_SECONDS = 1.0


_Answer = TypeVar("_Answer")


class RedisWindows:
    """Connects when it is first asked. `prefix` begins every key, and names them in the log."""

    def __init__(self, url: str, prefix: str = PREFIX) -> None:
        self._pool = _pool(url)
        self._prefix = prefix
        storage = RedisStorage(url, connection_pool=self._pool, key_prefix=prefix)
        self._limiter = MovingWindowRateLimiter(storage)
        self._count = Redis(connection_pool=self._pool).register_script(COUNT)
        self._outage = CircuitBreaker(f"the Redis that counts {prefix}", monotonic)

    def close(self) -> None:
        """Gives up all connections; asked again, it makes new ones."""
        self._pool.disconnect()

    def wait(self, window: Window) -> float:
        found = self._asked(lambda: self._limiter.get_window_stats(_item(window), window.key))
        return 0.0 if found.remaining > 0 else max(found.reset_time - time(), 0.001)

    def take(self, window: Window) -> bool:
        return self._asked(lambda: self._limiter.hit(_item(window), window.key))

    def count(self, window: Window) -> Counted:
        """One question, where `take` and what is left would be two of the library's."""
        keys, arguments = [f"{self._prefix}:{window.key}"], [window.limit, window.seconds]
        admitted, left, wait = self._asked(lambda: self._count(keys=keys, args=arguments))
        return Counted(admitted == 1, left, wait / _MICROSECONDS)

    def _asked(self, question: Callable[[], _Answer]) -> _Answer:
        if not self._outage.allow_request():
            raise CountersUnavailable
        try:
            answer = question()
        except (RedisError, OSError) as error:
            leave_former_server(self._pool, error)
            self._outage.failed(error)
            raise CountersUnavailable from None  # its words may hold addresses and keys
        self._outage.answered()
        return answer


def _item(window: Window) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(window.limit, window.seconds, namespace="")


def _pool(url: str) -> BlockingConnectionPool:
    """Without retries: an attempt may have been counted although the answer was lost."""
    return BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]  # untyped
        url,
        max_connections=CONNECTIONS,
        timeout=FREE_CONNECTION_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


COUNT = """
local limit, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local window = seconds * 1000000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or now)
while oldest <= now - window do
  redis.call('RPOP', KEYS[1])
  oldest = tonumber(redis.call('LINDEX', KEYS[1], -1) or now)
end
local held = redis.call('LLEN', KEYS[1])
if held < limit then
  redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('EXPIRE', KEYS[1], seconds)
  return {1, limit - held - 1, oldest + window - now}
end
return {0, 0, tonumber(redis.call('LINDEX', KEYS[1], limit - 1)) + window - now}
"""
"""KEYS: the moments that count, newest first. ARGV: how many fit in, the seconds they count.

Answers whether one more was counted, how many are left, and the microseconds until room comes
back. Moments are those of the server's clock: instances need not agree on the time.
"""
