"""The read cache: a middleware that answers public reads from Redis and invalidates on writes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import blake2b
from threading import Event, Lock
from typing import Any, TypeGuard, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from access_patterns import blog
from app.adapters.cache_rules import (
    LIFETIMES,
    VISIBLE_IF,
    is_public,
    tags_of_read,
    tags_to_drop,
)
from app.adapters.pages import Pages, Seen
from app.core.metrics import Served
from singletable import Page, inspect
from singletable.errors import TransactionCancelled, WriteRefused
from singletable.inspect import Context, Execute, Operation
from singletable.inspect import IndexPlace as Tag

R = TypeVar("R")
WAIT_SECONDS = 0.2


def _unobserved(_: Served) -> None: ...


class ReadCache:
    """A middleware of a repository. `observe` is told of every read that may be shared.

    `secret` is the cursors': pages hold cursors, so who cannot open them must not share them.
    """

    def __init__(
        self, pages: Pages, secret: bytes, observe: Callable[[Served], None] = _unobserved
    ) -> None:
        self._pages = pages
        self._names = CacheNames(secret)
        self._flights = SingleFlight()
        self._observe = observe

    def close(self) -> None:
        """Gives up the connections, when the app shuts down."""
        self._pages.close()

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        compute = partial(execute, operation, context)
        lookup = self._names.lookup(operation, context)
        if lookup is not None:
            fetch = partial(self._fetch, context, execute)
            return cast(R, self._read(lookup, compute, fetch))
        tags = self._names.tags(tags_to_drop(operation, context), context)
        return self._write(tags, compute) if tags else compute()

    def _fetch(self, context: Context, execute: Execute, operation: Operation[Any]) -> Any:
        """Through the cache."""
        return self(operation, context, execute)

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
        self._observe(Served(lookup.pattern, is_hit=True))
        return seen, answer_of(lookup.operation, entry)

    def _computed(self, lookup: CacheLookup, compute: Callable[[], Any]) -> Any:
        self._observe(Served(lookup.pattern, is_hit=False))
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
