"""Cached pages and their tags in Redis.

A page holds the tokens that its tags had before it was read, and counts only while they are the
same. A write marks its tags before it is sent and drops them after the commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from app.adapters.redis import SHARING, RedisServer, RedisUnavailable, Timeouts

PREFIX = "{pages}"
"""In braces: a cluster keeps all of them on one node, where scripts reach them."""


SETTLE_SECONDS = 2.0


LOCK_SECONDS = 1.0


TOKEN_SECONDS = 3600.0


_EVERYTHING = "everything"


@dataclass(frozen=True)
class Seen:
    """A page as it is kept, if it is, and its tags' present tokens."""

    value: bytes | None
    tokens: tuple[str, ...]

    @property
    def is_unsettled(self) -> bool:
        """Whether somebody is writing, or wrote a moment ago."""
        return any(token.startswith(MARK) for token in self.tokens)


class Pages:
    """`doubt_seconds`: longer than any write takes. `settle_seconds`: longer than indexes need
    to follow a write."""

    def __init__(
        self,
        url: str,
        *,
        doubt_seconds: float,
        settle_seconds: float = SETTLE_SECONDS,
        prefix: str = PREFIX,
        timeouts: Timeouts = SHARING,
    ) -> None:
        self._prefix = prefix
        self._doubt, self._settle = _milliseconds(doubt_seconds), _milliseconds(settle_seconds)
        what = "the Redis that shares pages"
        self._server = RedisServer(url, what, timeouts, self._forget_everything)
        register: Any = self._server.client.register_script
        self._look, self._keep = register(LOOK), register(KEEP)
        self._mark, self._settled = register(DOUBT), register(SETTLE)

    def close(self) -> None:
        self._server.close()

    def look(self, page: str, tags: Sequence[str]) -> Seen | None:
        """The page and its tags; None where Redis is away."""
        keys = [self._page(page), *map(self._tag, (_EVERYTHING, *tags))]
        arguments = [secrets.token_hex(8), _milliseconds(TOKEN_SECONDS)]
        try:
            value, *tokens = self._server.ask(
                lambda: cast(list[Any], self._look(keys=keys, args=arguments))
            )
        except RedisUnavailable:
            return None
        return Seen(value, tuple(token.decode("ascii", "replace") for token in tokens))

    def lock(self, page: str) -> str | None:
        """The key to the page's lock; None if another process has it, or Redis is away."""
        mine = secrets.token_hex(8)
        try:
            taken = self._server.ask(
                lambda: self._server.client.set(
                    self._lock(page), mine, nx=True, px=_milliseconds(LOCK_SECONDS)
                )
            )
        except RedisUnavailable:
            return None
        return mine if taken else None

    def keep(self, page: str, lock: str, value: bytes | None, seconds: float) -> None:
        """Opens the lock, and keeps a value if there is one."""
        keys = [self._page(page), self._lock(page)]
        arguments = [lock, value or b"", _milliseconds(seconds)]
        try:
            self._server.ask(lambda: self._keep(keys=keys, args=arguments))
        except RedisUnavailable:
            return  # the lock opens by itself

    def doubt(self, tags: Collection[str]) -> str:
        """Makes all pages of the tags worthless, now and while the write lasts; its mark."""
        mark = MARK + secrets.token_hex(8)
        keys = [self._tag(tag) for tag in tags]
        self._server.tell(lambda: self._mark(keys=keys, args=[mark, self._doubt]))
        return mark

    def drop(self, tags: Collection[str], mark: str) -> None:
        """The write is done: the tags count again, once indexes have followed."""
        keys = [self._tag(tag) for tag in tags]
        self._server.tell(lambda: self._settled(keys=keys, args=[mark, self._settle]))

    def _forget_everything(self, client: Redis) -> None:
        self._settled(keys=[self._tag(_EVERYTHING)], args=[MARK, self._settle], client=client)

    def _page(self, page: str) -> str:
        return f"{self._prefix}:page:{page}"

    def _lock(self, page: str) -> str:
        return f"{self._prefix}:lock:{page}"

    def _tag(self, tag: str) -> str:
        return f"{self._prefix}:tag:{tag}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


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
