"""Whatever is written and asked in whatever order: a shared answer is the table's own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from access_patterns import blog, categories, posts
from app.services import category_tree, post_reading, post_writing
from app.services.policy import Caller
from app.services.post_reading import Visitors
from app.services.post_writing import Text
from model import ROOT, Category, CategoryId, Post, PostStatus, Role, Slug, UserId
from singletable import Page, Query, Repository, RequestError, inspect
from tests.app.adapters.cache.harness import NOW, CacheHarness, a_category, published, settle
from tests.app.api.v1.stores import Store, in_memory

pytestmark = [pytest.mark.connected, pytest.mark.slow]

CATEGORIES = [CategoryId(name) for name in ("one", "two", "three")]
AUTHORS = [UserId("ada"), UserId("bob")]
SLUGS = [Slug(f"slug-{number}") for number in range(4)]
WATCHED = [
    posts.published().page(3),
    posts.published_in_category(CATEGORIES[0]).page(3),
    posts.published_in_category(CATEGORIES[1]).page(3),
    posts.published_by_author(AUTHORS[0]).page(3),
    categories.by_slug(SLUGS[0]),
    categories.tree().page(5),
]
NEXT = {
    PostStatus.DRAFT: (post_writing.submit, post_writing.submit),
    PostStatus.IN_REVIEW: (post_writing.publish, post_writing.publish),
    PostStatus.PUBLISHED: (post_writing.unpublish, post_writing.archive),
    PostStatus.ARCHIVED: (post_writing.unpublish, post_writing.unpublish),
}
AT = st.integers(0, 60)
TAGS = ["Go", "한글"]
VISITORS = Visitors(b"a secret of the tests alone, 32+")
WORDS = st.sampled_from(["Hello", "World", "News"])


def _renamed(repository: Repository, category: Category, name: str, slug: Slug) -> None:
    after = category.model_copy(update={"name": name, "slug": slug})
    category_tree.change(repository, category, after)


def without_cursor(answer: Any) -> Any:
    """What an answer holds: of cursors, which are encrypted, only whether there is one."""
    return (answer.items, answer.cursor is None) if isinstance(answer, Page) else answer


class Sharing(RuleBasedStateMachine):
    """Two instances share a Redis. Writes go through either; refused ones count as well."""

    store: ClassVar[Store]
    url: ClassVar[str]
    hits: ClassVar[dict[str, int]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.now = NOW

    @initialize()
    def open(self) -> None:
        self.harness = CacheHarness(self.store, self.url, self.opened)
        self.instances = [self.harness.instance(), self.harness.instance()]
        self._empty()
        for each in CATEGORIES[:2]:
            category_tree.add(self.harness.plain, a_category(each))
        for author, slug in zip((*AUTHORS, AUTHORS[0]), SLUGS, strict=False):
            published(self.harness.plain, author_id=author, category_id=CATEGORIES[0], slug=slug)

    def teardown(self) -> None:
        for (name, is_hit), times in self.harness.served.items():
            self.hits[name] = self.hits.get(name, 0) + times * is_hit
        self.opened.close()

    def _empty(self) -> None:
        """The table is the same for all runs."""
        for status in ("draft", "in-review", "published", "archived"):
            for post in self._stored(PostStatus(status)):
                post_writing.delete(self.harness.plain, post, NOW)
        for _ in CATEGORIES:
            for category in self.harness.plain.iterate(categories.tree()):
                with suppress(RequestError):
                    category_tree.delete(self.harness.plain, category)

    def _stored(self, status: PostStatus) -> list[Post]:
        plain = self.harness.plain
        return post_reading.whole(plain, plain.iterate(posts.in_status(status)))

    def _all_posts(self) -> list[Post]:
        return [post for status in PostStatus for post in self._stored(status)]

    def _write(self, change: Callable[..., object], which: int, *given: Any) -> None:
        """Lists are kept before the write, so that it has something to drop."""
        for question in WATCHED:
            self._shared(question, which)
        with suppress(RequestError):
            change(self.instances[which % 2], *given)
        settle()
        for question in WATCHED:
            self._compare(question, which)

    def _shared(self, question: Any, which: int) -> Any:
        return self.instances[which % 2].fetch(question)

    def _compare(self, question: Any, which: int) -> None:
        wanted = without_cursor(self.harness.plain.fetch(question))
        for instance in (which, which + 1):
            assert without_cursor(self._shared(question, instance)) == wanted, question.origin

    def _tick(self) -> Any:
        self.now += timedelta(seconds=1)
        return self.now

    @rule(
        which=AT, category=st.sampled_from(CATEGORIES), parent=st.sampled_from([ROOT, *CATEGORIES])
    )
    def add_category(self, which: int, category: CategoryId, parent: CategoryId) -> None:
        made = a_category(category).model_copy(update={"parent_id": parent})
        self._write(category_tree.add, which, made)

    @rule(which=AT, at=AT, parent=st.sampled_from([ROOT, *CATEGORIES]), position=st.integers(0, 3))
    def move_category(self, which: int, at: int, parent: CategoryId, position: int) -> None:
        for category in self._a_category(at):
            self._write(category_tree.move, which, category, parent, position)

    @rule(which=AT, at=AT, name=WORDS, slug=st.sampled_from(SLUGS))
    def rename_category(self, which: int, at: int, name: str, slug: Slug) -> None:
        for category in self._a_category(at):
            self._write(_renamed, which, category, name, slug)

    @rule(which=AT, at=AT)
    def delete_category(self, which: int, at: int) -> None:
        for category in self._a_category(at):
            self._write(category_tree.delete, which, category)

    def _a_category(self, at: int) -> list[Any]:
        known = list(self.harness.plain.iterate(categories.tree()))
        return [known[at % len(known)]] if known else []

    @rule(
        which=AT,
        author=st.sampled_from(AUTHORS),
        category=st.sampled_from(CATEGORIES),
        slug=st.sampled_from(SLUGS),
        title=WORDS,
    )
    def write_post(
        self, which: int, author: UserId, category: CategoryId, slug: Slug, title: str
    ) -> None:
        caller = Caller(author, frozenset([Role.EDITOR]), None)
        text = Text(title, "", "", [TAGS[len(title) % 2]], category)
        self._write(post_writing.create, which, text, slug, caller, self._tick())

    @precondition(lambda self: self._all_posts())
    @rule(which=AT, at=AT, ways=st.lists(st.integers(0, 1), min_size=2, max_size=3))
    def step(self, which: int, at: int, ways: list[int]) -> None:
        """A post goes from state to state: of two steps, one at least shows or hides it."""
        for way in ways:
            post = self._post(at)
            self._write(NEXT[post.status][way], which, post, self._tick())

    @precondition(lambda self: self._all_posts())
    @rule(which=AT, at=AT, category=st.sampled_from(CATEGORIES), title=WORDS)
    def edit(self, which: int, at: int, category: CategoryId, title: str) -> None:
        post = self._post(at)
        editor = Caller(post.author_id, frozenset([Role.EDITOR]), None)
        text = Text(title, "", "", [TAGS[len(title) % 2]], category)
        self._write(post_writing.edit, which, post, text, editor, self._tick())

    @precondition(lambda self: self._all_posts())
    @rule(which=AT, at=AT, slug=st.sampled_from(SLUGS))
    def rename(self, which: int, at: int, slug: Slug) -> None:
        self._write(post_writing.rename, which, self._post(at), slug, self._tick())

    @precondition(lambda self: self._all_posts())
    @rule(which=AT, at=AT)
    def delete(self, which: int, at: int) -> None:
        self._write(post_writing.delete, which, self._post(at), self._tick())

    @precondition(lambda self: self._all_posts())
    @rule(which=AT, at=AT)
    def view(self, which: int, at: int) -> None:
        post = self._post(at)
        view = VISITORS.view_of_caller(f"reader-{at}", post.post_id, self._tick())
        self._write(post_reading.count_view, which, post, view)

    def _post(self, at: int) -> Post:
        known = self._all_posts()
        return known[at % len(known)]

    @rule(which=AT, picks=st.lists(AT, min_size=1, max_size=8))
    def ask(self, which: int, picks: list[int]) -> None:
        """Some of the questions that may be shared, of both instances."""
        known = self._questions()
        for pick in picks:
            name, *arguments = known[pick % len(known)]
            question = inspect.patterns(blog)[name].function(*arguments)
            self._compare(question.page(2) if isinstance(question, Query) else question, which)

    def _questions(self) -> list[tuple[Any, ...]]:
        known = self._all_posts()
        return [
            ("posts.published",),
            ("categories.tree",),
            ("tags.in_use",),
            *(("tags.posts", tag) for tag in TAGS),
            *(("posts.published_with_title", word) for word in ("hel", "w")),
            *(("categories.published_count", each) for each in CATEGORIES),
            *(("posts.by_id", post.post_id) for post in known[:3]),
            *(("posts.by_slug", slug) for slug in SLUGS),
            *(("posts.published_by_author", author) for author in AUTHORS),
            *(("posts.published_in_category", each) for each in CATEGORIES),
            *(("posts.published_in_category_since", each, NOW) for each in CATEGORIES),
            *(("categories.children", each) for each in (ROOT, *CATEGORIES)),
            *(("categories.by_id", each) for each in CATEGORIES),
            *(("categories.usage", each) for each in CATEGORIES),
            *(("categories.by_slug", Slug(each)) for each in (*CATEGORIES, *SLUGS)),
        ]


@pytest.mark.usefixtures("patience")
def test_a_shared_answer_is_the_tables_own(shared_redis: str) -> None:
    """Random lives of posts and categories, asked about in between; kept lists were hit."""
    with in_memory() as store:
        Sharing.store, Sharing.url = store, shared_redis
        run_machine(
            Sharing,
            settings=settings(
                max_examples=8,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
            ),
        )
    watched = {question.origin.pattern for question in WATCHED}
    assert any(Sharing.hits[name] for name in watched)  # which of them, is left to chance
