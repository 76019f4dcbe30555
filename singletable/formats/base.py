"""`Format`, the base class of key formats. Knows text only: no template, no entity, no DynamoDB."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, NoReturn

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

HIGHEST = "\U0010ffff"
"""The greatest character, which no key text contains: ranges that are open above end with it."""


@dataclass(frozen=True, kw_only=True)
class Format(ABC):
    """A one-to-one mapping between values and key text; the base class of a format of your own.

    Subclasses are frozen dataclasses and implement `encode`, `decode` and `example`. What `encode`
    accepts it must give a text that `decode` reads back as an equal value.

    `alphabet`: every character the text may contain; None when it is not bounded.
    `min_bytes`, `max_bytes`: UTF-8 length; equal for a fixed width; `max_bytes` None if unbounded.
    `ordered`: the text sorts by code point exactly as the values do.
    `value_type`: the class of its values; `object` where they are of several.
    `takes_beginnings`: in ranges the beginning of a text, such as `2020-02`, stands for all of it;
    `bounds` says from where to where.
    `chronological`: later values are newer, so that "newest first" means something.

    Used as `Annotated[str, slug()]` a format also validates, and where it says so normalises,
    the field itself, so that attribute and key never disagree.
    """

    value_type: ClassVar[type] = object
    closing: ClassVar[str] = ""
    """What follows the text of a whole value in the upper end of a range."""

    name: str
    alphabet: frozenset[str] | None
    min_bytes: int = 1
    max_bytes: int | None = None
    ordered: bool = True
    chronological: bool = False
    takes_beginnings: bool = False

    @property
    def fixed_width(self) -> bool:
        """Whether every text has the same number of characters, so that it ends by itself."""
        ascii_only = self.alphabet is not None and all(map(str.isascii, self.alphabet))
        return ascii_only and self.min_bytes == self.max_bytes

    @property
    def least_character(self) -> str | None:
        """The least character that a text may contain; None if that is any."""
        return min(self.alphabet) if self.alphabet else None

    def fits(self, kind: type) -> bool:
        """Whether a field of this class can have values of this format."""
        return issubclass(kind, self.value_type)

    @abstractmethod
    def encode(self, value: object) -> str:
        """The text of `value`; a `ValueError` says what is wrong with it."""

    @abstractmethod
    def decode(self, text: str) -> object:
        """The value of `text`; a `ValueError` for text that `encode` cannot have written."""

    @abstractmethod
    def example(self, field: str) -> object:
        """A value for documentation, stable from run to run."""

    def bounds(self, value: object) -> tuple[str, str]:
        """The least and the greatest text of what `value`, whole or partial, stands for."""
        encoded = self.encode(value)
        return encoded, encoded + self.closing

    def encode_beginning(self, text: str) -> str:
        """The beginning of the texts of all values that begin with `text`."""
        if not self.takes_beginnings:
            raise ValueError(f"is no beginning: {self.name} is asked for by whole values")
        return self.bounds(text)[0]

    def accept(self, value: object) -> object:
        """The normalised value of a field with this format; `ValueError` if it has no text."""
        self.encode(value)
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.accept, handler(source))


@dataclass(frozen=True, kw_only=True)
class Native(Format):
    """A key attribute that DynamoDB itself orders: a number or bytes. It never becomes text."""

    def encode(self, value: object) -> NoReturn:
        raise ValueError(f"is stored as {self.name} and has no key text")

    def decode(self, text: str) -> NoReturn:
        raise ValueError(f"is stored as {self.name} and has no key text")

    def example(self, field: str) -> int | bytes:
        return 7 if self.name == "N" else b"7"


def check_encodable(text: str) -> str:
    """The text itself; `ValueError` for half of a surrogate pair and for `HIGHEST`."""
    if text.isascii():
        return text
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("contains half of a surrogate pair")
    if HIGHEST in text:
        raise ValueError("contains U+10FFFF, which closes ranges")
    return text
