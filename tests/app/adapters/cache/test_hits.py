"""Every question that may be shared is: the second time it comes from Redis."""

from __future__ import annotations

from typing import Any

import pytest

from access_patterns import blog
from app.adapters.read_cache import LIFETIMES
from model import ROOT, Post, Slug
from singletable import Query, inspect
from tests.app.adapters.cache.harness import ADA, NEWS, NOW, CacheHarness, published

pytestmark = pytest.mark.connected


def arguments(post: Post) -> dict[str, tuple[Any, ...]]:
    """What to ask with, so that something is found."""
    return {
        "categories.by_id": (NEWS,),
        "categories.by_slug": (Slug(NEWS),),
        "categories.children": (ROOT,),
        "categories.published_count": (NEWS,),
        "categories.tree": (),
        "categories.usage": (NEWS,),
        "posts.by_id": (post.post_id,),
        "posts.by_slug": (post.slug,),
        "posts.published": (),
        "posts.published_by_author": (ADA,),
        "posts.published_in_category": (NEWS,),
        "posts.published_in_category_since": (NEWS, NOW),
        "posts.published_with_title": ("post",),
        "tags.in_use": (),
        "tags.posts": ("go",),
    }


def test_a_question_that_may_be_shared_is_asked_of_the_table_once(harness: CacheHarness) -> None:
    """Of each pattern that is declared as such: a miss, then a hit, also of another instance."""
    known = arguments(published(harness.plain, author_id=ADA, tags=["Go"]))
    assert known.keys() == LIFETIMES.keys()
    first, second = harness.instance(), harness.instance()
    for name, given in known.items():
        question = inspect.patterns(blog)[name].function(*given)
        asked: Any = question.page(3) if isinstance(question, Query) else question
        hits = harness.hits(name)
        found = [each.fetch(asked) for each in (first, first, second)]
        assert found[0], name
        assert found[1] == found[2] == found[0], name
        assert harness.hits(name) - hits >= 2, name
    harness.served.clear()
    for name, given in known.items():
        question = inspect.patterns(blog)[name].function(*given)
        second.fetch(question.page(3) if isinstance(question, Query) else question)
    assert harness.served == {(name, True): 1 for name in known}
