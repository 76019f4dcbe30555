"""Folds text that people type, so that what looks the same is the same key. Knows no format."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Literal

from singletable.languages.characters import ANY, Characters, unchanged

Fold = Literal["nfc", "nfkc"]
"""Unicode's composed form, or the one that also makes compatible characters (`ﬁ`, `²`) equal."""

_INVISIBLE = Characters(
    [
        *((code, code) for code in (0xAD, 0x34F, 0x61C, 0x3164, 0xFEFF, 0xFFA0)),
        *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F)),
        *((0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFFF0, 0xFFF8)),
        *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
    ]
)
"""Unicode's `Default_Ignorable_Code_Point`: joiners, directions, selectors, soft hyphens."""


def fold_text(text: str, fold: Fold) -> str:
    """The folded text; folding it again changes nothing."""
    if text.isascii():
        return " ".join(text.casefold().split())
    while (folded := _fold_once(text, fold)) != text:
        text = folded
    return text


def _fold_once(text: str, fold: Fold) -> str:
    # Decomposed first: the iota below a Greek vowel folds to a letter of its own.
    cases = unicodedata.normalize("NFD", text).casefold()
    visible = "".join(each for each in cases if each not in _INVISIBLE)
    normal = unicodedata.normalize("NFC" if fold == "nfc" else "NFKC", visible)
    return " ".join(normal.split())


@cache
def folded_characters(fold: Fold) -> Characters:
    """The characters, blanks left out, that folding leaves as they are."""

    def change(character: str) -> str:
        return _fold_once(character, fold)

    return unchanged(change) & ~_INVISIBLE & ANY
