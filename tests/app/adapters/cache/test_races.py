"""A read under way while something is written never leaves a stale page behind."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations
from threading import Condition
from typing import Any

import pytest

from access_patterns import posts
from app.adapters.read_cache import Pages, Seen
from model import Post
from singletable import Repository
from singletable.errors import ServiceUnavailable, VersionConflict
from singletable.transport import TransportError
from tests.app.adapters.cache.harness import NEWS, NOW, CacheHarness, published, settle, titles
from tests.app.api.v1.races import READS, at_once

pytestmark = pytest.mark.connected

STEPS = 3
READER, WRITER = "r", "w"
ORDERS = [
    "".join(WRITER if at in writing else READER for at in range(2 * STEPS))
    for writing in combinations(range(2 * STEPS), STEPS)
]


class Turns:
    """Lets two actors take their steps in a given order; one that is done gives up its others."""

    def __init__(self, order: str) -> None:
        self._order = list(order)
        self._changed = Condition()
        self.taken = ""

    @contextmanager
    def step(self, actor: str) -> Generator[None]:
        with self._changed:
            assert self._changed.wait_for(lambda: self._order[:1] in ([actor], []), timeout=10)
        try:
            yield
        finally:
            with self._changed:
                self._order = self._order[1:]
                self.taken += actor
                self._changed.notify_all()

    def leave(self, actor: str) -> None:
        with self._changed:
            self._order = [each for each in self._order if each != actor]
            self._changed.notify_all()


class Gated(Pages):
    """Notes tokens, keeps pages, marks and drops tags when it is its actor's turn."""

    turns: Turns
    is_noting = False

    def get(self, page: str, tags: Sequence[str]) -> Seen | None:
        """The first look is a mere miss, the second notes what the page will be kept under."""
        if not self.is_noting:
            self.is_noting = True
            return super().get(page, tags)
        with self.turns.step(READER):
            return super().get(page, tags)

    def put(self, page: str, value: bytes, seconds: float) -> None:
        with self.turns.step(READER):
            super().put(page, value, seconds)

    def begin_invalidation(self, tags: Collection[str]) -> str:
        with self.turns.step(WRITER):
            return super().begin_invalidation(tags)

    def end_invalidation(self, tags: Collection[str], mark: str) -> None:
        with self.turns.step(WRITER):
            super().end_invalidation(tags, mark)


def gated(harness: CacheHarness, turns: Turns) -> Repository:
    """An instance whose reads, writes and dealings with Redis all wait for their turn."""

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        with turns.step(READER if operation in READS else WRITER):
            return harness.store.transport(operation, parameters)

    pages = harness.pages(Gated)
    assert isinstance(pages, Gated)
    pages.turns = turns
    return harness.instance(pages, send)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("what", ["item", "page"])
def test_every_order_of_a_read_and_a_write(harness: CacheHarness, order: str, what: str) -> None:
    """Noting, reading and keeping against marking, committing and dropping: afterwards the
    cache answers as the table does."""
    post = published(harness.plain)
    turns = Turns(order)
    reading, writing = gated(harness, turns), gated(harness, turns)

    def asked(repository: Repository) -> object:
        if what == "item":
            return repository.fetch(posts.by_id(post.post_id))
        return repository.fetch(posts.published_in_category(NEWS).page(5))

    def read() -> object:
        try:
            return asked(reading)
        finally:
            turns.leave(READER)

    def write() -> Post:
        after = post.model_copy(update={"title": "Changed"})
        try:
            return writing.write(posts.change_slug(post, after))
        finally:
            turns.leave(WRITER)

    at_once([read, write])
    assert turns.taken.count(WRITER) == STEPS
    for _ in range(3):  # the first may still be in doubt, the second keeps, the third hits
        assert asked(harness.instance()) == asked(harness.plain)
        settle()
    assert sum(harness.served[name, True] for name, hit in harness.served if hit) > 0


def test_an_index_that_follows_late_leaves_nothing_stale(harness: CacheHarness) -> None:
    """What is read of an index before it has followed a write is not kept."""
    post = published(harness.plain)
    stale = harness.plain.fetch(posts.published_in_category(NEWS))
    lagging = {"until": 0.0}
    settling = {"settle_seconds": 0.5}

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = harness.store.transport(operation, parameters)
        late = operation == "Query" and time.monotonic() < lagging["until"]
        return {**answer, "Items": former["Items"], "Count": 1} if late else answer

    former = _query_answer(harness)
    repository = harness.instance(harness.pages(**settling), send)
    other = harness.instance(harness.pages(**settling), send)
    repository.write(posts.unpublish(post, NOW))
    lagging["until"] = time.monotonic() + 0.3
    assert other.fetch(posts.published_in_category(NEWS)) == stale
    time.sleep(0.3)
    assert titles(other.fetch(posts.published_in_category(NEWS))) == []


def _query_answer(harness: CacheHarness) -> Mapping[str, Any]:
    answers = list[Mapping[str, Any]]()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answers.append(harness.store.transport(operation, parameters))
        return answers[-1]

    harness.store.repository(send).fetch(posts.published_in_category(NEWS))
    return answers[0]


def test_a_writer_that_dies_between_commit_and_drop(harness: CacheHarness) -> None:
    """Its mark holds until it lapses, and by then the commit is there for all to read."""
    post = published(harness.plain)
    reader = harness.instance()
    for _ in range(2):
        assert reader.fetch(posts.by_id(post.post_id)) == post

    class Dying(Pages):
        def end_invalidation(self, tags: Collection[str], mark: str) -> None:
            raise KeyboardInterrupt

    writer = harness.instance(harness.pages(Dying, doubt_seconds=0.3))
    with pytest.raises(KeyboardInterrupt):
        writer.write(posts.archive(post, NOW))
    stored = harness.plain.fetch(posts.by_id(post.post_id))
    assert reader.fetch(posts.by_id(post.post_id)) == stored != post
    settle(0.35)
    assert reader.fetch(posts.by_id(post.post_id)) == stored


def test_a_write_whose_outcome_is_unknown_stays_in_doubt(harness: CacheHarness) -> None:
    """It may happen after the error: until it cannot any more, nothing is kept of its tags."""
    post = published(harness.plain)
    later = list[Mapping[str, Any]]()

    def lost(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        later.append(parameters)
        raise TransportError("ServiceUnavailable", operation)

    writer = harness.instance(harness.pages(doubt_seconds=0.5), lost)
    reader = harness.instance()
    with pytest.raises(ServiceUnavailable):
        writer.write(posts.archive(post, NOW))
    for _ in range(2):
        assert reader.fetch(posts.by_id(post.post_id)) == post
    harness.store.transport("UpdateItem", later[0])
    assert reader.fetch(posts.by_id(post.post_id)) != post
    assert harness.hits("posts.by_id") == 0
    settle(0.55)
    assert reader.fetch(posts.by_id(post.post_id)) != post


def test_a_refused_write_is_settled(harness: CacheHarness) -> None:
    """Nothing was written: pages are kept again at once."""
    post = published(harness.plain)
    repository = harness.instance()
    stale = post.model_copy(update={"version": 99})
    with pytest.raises(VersionConflict):
        repository.write(posts.archive(stale, NOW))
    settle()
    for _ in range(2):
        assert repository.fetch(posts.by_id(post.post_id)) == post
    assert harness.hits("posts.by_id") == 1


def test_two_writers_do_not_settle_for_each_other(harness: CacheHarness) -> None:
    """A tag that two have marked stays in doubt until the later mark lapses."""
    one, other = harness.pages(doubt_seconds=0.3), harness.pages(doubt_seconds=0.3)
    first = one.begin_invalidation(["tag"])
    second = other.begin_invalidation(["tag"])
    other.end_invalidation(["tag"], second)
    settle()
    assert _is_unsettled(one)
    one.end_invalidation(["tag"], first)
    settle()
    assert _is_unsettled(one)
    settle(0.3)
    assert not _is_unsettled(one)


def test_writers_one_after_the_other_do(harness: CacheHarness) -> None:
    """Each settles its own mark, also over the other's settling."""
    pages = harness.pages()
    for _ in range(3):
        pages.end_invalidation(["tag"], pages.begin_invalidation(["tag"]))
    settle()
    assert not _is_unsettled(pages)


def _is_unsettled(pages: Pages) -> bool:
    seen = pages.get("page", ["tag"])
    assert seen is not None
    return seen.is_unsettled
