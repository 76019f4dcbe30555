"""What Redis does in one step: look, mark, settle, keep. The text of the scripts alone.

A tag's value is a token, or a mark that begins with `!`: nothing may be kept under it. Values of
another type than ours are taken for absent.
"""

from __future__ import annotations

MARK = "!"
SETTLING = "!settling"
MANY = "!many"

_TEXT = """
local function text(key)
  local found = redis.pcall('GET', key)
  return type(found) == 'string' and found or false
end
"""

LOOK = f"""{_TEXT}
local seen = {{text(KEYS[1])}}
for at = 2, #KEYS do
  local token = text(KEYS[at])
  if not token or token == '' then
    token = ARGV[1]
    redis.call('SET', KEYS[at], token, 'PX', ARGV[2])
  end
  seen[at] = token
end
return seen
"""
"""KEYS: page, tags. ARGV: a token nobody else has, the milliseconds a new token lives."""

DOUBT = f"""{_TEXT}
for at = 1, #KEYS do
  local held, mark = text(KEYS[at]), ARGV[1]
  if held and held:sub(1, 1) == '{MARK}' and held ~= '{SETTLING}' then mark = '{MANY}' end
  redis.call('SET', KEYS[at], mark, 'PX', ARGV[2])
end
"""
"""KEYS: tags. ARGV: the writer's mark, the milliseconds it holds unless it is settled."""

SETTLE = f"""{_TEXT}
for at = 1, #KEYS do
  local held = text(KEYS[at])
  local foreign = held and held:sub(1, 1) == '{MARK}' and held ~= ARGV[1]
  if not foreign or held == '{SETTLING}' then
    redis.call('SET', KEYS[at], '{SETTLING}', 'PX', ARGV[2])
  end
end
"""
"""KEYS: tags. ARGV: the writer's mark, the milliseconds until indexes have followed."""

KEEP = f"""{_TEXT}
if text(KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
"""
"""KEYS: page, its lock. ARGV: who holds the lock, the value or nothing, its milliseconds."""
