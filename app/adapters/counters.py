"""Rate counters with a sliding window: of one process, and in Redis, shared by all instances."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from threading import Lock
from time import monotonic
from typing import Any, ClassVar

from app.adapters.redis import RedisServer, RedisUnavailable, Timeouts
from app.services.limits import WINDOW_SECONDS, Count, CountersUnavailable, Window

MOST_KEYS = 100_000


class MemoryCounters:
    """`clock`: seconds that never go back. Full, it refuses rather than forget a count."""

    may_block: ClassVar[bool] = False

    def __init__(self, clock: Callable[[], float] = monotonic, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most_keys = most_keys
        self._lock = Lock()
        # The moments that count, oldest first; by key, least recently counted first.
        self._moments = OrderedDict[str, deque[float]]()

    def close(self) -> None:
        """Nothing is held open."""

    def count(self, *windows: Window) -> Count:
        with self._lock:
            now = self._clock()
            self._free_expired_keys(now)
            held, wait = list[deque[float]](), 0.0
            for window in windows:
                held.append(moments := self._held(window.key, now))
                if len(moments) >= window.limit:
                    wait = max(wait, moments[-window.limit] + WINDOW_SECONDS - now)
            if wait:
                return Count(False, 0, wait)
            if len(self._moments) + held.count(deque()) > self._most_keys:
                raise CountersUnavailable
            return self._add(windows, held, now)

    def _held(self, key: str, now: float) -> deque[float]:
        moments = self._moments.get(key, deque[float]())
        while moments and moments[0] <= now - WINDOW_SECONDS:
            moments.popleft()
        return moments

    def _add(self, windows: Sequence[Window], held: Sequence[deque[float]], now: float) -> Count:
        """Answers for the fullest window."""
        left, room = math.inf, now
        for window, moments in zip(windows, held, strict=True):
            moments.append(now)
            self._moments[window.key] = moments
            self._moments.move_to_end(window.key)
            if window.limit - len(moments) < left:
                left, room = window.limit - len(moments), moments[0] + WINDOW_SECONDS
        return Count(True, int(left), room - now)

    def _free_expired_keys(self, now: float) -> None:
        """From the stalest on: each is freed once, so it costs nothing on the whole."""
        while self._moments:
            stalest = next(iter(self._moments))
            if self._moments[stalest][-1] > now - WINDOW_SECONDS:
                return
            del self._moments[stalest]


TIMEOUTS = Timeouts(connect=0.5, answer=0.3, free_connection=1.0)
_MICROSECONDS = 1_000_000


class RedisCounters:
    """One question for each request. Connects when it is first asked.

    `meanwhile`: what happens while Redis is unavailable, for the log.
    """

    may_block: ClassVar[bool] = True

    def __init__(self, url: str, meanwhile: str, timeouts: Timeouts = TIMEOUTS) -> None:
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
        return Count(admitted == 1, left, wait / _MICROSECONDS)


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
