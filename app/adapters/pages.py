"""Cached pages and their tags in Redis.

A page holds the tokens that its tags had before it was read, and counts only while they are the
same: nothing has to be found and deleted. A write marks its tags before it is sent, and gives
them new tokens after the commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from app.adapters.redis import SHARING, RedisServer, RedisUnavailable, Timeouts

if TYPE_CHECKING:
    from redis import Redis

PREFIX = "{pages}"
"""In braces: a cluster keeps all of them on one node, where scripts reach them."""


SETTLE_SECONDS = 2.0
TOKEN_SECONDS = 3600.0
_EVERYTHING = "everything"


@dataclass(frozen=True)
class Seen:
    """A page as it is kept, if it is, and its tags' present tokens."""

    value: bytes | None
    tokens: tuple[str, ...]

    @property
    def is_unsettled(self) -> bool:
        """Whether somebody is writing, or wrote a moment ago: nothing is kept meanwhile."""
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
        self._get, self._mark, self._settled = register(GET), register(DOUBT), register(SETTLE)

    def close(self) -> None:
        self._server.close()

    def get(self, page: str, tags: Sequence[str]) -> Seen | None:
        """The page and its tags' tokens; None where Redis is unavailable."""
        keys = [self._page(page), *self._tags((_EVERYTHING, *tags))]
        arguments = [secrets.token_hex(8), _milliseconds(TOKEN_SECONDS)]
        try:
            value, *tokens = self._server.ask(
                lambda: cast(list[Any], self._get(keys=keys, args=arguments))
            )
        except RedisUnavailable:
            return None
        return Seen(value, tuple(token.decode("ascii", "replace") for token in tokens))

    def put(self, page: str, value: bytes, seconds: float) -> None:
        key, lasting = self._page(page), _milliseconds(seconds)
        with suppress(RedisUnavailable):
            self._server.ask(lambda: self._server.client.set(key, value, px=lasting))

    def begin_invalidation(self, tags: Collection[str]) -> str:
        """Makes all pages of the tags worthless, now and while the write lasts; its mark."""
        mark = MARK + secrets.token_hex(8)
        arguments = [mark, self._doubt]
        self._server.tell(lambda: self._mark(keys=self._tags(tags), args=arguments))
        return mark

    def end_invalidation(self, tags: Collection[str], mark: str) -> None:
        """The write is done: the tags count again, once indexes have followed."""
        arguments = [mark, self._settle]
        self._server.tell(lambda: self._settled(keys=self._tags(tags), args=arguments))

    def _forget_everything(self, client: Redis) -> None:
        arguments = [MARK, self._settle]
        self._settled(keys=self._tags([_EVERYTHING]), args=arguments, client=client)

    def _page(self, page: str) -> str:
        return f"{self._prefix}:page:{page}"

    def _tags(self, tags: Collection[str]) -> list[str]:
        return [f"{self._prefix}:tag:{tag}" for tag in tags]


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


MARK = "!"
_SETTLING = "!settling"
_MANY = "!many"
_TEXT = """
local function text(key)
  local found = redis.pcall('GET', key)
  return type(found) == 'string' and found or false
end
"""


# KEYS: page, tags. ARGV: a token nobody else has, the milliseconds a new token lives.
GET = f"""{_TEXT}
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


# KEYS: tags. ARGV: the writer's mark, the milliseconds it holds unless it is settled.
# A tag that several writers have marked stays in doubt until the last mark lapses.
DOUBT = f"""{_TEXT}
for at = 1, #KEYS do
  local held, mark = text(KEYS[at]), ARGV[1]
  if held and held:sub(1, 1) == '{MARK}' and held ~= '{_SETTLING}' then mark = '{_MANY}' end
  redis.call('SET', KEYS[at], mark, 'PX', ARGV[2])
end
"""


# KEYS: tags. ARGV: the writer's mark, the milliseconds until indexes have followed.
SETTLE = f"""{_TEXT}
for at = 1, #KEYS do
  local held = text(KEYS[at])
  local foreign = held and held:sub(1, 1) == '{MARK}' and held ~= ARGV[1]
  if not foreign or held == '{_SETTLING}' then
    redis.call('SET', KEYS[at], '{_SETTLING}', 'PX', ARGV[2])
  end
end
"""
