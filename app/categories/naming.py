"""Identities and slugs of new categories."""

from __future__ import annotations

from ulid import ULID

from app.slugs import words_of
from model import ROOT, CategoryId, Slug

# `root` stands for no parent; `by-slug` is a step of a path where an identity may stand too.
RESERVED = frozenset({ROOT, CategoryId("by-slug")})


def new_id() -> CategoryId:
    """An identity nobody has to think of: a ULID, in lower case as identities of categories are."""
    return CategoryId(str(ULID()).lower())


def slug_of(name: str) -> Slug | None:
    """The name's words; None if it has none of ASCII."""
    words = words_of(name)
    return Slug(words) if words else None
