"""Formats of text, and of identifiers written as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from singletable.formats.base import HIGHEST, Format, check_encodable

_CROCKFORD = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_HEXADECIMAL = frozenset("0123456789abcdef-")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk"
"""Stand for the characters up to `$`, in their order; none is punctuation, which may separate."""
_ESCAPED = re.compile(r"[\x00-$]")
_ESCAPE = re.compile(r"\$(.?)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Text(Format):
    """Free text, unchanged. The template that it stands in refuses its delimiter.

    Nobody knows of free text whether it is whole: as the upper end of a range it includes all texts
    that begin with it.
    """

    value_type: ClassVar[type] = str
    closing: ClassVar[str] = HIGHEST

    name: str = "text"
    alphabet: frozenset[str] | None = None
    lower: bool = False

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is {type(value).__name__}, not text")
        plain = str.__str__(value)  # of an enum member, str() would be its name
        encoded = plain.lower() if self.lower else plain
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
        if self.lower and text != text.lower():
            raise ValueError("is not in lower case")
        return text

    def encode_beginning(self, text: str) -> str:
        return self.encode(text)

    def accept(self, value: object) -> object:
        return self.encode(value) if self.lower else super().accept(value)

    def example(self, field: str) -> str:
        return field.replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class EscapedText(Text):
    """Any text, the delimiter included: characters up to `$` become `$` and a letter.

    The text still sorts as the values do, also when a `#` follows it in the key.
    """

    closing: ClassVar[str] = ""

    name: str = "escaped-text"

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

    def accept(self, value: object) -> object:
        self.encode(value)
        return value.lower() if self.lower and isinstance(value, str) else value


@dataclass(frozen=True, kw_only=True)
class Shaped(Format):
    """Text of one shape, such as an identifier; kept as it is."""

    value_type: ClassVar[type] = str

    shape: re.Pattern[str]
    description: str
    sample: str = field(default="")

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is {type(value).__name__}, not text")
        return self.decode(str.__str__(value))

    def decode(self, text: str) -> str:
        self._check_size(text)
        if not self.shape.fullmatch(text):
            raise ValueError(f"is not {self.description}")
        return text

    def encode_beginning(self, text: str) -> str:
        """The beginning itself; of its shape the characters and the length alone are known."""
        self._check_size(text)
        if not text or (self.alphabet is not None and not self.alphabet.issuperset(text)):
            raise ValueError(f"is no beginning of {self.description}")
        return text

    def _check_size(self, text: str) -> None:
        if self.max_bytes is not None and len(text) > self.max_bytes:
            raise ValueError(f"has {len(text)} characters, more than {self.max_bytes}")

    def example(self, field: str) -> str:
        return self.sample or field.replace("_", "-")

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Adds pattern and length to JSON schemas, so that OpenAPI says what is refused."""
        bounds = {} if self.max_bytes is None else {"maxLength": self.max_bytes}
        return {**handler(schema), **bounds, "pattern": f"^(?:{self.shape.pattern})$"}


@dataclass(frozen=True, kw_only=True)
class UuidText(Format):
    """A `uuid.UUID` in its canonical lower-case form."""

    value_type: ClassVar[type] = UUID

    name: str = "uuid"
    alphabet: frozenset[str] | None = _HEXADECIMAL
    min_bytes: int = 36
    max_bytes: int | None = 36

    def encode(self, value: object) -> str:
        if not isinstance(value, UUID):
            raise ValueError(f"is {type(value).__name__}, not a UUID")
        return str(value)

    def decode(self, text: str) -> UUID:
        value = UUID(text)
        if str(value) != text:
            raise ValueError("is not a canonical UUID")
        return value

    def example(self, field: str) -> UUID:
        return UUID("018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d")


def text(*, max_bytes: int | None = None, lower: bool = False) -> Text:
    """The format of free text; `lower` stores and asks for it in lower case."""
    return Text(max_bytes=max_bytes, lower=lower)


def escaped_text(*, max_bytes: int | None = None, lower: bool = False) -> EscapedText:
    """The format of text that may contain the delimiter; `max_bytes` counts the escaped form."""
    return EscapedText(max_bytes=max_bytes, lower=lower)


def slug(*, max_length: int = 96) -> Shaped:
    """The format of lower-case words of ASCII letters and digits, joined by single hyphens."""
    return Shaped(
        name="slug",
        alphabet=_LOWER,
        max_bytes=max_length,
        shape=re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"),
        description="lower-case letters and digits joined by single hyphens",
    )


def ulid() -> Shaped:
    """The format of ULIDs in canonical upper-case form: sorts by the time it was made."""
    return Shaped(
        name="ulid",
        alphabet=_CROCKFORD,
        chronological=True,
        min_bytes=26,
        max_bytes=26,
        shape=re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}"),
        description="a ULID of 26 upper-case characters",
        sample="01JD9GZ2J0V5X7Q3M8K4T6B1RA",
    )


def uuid_text() -> UuidText:
    """The format of UUIDs in canonical form."""
    return UuidText()
