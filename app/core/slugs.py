"""Makes slugs of titles."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 80


_APOSTROPHES = re.compile(r"['\u2019]")


_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def words_of(text: str) -> str:
    """The ASCII words of a text, accents dropped; empty when it has none: 한글, 123 → `123`."""
    bare = _APOSTROPHES.sub("", text)
    ascii_only = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode().lower()
    words = _BETWEEN_WORDS.sub("-", ascii_only).strip("-")
    if len(words) <= _LONGEST:
        return words
    whole, _, _ = words[: _LONGEST + 1].rpartition("-")
    return whole or words[:_LONGEST]
