"""Titles as keys: by their beginnings, however they are spelt."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from singletable.formats import HIGHEST, Format

MAX_CHARACTERS = 60


@dataclass(frozen=True, kw_only=True)
class TitleText(Format):
    """A title in a key that is searched by beginnings; the field keeps it as it was written.

    Letter case, width and blanks make no difference, and what follows the first 60 characters.
    """

    value_type: ClassVar[type] = str
    tells_value: ClassVar[bool] = False

    name: str = "title"
    alphabet: frozenset[str] | None = None
    takes_beginnings: bool = True
    takes_delimiter: bool = True

    @property
    def input_types(self) -> tuple[type, ...]:
        return (str,)

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is {type(value).__name__}, not text")
        plain = unicodedata.normalize("NFKC", value.encode("utf-8", "ignore").decode())
        folded = unicodedata.normalize("NFKC", plain.casefold()).replace(HIGHEST, "")
        words = " ".join(folded.split())[:MAX_CHARACTERS].rstrip()
        return words or "-"

    def decode(self, text: str) -> str:
        return text

    def bounds(self, value: object) -> tuple[str, str]:
        beginning = self.encode(value)
        return beginning, beginning + HIGHEST

    def example(self, field: str) -> str:
        return "Hello, world"
