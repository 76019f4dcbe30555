"""Slugs made from titles are slugs, whatever the title."""

from __future__ import annotations

import re
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.services.post_writing import ATTEMPTS, candidates
from model import PostId, SlugKey
from model.slugs import SlugText, slug_of

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
        ("😀 ✔", ""),
        ("  R&D -- in  short ", "r-d-in-short"),
        ("Ada's Öffnungszeiten", "adas-öffnungszeiten"),
        ("단일 테이블 설계란", "단일-테이블-설계란"),
        (normalize("NFD", "글 번호 3 …"), "글-번호-3"),
        ("Größe & Straße", "grösse-strasse"),
        ("日本語のタイトル", "日本語のタイトル"),
        ("हिन्दी में", "हिन्दी-में"),
        ("مرحبا بالعالم", "مرحبا-بالعالم"),
        ("a\u200bb \u202ec\u2066", "ab-c"),
        ("ÀÉÎ ﬁn ²", "àéî-fin-2"),
        ("İstanbul", "istanbul"),
        ("\u0301a 1\ufe0f\u20e3", "a-1"),
        ("a#b/c?d", "a-b-c-d"),
        ("word " * 30, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
        ("x" * 79 + " yy", "x" * 79),
        ("가" * 200, "가" * 80),
        ("\U00020000" * 200, "\U00020000" * 60),
    ],
)
def test_the_words_of_a_title(title: str, words: str) -> None:
    """Letters and digits of any script, cut between words where there are several."""
    assert slug_of(title) == words


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ("단일-테이블", "단일-테이블"),
        (normalize("NFD", "단일-테이블"), "단일-테이블"),
        ("Hello-World", "hello-world"),
        ("straße", "strasse"),
        ("ﬁn", "fin"),
    ],
)
def test_spellings_of_a_slug_are_one(given: str, slug: str) -> None:
    """Case, composition and compatible characters."""
    assert SLUG.validate_python(given) == slug


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "a-", "-a", "a--b", "a b", " a", "a_b", "a/b", "a#b", "a.b", "a%20b", "😀", "²"),
        *("a\x00b", "a\nb", "a\x7fb", "a\u200bb", "a\u200db", "a\u202eb", "a\u2066b", "\ufeffa"),
        *("\u3164", "\u115f\u1160", "a\xadb", "\u0301", "\ud800", "x" * 256, "가" * 86),
    ],
)
def test_what_no_address_should_show_is_no_slug(text: str) -> None:
    """Blanks, punctuation, controls, what is invisible or turns direction, and too much of it."""
    with pytest.raises(ValidationError):
        SLUG.validate_python(text)


def test_the_documented_pattern_takes_what_is_taken() -> None:
    """And refuses all other ASCII."""
    pattern = re.compile(SlugText().describe_json()["pattern"])
    for text in ("a", "a-1", "단일-테이블", "grösse", "हिन्दी-में"):
        assert pattern.search(text)
    for code in range(128):
        text = f"a{chr(code)}b"
        try:
            SLUG.validate_python(text)
        except ValidationError:
            assert not pattern.search(text)
        else:
            assert pattern.search(text)
