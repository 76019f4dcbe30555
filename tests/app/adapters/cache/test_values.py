"""Answers become bytes and the same answers again, or are not kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, field_serializer

from access_patterns import categories, posts
from app.adapters.read_cache import MOST_BYTES, answer_of, pack, unpack
from model import Category, Post, PostStatus, Slug
from singletable import Page
from tests.app.adapters.cache.harness import NEWS, a_category, a_post

TOKENS = ("a", "b")
FEED = posts.published()
POSTS = st.builds(
    a_post,
    title=st.text(min_size=1, max_size=20),
    body=st.text(max_size=50),
    tags=st.lists(st.text(min_size=1, max_size=5), max_size=3),
    status=st.sampled_from(PostStatus),
    published_at=st.none() | st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),
)


@given(st.lists(POSTS, min_size=1, max_size=3), st.none() | st.text(max_size=10))
def test_pages_come_back_the_same(items: list[Post], cursor: str | None) -> None:
    """Items in order, their fields to the microsecond, and the cursor."""
    page = Page(tuple(items), cursor)
    made = pack(Post, TOKENS, page)
    assert made is not None
    entry = unpack(Post, made)
    assert entry is not None
    assert entry[0] == TOKENS
    assert answer_of(FEED, entry) == page


def test_single_items_come_back_as_such() -> None:
    """A get and a first item are no page."""
    made = pack(Category, TOKENS, a_category())
    entry = unpack(Category, made or b"")
    assert entry is not None
    for operation in (categories.by_id(NEWS), categories.by_slug(Slug("news"))):
        assert answer_of(operation, entry) == a_category()


@pytest.mark.parametrize("nothing", [None, Page((), None), Page((), "cursor")])
def test_nothing_is_not_kept(nothing: Any) -> None:
    """What is not there is asked for again."""
    assert pack(Post, TOKENS, nothing) is None


def test_what_is_too_large_is_not_kept() -> None:
    """The bound is on what would be sent to Redis."""
    body = "x" * 100_000
    assert pack(Post, TOKENS, Page((a_post(body=body),) * 2, None)) is not None
    assert pack(Post, TOKENS, Page((a_post(body=body),) * 3, None)) is None
    assert MOST_BYTES < 300_000


class Rounding(BaseModel):
    """Does not come back as it was."""

    size: float = Field(default=0.5)

    @field_serializer("size")
    def rounded(self, size: float) -> int:
        return round(size)


def test_what_would_come_back_different_is_not_kept() -> None:
    """A model that writes less than it holds is answered by the table alone."""
    assert pack(Rounding, TOKENS, Rounding(size=2.0)) is not None
    assert pack(Rounding, TOKENS, Rounding(size=2.5)) is None


@given(st.binary(max_size=40) | st.sampled_from([b"[]", b"null", b'[["a"],[{"x":1}],null]']))
def test_foreign_bytes_are_no_answer(value: bytes) -> None:
    """Whatever they are."""
    assert unpack(Post, value) is None
