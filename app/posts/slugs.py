"""Slugs made from titles. Knows no store."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator

from model import PostId, Slug

ATTEMPTS = 5
_LONGEST = 80
_SUFFIX = "abcdefghjkmnpqrstvwxyz0123456789"
_SUFFIX_LENGTH = 5
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def candidates(title: str, post_id: PostId) -> Iterator[Slug]:
    """Slugs for a title, the best first; the last is the identity, which nobody else has."""
    words = words_of(title)
    if words:
        yield Slug(words)
        for _ in range(ATTEMPTS - 2):
            yield Slug(f"{words}-{_suffix()}")
    yield Slug(post_id.lower())


def words_of(title: str) -> str:
    """The ASCII words of a title, accents dropped; empty when it has none: 한글, 123 → `123`."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = _BETWEEN_WORDS.sub("-", ascii_only).strip("-")
    if len(words) <= _LONGEST:
        return words
    whole, _, _ = words[: _LONGEST + 1].rpartition("-")
    return whole or words[:_LONGEST]


def _suffix() -> str:
    return "".join(secrets.choice(_SUFFIX) for _ in range(_SUFFIX_LENGTH))
