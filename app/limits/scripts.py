"""What Redis does in one step when a request is counted. The text of the script alone."""

from __future__ import annotations

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
