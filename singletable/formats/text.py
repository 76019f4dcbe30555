"""Formats of free text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidFormat
from singletable.formats.base import HIGHEST, Format, check_encodable
from singletable.formats.folding import Fold, fold_text, folded_characters
from singletable.languages.characters import ANY, Characters, characters, common, unchanged
from singletable.languages.expressions import (
    Alternatives,
    Automaton,
    Expression,
    InOrder,
    OneCharacter,
    Repeated,
    literal,
)
from singletable.records import record

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk"
"""Stand for the characters up to `$`, in their order; none is punctuation, which may separate."""
_ESCAPED = re.compile(r"[\x00-$]")
_ESCAPE = re.compile(r"\$(.?)", re.DOTALL)
_ESCAPE_LETTER = OneCharacter(characters(_LETTERS))
_UNESCAPED = ANY & Characters([(ord("$") + 1, ord(HIGHEST))])


@record(sealed=True, kw_only=True)
class Text(Format):
    """Free text, unchanged unless `lower` or `fold` says so.

    The template that it stands in refuses its delimiter. Nobody knows of free text whether it is
    whole: as the upper end of a range it includes all texts that begin with it.
    """

    value_type: ClassVar[type] = str
    keeps_text: ClassVar[bool] = True
    closing: ClassVar[str] = HIGHEST

    name: str = "text"
    alphabet: frozenset[str] | None = None
    lower: bool = False
    fold: Fold | None = None

    @property
    def input_types(self) -> tuple[type, ...]:
        return (str,)

    @cached_property
    def language(self) -> Automaton:
        return replace(self._shape(ANY).automaton, least=self.min_bytes, most=self.max_bytes)

    def _shape(self, allowed: Characters) -> Expression:
        """The normal texts over these characters, where each one is normal by itself."""
        if self.fold is None:
            normal = unchanged(str.lower) if self.lower else ANY
            return Repeated(OneCharacter(common(normal, allowed)), 1)
        word = Repeated(OneCharacter(common(folded_characters(self.fold), allowed)), 1)
        blank = OneCharacter(common(characters(" "), allowed))
        return InOrder((word, Repeated(InOrder((blank, word)))))

    def normalise(self, text: str) -> str:
        """The text as it is stored and asked for; doing it twice changes nothing more."""
        if self.fold is not None:
            return fold_text(text, self.fold)
        return text.lower() if self.lower else text

    def normalise_part(self, part: str, *, is_beginning: bool) -> str:
        """A part as it stands in stored texts: a blank at its ends stays, as between words."""
        if self.fold is None:
            return self.normalise(part)
        folded = fold_text(part, self.fold)
        before = " " if part[:1].isspace() and folded and not is_beginning else ""
        return (
            before + folded + (" " if part[-1:].isspace() and (folded or not is_beginning) else "")
        )

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is {type(value).__name__}, not text")
        encoded = self.normalise(str.__str__(value))  # of an enum member, str() would be its name
        self._check(encoded)
        return encoded

    def _check(self, encoded: str) -> None:
        if not encoded:
            raise ValueError("is empty")
        size = len(check_encodable(encoded).encode())
        if self.max_bytes is not None and size > self.max_bytes:
            raise ValueError(f"has {size} bytes, more than {self.max_bytes}")

    def decode(self, text: str) -> str:
        self._check(text)
        if text != self.normalise(text):
            raise ValueError("is not folded" if self.fold else "is not in lower case")
        return text

    def encode_beginning(self, text: str) -> str:
        return self.encode(text)

    def accept(self, value: object) -> object:
        self.encode(value)
        if isinstance(value, str) and (self.lower or self.fold is not None):
            return self.normalise(str.__str__(value))
        return value

    def describe_json(self) -> JsonSchemaValue:
        """Counts characters, of which each has a byte at least; folding may leave some out."""
        if self.max_bytes is None or self.fold is not None:
            return {"minLength": 1}
        return {"minLength": 1, "maxLength": self.max_bytes}

    def example(self, field: str) -> str:
        return field.replace("_", "-")


@record(sealed=True, kw_only=True)
class EscapedText(Text):
    """Any text, the delimiter included: characters up to `$` become `$` and a letter.

    The text still sorts as the values do, also when a `#` follows it in the key.
    """

    keeps_text: ClassVar[bool] = False
    closing: ClassVar[str] = ""

    name: str = "escaped-text"

    def _shape(self, allowed: Characters) -> Expression:
        plain = common(allowed, _UNESCAPED)
        normal = Alternatives((self._one(plain), InOrder((literal("$"), _ESCAPE_LETTER))))
        return Repeated(normal, 1)

    def _one(self, allowed: Characters) -> Expression:
        known = folded_characters(self.fold) if self.fold else ANY
        normal = unchanged(str.lower) if self.lower else known
        return OneCharacter(common(normal, allowed))

    def encode(self, value: object) -> str:
        plain = Text.encode(self, value)
        encoded = _ESCAPED.sub(lambda match: "$" + _LETTERS[ord(match[0])], plain)
        self._check(encoded)
        return encoded

    def decode(self, text: str) -> str:
        if any(character < "$" for character in text):
            raise ValueError("has a character that is always escaped")
        return super().decode(_ESCAPE.sub(self._unescape, text))

    @property
    def least_character(self) -> str:
        return "$"

    @staticmethod
    def _unescape(match: re.Match[str]) -> str:
        code = _LETTERS.find(match[1]) if match[1] else -1
        if code < 0:
            raise ValueError("has an incomplete escape")
        return chr(code)


@record(sealed=True, kw_only=True)
class Lowered(Text):
    """Free text that stands in keys in lower case, while the field keeps its case.

    Values that differ in case alone are one key. Order and ranges go by lower case.
    """

    keeps_text: ClassVar[bool] = False
    tells_value: ClassVar[bool] = False

    name: str = "lowered"

    def _shape(self, allowed: Characters) -> Expression:
        return Repeated(OneCharacter(common(unchanged(str.lower), allowed)), 1)

    def encode(self, value: object) -> str:
        encoded = super().encode(value).lower()
        self._check(encoded)
        return encoded

    def decode(self, text: str) -> str:
        if text != text.lower():
            raise ValueError("is not in lower case")
        return super().decode(text)

    def encode_beginning(self, text: str) -> str:
        if text.endswith("Σ"):
            raise ValueError("ends with Σ, whose lower case depends on what follows")
        return super().encode_beginning(text)


def text(
    *,
    max_bytes: int | None = None,
    lower: bool = False,
    fold: Fold | None = None,
    delimiter: bool = False,
) -> Text:
    """The format of free text.

    `lower` stores and asks for it in lower case. `fold` does so for text that people type: NFC or
    NFKC, cases folded, invisible characters left out, blanks at the ends too, and one blank between
    words. `max_bytes` counts what is stored. `delimiter`: it may contain the table's delimiter, and
    is the end of each key that it stands in.
    """
    return Text(
        max_bytes=check_length(max_bytes),
        lower=lower,
        fold=_check_fold(fold, lower),
        takes_delimiter=delimiter,
    )


def escaped_text(
    *, max_bytes: int | None = None, lower: bool = False, fold: Fold | None = None
) -> EscapedText:
    """The format of text that may contain the delimiter; `max_bytes` counts the escaped form."""
    return EscapedText(
        max_bytes=check_length(max_bytes), lower=lower, fold=_check_fold(fold, lower)
    )


def lowered(*, max_bytes: int | None = None, delimiter: bool = False) -> Lowered:
    """The format of text that stands in keys in lower case, as in those of ElectroDB.

    The field itself keeps its case: it is stored and read as it was given. `max_bytes` counts the
    text in keys. `delimiter` is as in `text`.
    """
    return Lowered(max_bytes=check_length(max_bytes), takes_delimiter=delimiter)


def check_length(most: int | None) -> int | None:
    """The length; `InvalidFormat` unless it is a whole number from 1."""
    if most is not None and (type(most) is not int or most < 1):
        raise InvalidFormat(
            where="text", declared=f"a length of {abridge(most)}", allowed="a whole number from 1"
        )
    return most


def _check_fold(fold: Fold | None, lower: bool) -> Fold | None:
    if fold not in (None, "nfc", "nfkc") or (fold and lower):
        raise InvalidFormat(
            where="text",
            declared=f"fold={abridge(fold)}, lower={abridge(lower)}",
            allowed="'nfc' or 'nfkc', and no lower beside it",
        )
    return fold
