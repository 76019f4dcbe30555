"""Slugs made from titles are slugs, whatever the title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.core.slugs import words_of
from app.services.posts.writing import ATTEMPTS, candidates
from model import PostId, SlugKey

POST = PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA")
SLUG: TypeAdapter[str] = TypeAdapter(SlugKey)


@given(st.text(max_size=200))
def test_every_candidate_is_a_slug(title: str) -> None:
    """Each fits the key, no two are equal, and there is an end to them."""
    found = list(candidates(title, POST))
    assert [SLUG.validate_python(slug) for slug in found] == found
    assert 1 <= len(set(found)) == len(found) <= ATTEMPTS
    assert found[-1] == POST.lower()


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Hello, World", "hello-world"),
        ("  --  ", ""),
        ("한글", ""),
        ("한글 123", "123"),
        ("ÀÉÎ ﬁn ²", "aei-fin-2"),
        ("İstanbul", "istanbul"),
        ("a#b/c?d", "a-b-c-d"),
        ("word " * 30, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
    ],
)
def test_the_words_of_a_title(title: str, words: str) -> None:
    """ASCII letters and digits, cut between words where there are several."""
    assert words_of(title) == words
