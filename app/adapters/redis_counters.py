"""Rate counters in Redis, with a sliding window shared by all instances."""

from __future__ import annotations

from typing import Any

from app.adapters.redis import RedisServer, RedisUnavailable, Timeouts
from app.services.limits import WINDOW_SECONDS, Count, CountersUnavailable, Window

TIMEOUTS = Timeouts(connect=0.5, answer=0.3, free_connection=1.0)
_MICROSECONDS = 1_000_000


class RedisCounters:
    """One question for each request. Connects when it is first asked.

    `meanwhile`: what happens while Redis is unavailable, for the log.
    """

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
