"""Slugs are made of names where that is possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.category_tree import new_id, slug_of
from singletable.formats import slug


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("News", "news"),
        ("  R&D -- in  short ", "r-d-in-short"),
        ("Ada's Öffnungszeiten", "adas-offnungszeiten"),
        ("글", None),
        ("---", None),
        ("x" * 200, "x" * 80),
        ("x" * 79 + " yy", "x" * 79),
    ],
)
def test_a_slug_keeps_letters_and_digits(name: str, made: str | None) -> None:
    """In lower case, joined by single hyphens, not too long."""
    assert slug_of(name) == made


@given(st.text(max_size=150))
def test_whatever_is_made_is_a_slug(name: str) -> None:
    """For any name: none, or one that stands in keys."""
    made = slug_of(name)
    assert made is None or slug().encode(made) == made


def test_identities_are_new() -> None:
    """Each another, of the form that identities of categories have."""
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(slug(max_length=64).encode(each) for each in made)
