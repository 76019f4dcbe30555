"""What may be shared, and under which name."""

from __future__ import annotations

from typing import Any

import pytest

from access_patterns import blog, categories, posts, sessions, users
from app.adapters.read_cache import LIFETIMES, CacheLookup, CacheNames, fingerprint, tags_of_read
from model import Post, PostId, PostStatus, SessionId, Slug, UserId
from singletable import Entity, Table, attr, inspect
from singletable.design.arguments import example_arguments
from singletable.inspect import Context
from tests.app.adapters.cache.harness import ADA, NEWS, NOW, a_post

CONTEXT = Context(None, NOW)
POST = PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA")
SECRET = b"a secret of the tests alone, 32+"
NAMES = CacheNames(SECRET)
BY_ID = posts.by_id(POST)
FEED = posts.published()


def lookup(operation: Any, names: CacheNames = NAMES, context: Context = CONTEXT) -> CacheLookup:
    found = names.lookup(operation, context)
    assert found is not None
    return found


def test_every_name_in_the_table_is_a_pattern_that_reads() -> None:
    """A name that is misspelt would silently share nothing."""
    for name in LIFETIMES:
        pattern = inspect.patterns(blog)[name]
        assert lookup(pattern.function(**example_arguments(pattern))).pattern == name


@pytest.mark.parametrize(
    "operation",
    [
        BY_ID.consistent(),
        posts.by_author_in_status(ADA, PostStatus.DRAFT),
        posts.in_status(PostStatus.PUBLISHED),
        posts.revisions(POST),
        posts.views(POST),
        users.by_id(UserId("ada")),
        sessions.by_id(SessionId("s")),
        posts.archive(a_post(), NOW),
        Post.key.get(post_id=POST),
        Post.by_status.query(status=PostStatus.PUBLISHED),
    ],
)
def test_everything_else_passes_by(operation: Any) -> None:
    """Consistent reads, drafts, people, sessions, writes, questions without a name."""
    assert NAMES.lookup(operation, CONTEXT) is None


def test_different_questions_have_different_pages() -> None:
    """Arguments, limits, cursors, filters: whatever may change the answer changes the name."""
    questions: list[Any] = [
        BY_ID,
        posts.by_id(a_post().post_id),
        posts.by_slug(Slug("news")),
        categories.by_slug(Slug("news")),
        categories.by_id(NEWS),
        categories.usage(NEWS),
        FEED,
        FEED.page(10),
        FEED.page(11),
        FEED.page(10, "cursor"),
        FEED.page_size(10),
        FEED.max_requests(10),
        FEED.descending().where(attr("title").equals("x")),
        posts.published_in_category(NEWS),
        posts.published_in_category_since(NEWS, NOW),
        posts.published_in_category(NEWS).at_least(status_since=NOW),
        posts.published_by_author(ADA),
        posts.published_by_author(ADA).take(5),
        categories.tree(),
        categories.children(NEWS),
    ]
    assert len({lookup(each).page for each in questions}) == len(questions)


def test_the_same_question_has_the_same_page() -> None:
    """At another moment, in another process."""
    later = Context(None, NOW.replace(year=2030))
    again = lookup(posts.published().page(10), CacheNames(SECRET), later)
    assert again.page == lookup(FEED.page(10)).page


def test_a_page_belongs_to_one_table_and_one_secret() -> None:
    """Names begin with what is asked, and say that it is public and of which table."""
    page = lookup(BY_ID).page
    assert page.startswith(f"posts.by_id:public:{blog.name}:")
    assert lookup(BY_ID, context=Context({blog: "other"}, NOW)).page != page
    assert lookup(BY_ID, CacheNames(b"another secret")).page != page


def test_names_tell_nothing_of_keys() -> None:
    """A slug may be the title of a draft; neither page nor tag shows it."""
    slug = posts.by_slug(Slug("secret-plan"))
    (tag,) = tags_of_read(slug)
    assert "secret" not in lookup(slug).page
    assert "secret" not in NAMES.tags([tag], CONTEXT)[0]


def test_another_model_has_other_pages() -> None:
    """A field, a limit or a key more, and what was kept before is not read."""

    def made(template: str, text: Any) -> str:
        table = Table("notes")

        class Note(Entity, table=table):
            """Something written down."""

            note_id: str
            body: text

            key = table.primary.key(template, "NOTE")

        return fingerprint(Note)

    known = made("NOTE#{note_id}", str)
    assert made("NOTE#{note_id}", str) == known
    assert len({known, made("NOTE#{note_id}", int), made("MEMO#{note_id}", str)}) == 3
