"""The read cache: a middleware that answers public reads from Redis and invalidates on writes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from threading import Event, Lock
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from access_patterns import blog
from app.adapters.cache.pages import Pages, Seen
from app.adapters.cache.rules import (
    Cacheable,
    Lifetime,
    answer_of,
    items_of,
    packed,
    tags_of_read,
    tags_of_write,
    unpacked,
)
from app.core.metrics import Served
from singletable import inspect
from singletable.errors import TransactionCancelled, WriteRefused
from singletable.inspect import Context, Execute, Operation
from singletable.inspect import IndexPlace as Tag

R = TypeVar("R")


WAIT_SECONDS = 0.2


_LOOK_AGAIN_SECONDS = 0.02


_LEAST_SHARE = 0.8


@dataclass(frozen=True)
class Reading:
    """`page` is unique to pattern, arguments, visibility, table and the entity's shape."""

    operation: Operation[Any]
    pattern: str
    model: type[BaseModel]
    page: str
    tags: tuple[Tag, ...]
    lifetime: Lifetime


@dataclass(frozen=True)
class _Asked:
    """A question under way: its tags' names, and how to have it answered by the table."""

    reading: Reading
    tags: tuple[str, ...]
    compute: Callable[[], Any]
    vouch: Callable[[Operation[Any]], Any]


def _unobserved(_: Served) -> None: ...


class ReadCache:
    """An intermediary of a repository. `observe` is told of every question that may be shared."""

    def __init__(
        self,
        pages: Pages,
        cacheable: Cacheable,
        secret: bytes,
        observe: Callable[[Served], None] = _unobserved,
    ) -> None:
        self._pages = pages
        self._cacheable = cacheable
        self._readings = Readings(cacheable, secret)
        self._flights = SingleFlight()
        self._observe = observe
        self._entities = {model.__name__ for model in cacheable.public}

    def close(self) -> None:
        """Gives up the connections, when the app shuts down."""
        self._pages.close()

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        compute = partial(execute, operation, context)
        reading = self._readings.of(operation, context)
        if reading is not None:
            tags = self._names(reading.tags, context)
            vouch = partial(self._answer_to, context, execute)
            return cast(R, self._read(_Asked(reading, tags, compute, vouch)))
        dropped = [tag for tag in tags_of_write(operation, context) if tag.entity in self._entities]
        return self._write(self._names(dropped, context), compute) if dropped else compute()

    def _answer_to(self, context: Context, execute: Execute, operation: Operation[Any]) -> Any:
        return self(operation, context, execute)

    def _names(self, tags: Iterable[Tag], context: Context) -> tuple[str, ...]:
        return tuple(self._readings.tag_name(tag, context.name_of(blog)) for tag in tags)

    def _write(self, tags: tuple[str, ...], compute: Callable[[], R]) -> R:
        """Whatever may yet happen after an error leaves the tags in doubt, until that lapses."""
        mark = self._pages.doubt(tags)
        try:
            answer = compute()
        except (WriteRefused, TransactionCancelled) as error:
            if error.written == "no":
                self._pages.drop(tags, mark)
            raise
        self._pages.drop(tags, mark)
        return answer

    def _read(self, asked: _Asked) -> Any:
        seen = self._look(asked)
        kept = self._kept(asked, seen)
        if kept is None and seen is not None and not seen.is_unsettled:
            kept = self._alone(asked)
        elif kept is None:
            return self._computed(asked)
        return kept

    def _alone(self, asked: _Asked) -> Any:
        """Waits for whoever in this process was first, or leads; looks again in either case."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self._flights.alone(asked.reading.page, WAIT_SECONDS) as leads:
            seen = self._look(asked)
            kept = self._kept(asked, seen)
            if kept is not None:
                return kept
            if leads and seen is not None and not seen.is_unsettled:
                return self._lead(asked, seen, deadline)
            return self._computed(asked)

    def _lead(self, asked: _Asked, seen: Seen, deadline: float) -> Any:
        lock = self._pages.lock(asked.reading.page)
        if lock is None:
            kept = self._awaited(asked, deadline)
            return self._computed(asked) if kept is None else kept
        value: bytes | None = None
        try:
            answer = self._computed(asked)
            value = self._packed(asked, seen, answer)
            return answer
        finally:
            self._pages.keep(asked.reading.page, lock, value, _jittered(asked))

    def _awaited(self, asked: _Asked, deadline: float) -> Any:
        """What another process is about to keep, if it comes in time."""
        while time.monotonic() + _LOOK_AGAIN_SECONDS < deadline:
            time.sleep(_LOOK_AGAIN_SECONDS)
            seen = self._look(asked)
            if seen is None or seen.is_unsettled:
                return None
            kept = self._kept(asked, seen)
            if kept is not None:
                return kept
        return None

    def _look(self, asked: _Asked) -> Seen | None:
        return self._pages.look(asked.reading.page, asked.tags)

    def _kept(self, asked: _Asked, seen: Seen | None) -> Any:
        """The answer that is kept, if it still counts; never None otherwise."""
        if seen is None or seen.value is None:
            return None
        entry = unpacked(asked.reading.model, seen.value)
        if entry is None or entry[0] != seen.tokens or not self._are_public(entry[1]):
            return None
        self._observe(Served(asked.reading.pattern, is_hit=True))
        return answer_of(asked.reading.operation, entry)

    def _computed(self, asked: _Asked) -> Any:
        self._observe(Served(asked.reading.pattern, is_hit=False))
        return asked.compute()

    def _packed(self, asked: _Asked, seen: Seen, answer: object) -> bytes | None:
        items = items_of(answer)
        if not self._are_public(items) or not all(self._is_vouched(asked, each) for each in items):
            return None
        return packed(asked.reading.model, seen.tokens, answer)

    def _are_public(self, items: Iterable[object]) -> bool:
        return all(map(self._cacheable.is_public, items))

    def _is_vouched(self, asked: _Asked, item: object) -> bool:
        """Asked through the cache: the caller is about to ask the same."""
        voucher = self._cacheable.vouchers.get(type(item))
        return voucher is None or self._cacheable.is_public(asked.vouch(voucher(item)))


def _jittered(asked: _Asked) -> float:
    share = random.uniform(_LEAST_SHARE, 1)  # noqa: S311 - spreads the ends, keeps no secret
    return asked.reading.lifetime.seconds * share


FORM = "1"


VISIBILITY = "public"


_DIGEST_BYTES = 16


_FINGERPRINT_BYTES = 6


class Readings:
    """`secret` is the cursors': pages hold cursors, so who cannot open them must not share them."""

    def __init__(self, cacheable: Cacheable, secret: bytes) -> None:
        self._cacheable = cacheable
        self._secret = blake2b(secret, person=b"read-cache").digest()
        self._fingerprints = dict[type, str]()

    def of(self, operation: Operation[Any], context: Context) -> Reading | None:
        """None for what is not shared: writes, unnamed patterns, reads that must be up to date."""
        pattern = inspect.pattern_name(operation) or ""
        lifetime = self._cacheable.lifetimes.get(pattern)
        if lifetime is None or inspect.must_be_fresh(operation):
            return None
        (entity,), (model,) = inspect.entities(operation), inspect.answer_types(operation)
        shape = f"{FORM}.{self._fingerprint(entity)}"
        digest = self._digest(inspect.question(operation))
        name = (pattern, VISIBILITY, context.name_of(blog), shape, digest)
        tags = tags_of_read(operation)
        return Reading(operation, pattern, model, ":".join(name), tags, lifetime)

    def tag_name(self, tag: Tag, table: str) -> str:
        """A text that tells nothing of the key: it may hold the title of a draft."""
        return f"{table}:{self._digest([tag.entity, tag.index, tag.values])}"

    def _fingerprint(self, model: type[BaseModel]) -> str:
        if model not in self._fingerprints:
            self._fingerprints[model] = fingerprint(model)
        return self._fingerprints[model]

    def _digest(self, facts: object) -> str:
        text = json.dumps(facts, default=repr, sort_keys=True).encode()
        return blake2b(text, key=self._secret, digest_size=_DIGEST_BYTES).hexdigest()


def fingerprint(model: type[BaseModel]) -> str:
    """Another one for every other model: its fields, their types and limits, its keys."""
    shape = inspect.entity_shape(model).encode()
    return blake2b(shape, digest_size=_FINGERPRINT_BYTES).hexdigest()


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
