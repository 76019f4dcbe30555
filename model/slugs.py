"""Slugs: words of any script, as addresses show them, joined by single hyphens."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import dropwhile
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.formats import Format, text

_FOLDED = text(fold="nfkc")
_MOST_BYTES = 255
_MOST_LETTERS = 80
_MADE_BYTES = _MOST_BYTES - 15  # a suffix may follow
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NO_WORD = r"\x00-\/:-@\[-`\{-\xa9"


@dataclass(frozen=True, kw_only=True)
class SlugText(Format):
    """Letters and digits of any script; other spellings of a text (case, NFD, `ﬁ`) are the same.

    Invisible characters, marks of direction, blanks and punctuation are refused.
    """

    value_type: ClassVar[type] = str
    keeps_text: ClassVar[bool] = True

    name: str = "slug"
    alphabet: frozenset[str] | None = None
    max_bytes: int | None = _MOST_BYTES

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is {type(value).__name__}, not text")
        if _PLAIN.fullmatch(value) and len(value) <= _MOST_BYTES:
            return value  # as nearly all are: nothing to fold, and each letter is known
        folded = _FOLDED.normalise(value)
        for spelling in (unicodedata.normalize("NFC", value), folded):
            if not all(map(_is_word, spelling.split("-"))):
                raise ValueError("is not letters and digits joined by single hyphens")
        if len(folded.encode()) > _MOST_BYTES:
            raise ValueError(f"has more than {_MOST_BYTES} bytes")
        return folded

    def decode(self, text: str) -> str:
        if text != self.encode(text):
            raise ValueError("is not folded")
        return text

    def accept(self, value: object) -> str:
        return self.encode(value)

    @property
    def input_types(self) -> tuple[type, ...]:
        return (str,)

    def describe_json(self) -> JsonSchemaValue:
        """ASCII is described exactly; of others a pattern cannot say which are letters."""
        word = f"[^{_NO_WORD}]+"
        return {"minLength": 1, "maxLength": _MOST_BYTES, "pattern": f"^{word}(?:-{word})*$"}

    def example(self, field: str) -> str:
        return field.replace("_", "-")


def slug_of(title: str) -> str:
    """The words of a title; empty if it has none: `Größe & Straße` → `grösse-strasse`."""
    bare = _FOLDED.normalise(title.replace("'", "").replace("\u2019", "")).replace("i\u0307", "i")
    spaced = "".join(each if _is_letter(each) or _is_mark(each) else " " for each in bare)
    words = ("".join(dropwhile(_is_mark, word)) for word in spaced.split())
    return _cut("-".join(word for word in words if word))


def _cut(words: str) -> str:
    """Between words, if there are several."""
    kept = words[:_MOST_LETTERS].encode()[:_MADE_BYTES].decode(errors="ignore")
    if kept == words or words[len(kept)] == "-":
        return kept
    whole, _, _ = kept.rpartition("-")
    return whole or kept


def _is_word(word: str) -> bool:
    known = all(_is_letter(each) or _is_mark(each) for each in word)
    return known and word != "" and _is_letter(word[0])


def _is_letter(character: str) -> bool:
    """Whether it is a letter or a digit."""
    category = unicodedata.category(character)
    return category[0] == "L" or category == "Nd"


def _is_mark(character: str) -> bool:
    """A part of a letter, as in Hindi."""
    return unicodedata.category(character) in {"Mn", "Mc"}
