"""What is kept in Redis, and what is made of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from threading import Barrier, Lock
from typing import Any

import pytest

from access_patterns import categories, posts
from app.adapters.read_cache import MOST_BYTES
from app.services import post_writing
from model import PostId, PostStatus, Slug
from singletable import Get, Repository
from singletable.errors import ServiceUnavailable
from singletable.transport import TransportError
from tests.app.adapters.cache.harness import (
    ADA,
    NEWS,
    NOW,
    CacheHarness,
    a_category,
    a_post,
    published,
    settle,
)
from tests.app.api.v1.races import at_once

pytestmark = pytest.mark.connected


class Counted:
    """A transport that counts reads, and takes its time."""

    def __init__(self, harness: CacheHarness, seconds: float = 0.0) -> None:
        self._transport = harness.store.transport
        self._seconds = seconds
        self._lock = Lock()
        self.reads = 0

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation in {"GetItem", "Query"}:
            with self._lock:
                self.reads += 1
            time.sleep(self._seconds)
        return self._transport(operation, parameters)


def everything_public(repository: Repository, post_id: PostId, slug: Slug) -> list[object]:
    """The answers to every question that may be shared; of cursors no two texts are equal."""
    return [
        repository.fetch(posts.by_id(post_id)),
        repository.fetch(posts.by_slug(slug)),
        repository.fetch(posts.published().page(2)).items,
        repository.fetch(posts.published_in_category(NEWS)),
        repository.fetch(posts.published_in_category_since(NEWS, NOW)),
        repository.fetch(posts.published_by_author(ADA).page(1)).items,
        list(repository.iterate(categories.tree())),
        repository.fetch(categories.children(a_category().parent_id)),
        repository.fetch(categories.by_id(NEWS)),
        repository.fetch(categories.by_slug(a_category().slug)),
        repository.fetch(categories.usage(NEWS)),
    ]


def test_another_instance_is_answered_without_the_table(harness: CacheHarness) -> None:
    """Every public question, once asked, costs no read at all until something is written."""
    post = published(harness.plain)
    published(harness.plain)
    wanted = everything_public(harness.plain, post.post_id, post.slug)
    assert everything_public(harness.instance(), post.post_id, post.slug) == wanted
    counted = Counted(harness)
    second = harness.instance(through=counted)
    assert everything_public(second, post.post_id, post.slug) == wanted
    assert counted.reads == 0


def test_cursors_go_on_from_kept_pages(harness: CacheHarness) -> None:
    """A cursor out of a kept page leads through all posts, by way of either instance."""
    written = {published(harness.plain).post_id for _ in range(5)}
    for repository in [harness.instance(), harness.instance(), harness.plain]:
        found, cursor = list[PostId](), None
        while True:
            page = repository.fetch(posts.published().page(2, cursor))
            found += [post.post_id for post in page]
            cursor = page.cursor
            if cursor is None:
                break
        assert (len(found), set(found)) == (5, written)


def test_a_crowd_on_a_miss_computes_once(harness: CacheHarness) -> None:
    """50 threads of one instance: the table is asked once."""
    published(harness.plain)
    counted = Counted(harness, seconds=0.01)
    repository, together = harness.instance(through=counted), Barrier(50)

    def ask() -> int:
        together.wait()
        return len(repository.fetch(posts.published().page(3)))

    assert at_once([ask] * 50) == [1] * 50
    assert counted.reads == 1
    assert (harness.misses("posts.published"), harness.hits("posts.published")) == (1, 49)


def test_instances_compute_once_each(harness: CacheHarness) -> None:
    """20 threads on four instances: no instance asks the table twice, and later none does."""
    published(harness.plain)
    counted, together = Counted(harness, seconds=0.02), Barrier(20)
    instances = [harness.instance(through=counted) for _ in range(4)]

    def ask(at: int) -> int:
        together.wait()
        return len(instances[at % 4].fetch(posts.published_in_category(NEWS)))

    assert at_once([lambda at=at: ask(at) for at in range(20)]) == [1] * 20  # type: ignore[misc]  # a default binds
    assert 1 <= counted.reads <= 4
    for instance in instances:
        instance.fetch(posts.published_in_category(NEWS))
    assert counted.reads <= 4


def test_nobody_waits_long_for_a_leader(fragile: CacheHarness) -> None:
    """Whoever waited a fifth of a second asks the table instead."""
    harness = fragile
    post = published(harness.plain)
    slow = Counted(harness, seconds=1.0)
    repository = harness.instance(through=slow)

    def late() -> float:
        time.sleep(0.1)
        began = time.monotonic()
        assert repository.fetch(posts.by_id(post.post_id)) == post
        return time.monotonic() - began

    def lead() -> float:
        repository.fetch(posts.by_id(post.post_id))
        return 0

    assert 1.15 < max(at_once([lead, late])) < 1.5
    assert slow.reads == 2


def test_a_leader_that_fails_frees_the_others(harness: CacheHarness) -> None:
    """The error is its own; the next one computes at once."""
    post = published(harness.plain)

    def broken(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TransportError("Unreachable", operation)

    failing, sound = harness.instance(through=broken), harness.instance()
    with pytest.raises(ServiceUnavailable):
        failing.fetch(posts.by_id(post.post_id))
    began = time.monotonic()
    assert sound.fetch(posts.by_id(post.post_id)) == post
    assert time.monotonic() - began < 0.15


def test_no_draft_is_ever_in_redis(harness: CacheHarness) -> None:
    """Through a whole life of a post nothing but what was published leaves a trace."""
    repository = harness.instance()

    def look(post_id: PostId, *slugs: str) -> None:
        settle()
        for slug in slugs:
            everything_public(repository, post_id, Slug(slug))
        repository.fetch(posts.in_status(PostStatus.DRAFT))
        repository.fetch(posts.by_author_in_status(ADA, PostStatus.DRAFT))
        repository.fetch(posts.revisions(post_id))

    draft = repository.write(posts.create(a_post(title="secret-one", slug="secret-two")))
    look(draft.post_id, "secret-two")
    after = draft.model_copy(update={"slug": Slug("open-slug"), "title": "Open title"})
    renamed = repository.write(posts.change_slug(draft, after))
    look(renamed.post_id, "open-slug", "secret-two")
    reviewed = repository.write(posts.submit(renamed, NOW))
    look(reviewed.post_id, "open-slug")
    assert b"secret" not in harness.everything_kept()
    assert b"Open title" not in harness.everything_kept()
    public = repository.write(posts.publish(reviewed, NOW))
    look(public.post_id, "open-slug")
    assert b"Open title" in harness.everything_kept()
    hidden = repository.write(posts.unpublish(public, NOW))
    look(hidden.post_id, "open-slug")
    last = hidden.model_copy(update={"title": "secret-three"})
    hidden = repository.write(posts.change_slug(hidden, last))
    look(hidden.post_id, "open-slug")
    put_away = repository.write(posts.archive(hidden, NOW))
    look(put_away.post_id, "open-slug")
    post_writing.delete(repository, put_away, NOW)
    look(put_away.post_id, "open-slug")
    assert b"secret" not in harness.everything_kept()


def test_what_is_not_there_is_not_kept(harness: CacheHarness) -> None:
    """Nobody can fill Redis by asking for what does not exist."""
    repository = harness.instance()
    for number in range(5):
        assert repository.fetch(posts.by_slug(Slug(f"none-{number}"))) is None
        assert not repository.fetch(
            posts.published_in_category(a_category(f"c-{number}").slug)
        ).items  # type: ignore[arg-type]  # any text
    assert harness.pages_kept() == []


def test_large_pages_are_not_kept(harness: CacheHarness) -> None:
    """A page of more than a quarter of a mebibyte is answered, and computed each time."""
    repository = harness.instance()
    large, small = (published(harness.plain, body="글" * size) for size in (100_000, 50_000))
    for _ in range(2):
        assert repository.fetch(posts.by_id(large.post_id)) == large
    assert harness.pages_kept() == []
    assert repository.fetch(posts.by_id(small.post_id)) == small
    (kept,) = harness.pages_kept()
    assert harness.redis().strlen(kept) <= MOST_BYTES


def test_every_key_ends_by_itself(harness: CacheHarness) -> None:
    """Pages and tags all have a time to live, pages a jittered one."""
    post = published(harness.plain)
    repository = harness.instance()
    everything_public(repository, post.post_id, post.slug)
    repository.write(posts.unpublish(post, NOW))
    client = harness.redis()
    without = -1  # -2 is a key that has ended since it was found
    assert all(client.pttl(key) != without for key in client.scan_iter(f"{harness.prefix}*"))
    (detail,) = client.scan_iter(f"{harness.prefix}:page:posts.by_id:*")
    assert 90_000 < client.pttl(detail) <= 120_000


@pytest.mark.parametrize("junk", [b"", b"\xff\x00", b"{}", b"[[],[],null]", b'[["a"],[{}],1]'])
def test_foreign_values_are_misses(harness: CacheHarness, junk: bytes) -> None:
    """Whatever stands under the key of a page or a tag, the table is asked, and mends it."""
    post = published(harness.plain)
    repository = harness.instance()
    client = harness.redis()
    for _ in range(2):
        assert repository.fetch(posts.by_id(post.post_id)) == post
    for key in list(client.scan_iter(f"{harness.prefix}*")):
        client.set(key, junk)
    assert repository.fetch(posts.by_id(post.post_id)) == post
    for key in list(client.scan_iter(f"{harness.prefix}*")):
        client.delete(key)
        client.rpush(key, "not a string")
    assert repository.fetch(posts.by_id(post.post_id)) == post
    repository.write(posts.archive(post, NOW))
    before = harness.hits("posts.by_id")
    assert before == 1


def test_a_kept_draft_is_not_believed(harness: CacheHarness) -> None:
    """Should one ever stand there, it is checked when it is read as well."""
    post = published(harness.plain)
    repository = harness.instance()
    repository.fetch(posts.by_id(post.post_id))
    client, (key,) = harness.redis(), harness.pages_kept()
    tokens, (item,), cursor = json.loads(client.get(key))
    client.set(key, json.dumps([tokens, [item | {"status": "draft"}], cursor]))
    assert repository.fetch(posts.by_id(post.post_id)) == post
    assert harness.hits("posts.by_id") == 0


def test_who_cannot_open_its_cursors_shares_no_page(harness: CacheHarness) -> None:
    """Instances with another cursor secret keep to themselves."""
    post = published(harness.plain)
    for secret in [b"one" * 16, b"two" * 16]:
        harness.instance(secret=secret).fetch(posts.by_id(post.post_id))
    assert harness.misses("posts.by_id") == 2


def test_consistent_reads_pass_by(harness: CacheHarness) -> None:
    """Known callers read what every write left, and leave nothing behind."""
    post = published(harness.plain)
    repository = harness.instance()
    question: Get[Any] = posts.by_id(post.post_id).consistent()
    assert repository.fetch(question) == repository.fetch(question) == post
    assert harness.everything_kept() == b""
