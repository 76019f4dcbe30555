"""Identities and slugs of new categories."""

from __future__ import annotations

import re
import unicodedata

from ulid import ULID

from model import ROOT, CategoryId, Slug

# `root` stands for no parent; `by-slug` is a step of a path where an identity may stand too.
RESERVED = frozenset({ROOT, CategoryId("by-slug")})
_LONGEST_SLUG = 96


def new_id() -> CategoryId:
    """An identity nobody has to think of: a ULID, in lower case as identities of categories are."""
    return CategoryId(str(ULID()).lower())


def slug_of(name: str) -> Slug | None:
    """The name's letters and digits, without accents; None if it has none of ASCII."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    return Slug(words[:_LONGEST_SLUG].rstrip("-")) if words else None
