"""The read cache: a middleware that answers public reads from Redis and invalidates on writes.

First what may be cached: which patterns, for how long, under which names and tags, in which form;
what is not named here is never cached. A page holds the tokens that its tags had before it was
read, and counts only while they are the same: nothing has to be found and deleted. A write marks
its tags before it is sent, and gives them new tokens after the commit.
"""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import blake2b
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from access_patterns import blog, posts
from app.adapters.redis import SHARING, RedisServer, RedisUnavailable, Timeouts
from app.core.metrics import note_served
from model import (
    Category,
    CategorySlug,
    CategoryUsage,
    ListedPost,
    Post,
    PostSlug,
    PostStatus,
    PublishedCount,
    TaggedPost,
)
from model import Tag as PostTag
from singletable import Get, Page, inspect
from singletable.errors import TransactionCancelled, WriteRefused
from singletable.inspect import Context, Execute, Operation
from singletable.inspect import IndexPlace as Tag

if TYPE_CHECKING:
    from redis import Redis


# Seconds that a page lives at most; jitter takes up to a fifth of it away.
BRIEF = 15.0
LIST = 60.0
DETAIL = 120.0
TREE = 300.0

LIFETIMES: Mapping[str, float] = {
    "categories.by_id": DETAIL,
    "categories.by_slug": DETAIL,
    "categories.children": TREE,
    "categories.published_count": BRIEF,
    "categories.tree": TREE,
    "categories.usage": BRIEF,
    "posts.by_id": DETAIL,
    "posts.by_slug": DETAIL,
    "posts.published": LIST,
    "posts.published_by_author": LIST,
    "posts.published_in_category": LIST,
    "posts.published_in_category_since": BRIEF,
    "posts.published_with_title": BRIEF,
    "tags.in_use": LIST,
    "tags.posts": LIST,
}

PUBLIC: frozenset[type] = frozenset(
    {
        Category,
        CategorySlug,
        CategoryUsage,
        ListedPost,
        Post,
        PostSlug,
        PostTag,
        PublishedCount,
        TaggedPost,
    }
)
"""Entities whose items are everyone's, posts once they are published; all others are nobody's."""


def is_public(item: object) -> bool:
    if isinstance(item, Post | ListedPost):
        return item.status is PostStatus.PUBLISHED
    return type(item) in PUBLIC


VISIBLE_IF: Mapping[type, Callable[[Any], Get[Any]]] = {
    PostSlug: lambda slug: posts.by_id(slug.post_id)
}
"""For items that do not say themselves whether they are public: whose answer has to be."""


def tags_of_read(operation: Operation[Any]) -> tuple[Tag, ...]:
    """Where a get or a query reads; nothing for other operations.

    A query of a secondary index also has the tag of the index as a whole: writes that cannot know
    where an item stood drop that one.
    """
    places = inspect.places_read(operation)
    whole = [Tag(each.entity, each.index, ()) for each in places[:1] if each.index != "primary"]
    return (*places, *whole)


def tags_of_write(operation: Operation[Any], context: Context) -> frozenset[Tag]:
    """Wherever items stand before and after; whole indexes where a write cannot know it."""
    places = (inspect.places_written(write, context) for write in inspect.writes(operation))
    return frozenset[Tag]().union(*places)


_CACHED_ENTITIES = frozenset(model.__name__ for model in PUBLIC)


def tags_to_drop(operation: Operation[Any], context: Context) -> frozenset[Tag]:
    """Those tags of a write that a page may have."""
    tags = tags_of_write(operation, context)
    return frozenset(tag for tag in tags if tag.entity in _CACHED_ENTITIES)


FORM = "1"
VISIBILITY = "public"


@dataclass(frozen=True)
class CacheLookup:
    """`page` is unique to pattern, arguments, visibility, table and the entity's shape."""

    operation: Operation[Any]
    pattern: str
    model: type[BaseModel]
    page: str
    tags: tuple[str, ...]
    seconds: float


class CacheNames:
    """Names pages and tags. They tell nothing of keys, which may hold the title of a draft."""

    def __init__(self, secret: bytes) -> None:
        self._secret = blake2b(secret, person=b"read-cache").digest()

    def lookup(self, operation: Operation[Any], context: Context) -> CacheLookup | None:
        """None for what is not shared: writes, unnamed patterns, reads that must be up to date."""
        pattern = inspect.pattern_name(operation) or ""
        seconds = LIFETIMES.get(pattern)
        if seconds is None or inspect.must_be_fresh(operation):
            return None
        (entity,), (model,) = inspect.entities(operation), inspect.answer_types(operation)
        shape = f"{FORM}.{fingerprint(entity)}"
        digest = self._digest(inspect.question(operation))
        page = ":".join((pattern, VISIBILITY, context.name_of(blog), shape, digest))
        tags = self.tags(tags_of_read(operation), context)
        return CacheLookup(operation, pattern, model, page, tags, seconds)

    def tags(self, tags: Iterable[Tag], context: Context) -> tuple[str, ...]:
        table = context.name_of(blog)
        return tuple(f"{table}:{self._digest([tag.entity, tag.index, tag.values])}" for tag in tags)

    def _digest(self, facts: object) -> str:
        text = json.dumps(facts, default=repr, sort_keys=True).encode()
        return blake2b(text, key=self._secret, digest_size=16).hexdigest()


@lru_cache(maxsize=256)
def fingerprint(model: type[BaseModel]) -> str:
    """Another one for every other model: its fields, their types and limits, its keys."""
    return blake2b(inspect.entity_shape(model).encode(), digest_size=6).hexdigest()


MOST_BYTES = 256 * 1024
Entry = tuple[tuple[str, ...], tuple[Any, ...], str | None]
"""The tokens of the tags when it was read, the items, the cursor to what follows."""


def pack(model: type, tokens: Sequence[str], answer: object) -> bytes | None:
    """The bytes to keep; None where there is nothing to keep, or they would not be the same."""
    cursor = answer.cursor if _is_page(answer) else None
    entry: Entry = (tuple(tokens), items_of(answer), cursor)
    if not entry[1]:
        return None
    made = _adapter(model).dump_json(entry, by_alias=False, round_trip=True)
    return made if len(made) <= MOST_BYTES and unpack(model, made) == entry else None


def unpack(model: type, value: bytes) -> Entry | None:
    """What `pack` made; None for anything else."""
    try:
        return _adapter(model).validate_json(value)
    except ValidationError:
        return None


def items_of(answer: object) -> tuple[Any, ...]:
    """The entities in an answer; nothing found is no entity."""
    if _is_page(answer):
        return answer.items
    return () if answer is None else (answer,)


def answer_of(operation: Operation[Any], entry: Entry) -> Any:
    """The answer in the form that the operation promises."""
    _, items, cursor = entry
    if inspect.answers_one(operation):
        return items[0] if items else None
    return Page(items, cursor)


def _is_page(answer: object) -> TypeGuard[Page[Any]]:
    return isinstance(answer, Page)


@lru_cache(maxsize=256)
def _adapter(model: type) -> TypeAdapter[Entry]:
    return TypeAdapter(tuple[tuple[str, ...], tuple[model, ...], str | None])  # type: ignore[valid-type]  # made for each entity


R = TypeVar("R")
WAIT_SECONDS = 0.2


class ReadCache:
    """A middleware of a repository. `observe` is told of every read that may be shared.

    `secret` is the cursors': pages hold cursors, so who cannot open them must not share them.
    """

    def __init__(
        self, pages: Pages, secret: bytes, observe: Callable[[str, bool], None] = note_served
    ) -> None:
        self._pages = pages
        self._names = CacheNames(secret)
        self._flights = SingleFlight()
        self._observe = observe

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        compute = partial(execute, operation, context)
        lookup = self._names.lookup(operation, context)
        if lookup is not None:
            fetch = partial(self, context=context, execute=execute)
            return cast(R, self._read(lookup, compute, fetch))
        tags = self._names.tags(tags_to_drop(operation, context), context)
        return self._write(tags, compute) if tags else compute()

    def _write(self, tags: Sequence[str], compute: Callable[[], R]) -> R:
        """Whatever may yet happen after an error leaves the tags in doubt, until that lapses."""
        mark = self._pages.begin_invalidation(tags)
        try:
            answer = compute()
        except (WriteRefused, TransactionCancelled) as error:
            if error.written == "no":
                self._pages.end_invalidation(tags, mark)
            raise
        self._pages.end_invalidation(tags, mark)
        return answer

    def _read(
        self, lookup: CacheLookup, compute: Callable[[], Any], fetch: Callable[[Any], Any]
    ) -> Any:
        """One thread computes a missing page; the others wait for it, and look at its tags."""
        seen, kept = self._look(lookup)
        if kept is not None:
            return kept
        if seen is None or seen.is_unsettled:
            return self._computed(lookup, compute)
        with self._flights.alone(lookup.page, WAIT_SECONDS) as leads:
            seen, kept = self._look(lookup)
            if kept is not None:
                return kept
            answer = self._computed(lookup, compute)
            if leads and seen is not None and not seen.is_unsettled:
                self._keep(lookup, seen, answer, fetch)
            return answer

    def _look(self, lookup: CacheLookup) -> tuple[Seen | None, Any]:
        """What Redis holds, and the answer if one is kept that still counts."""
        seen = self._pages.get(lookup.page, lookup.tags)
        entry = unpack(lookup.model, seen.value) if seen and seen.value else None
        if seen is None or entry is None or entry[0] != seen.tokens:
            return seen, None
        if not all(map(is_public, entry[1])):
            return seen, None
        self._observe(lookup.pattern, True)
        return seen, answer_of(lookup.operation, entry)

    def _computed(self, lookup: CacheLookup, compute: Callable[[], Any]) -> Any:
        self._observe(lookup.pattern, False)
        return compute()

    def _keep(
        self, lookup: CacheLookup, seen: Seen, answer: object, fetch: Callable[[Any], Any]
    ) -> None:
        items = items_of(answer)
        if not all(map(is_public, items)) or not all(_is_visible(each, fetch) for each in items):
            return
        if value := pack(lookup.model, seen.tokens, answer):
            jitter = random.uniform(0.8, 1)  # noqa: S311 - spreads the ends, keeps no secret
            self._pages.put(lookup.page, value, lookup.seconds * jitter)


def _is_visible(item: object, fetch: Callable[[Any], Any]) -> bool:
    """Asked through the cache: the caller is about to ask the same."""
    question = VISIBLE_IF.get(type(item))
    return question is None or is_public(fetch(question(item)))


class SingleFlight:
    """Whoever comes first leads; the others wait until it is done, and no longer than they may."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way = dict[str, Event]()

    @contextmanager
    def alone(self, page: str, seconds: float) -> Generator[bool]:
        """Whether the caller leads. It does not wait then; the others have waited."""
        mine = Event()
        with self._lock:
            leader = self._under_way.setdefault(page, mine)
        if leader is not mine:
            leader.wait(seconds)
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._under_way[page]
            mine.set()


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
        """Gives up the connections, when the app shuts down."""
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
