"""Slugs made from titles. Knows no store."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from app.slugs import words_of
from model import PostId, Slug

ATTEMPTS = 5
_SUFFIX = "abcdefghjkmnpqrstvwxyz0123456789"
_SUFFIX_LENGTH = 5


def candidates(title: str, post_id: PostId) -> Iterator[Slug]:
    """Slugs for a title, the best first; the last is the identity, which nobody else has."""
    words = words_of(title)
    if words:
        yield Slug(words)
        for _ in range(ATTEMPTS - 2):
            yield Slug(f"{words}-{_suffix()}")
    yield Slug(post_id.lower())


def _suffix() -> str:
    return "".join(secrets.choice(_SUFFIX) for _ in range(_SUFFIX_LENGTH))
