"""`Format`, the base class of key formats. Knows text only: no template, no entity, no DynamoDB."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Literal, NoReturn, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from singletable.languages.characters import ANY, characters
from singletable.languages.expressions import Automaton, text_of
from singletable.languages.pattern import compile_pattern
from singletable.records import record

AttributeType = Literal["S", "N"]
"""Text or number: what a format may store a field as."""

HIGHEST = "\U0010ffff"
"""The greatest character, which no key text contains: ranges that are open above end with it."""


@record(sealed=True, kw_only=True)
class Format(ABC):
    """A mapping of values to key text, one to one; the base class of a format of your own.

    Subclasses are frozen dataclasses and implement `encode`, `decode` and `example`. What `encode`
    accepts it must give a text that `decode` reads back as an equal value; unless `tells_value` is
    False: then values with one text are one key, and no field is read from key text.

    `alphabet`: every character the text may contain; None when it is not bounded.
    `pattern`: a regular expression that every text matches whole, in Python's syntax.
    `min_bytes`, `max_bytes`: UTF-8 length; equal for a fixed width; `max_bytes` None if unbounded.
    `ordered`: the text sorts by code point exactly as the values do.
    `value_type`: the class of its values; `object` where they are of several.
    `keeps_text`: a value is stored as the same text that stands in keys.
    `attribute_type`: a field is stored as what `to_attribute` says, text (`S`) or a number (`N`);
    None: as its type is.
    `takes_beginnings`: in ranges the beginning of a text, such as `2020-02`, stands for all of it;
    `bounds` says from where to where.
    `chronological`: later values are newer, so that "newest first" means something.
    `takes_delimiter`: the text may contain the table's delimiter, and nothing follows it in a key.

    Used as `Annotated[str, slug()]` a format also validates, and where it says so normalises,
    the field itself, so that attribute and key never disagree.
    """

    value_type: ClassVar[type] = object
    keeps_text: ClassVar[bool] = False
    tells_value: ClassVar[bool] = True
    attribute_type: ClassVar[AttributeType | None] = None
    closing: ClassVar[str] = ""
    """What follows the text of a whole value in the upper end of a range."""

    name: str
    alphabet: frozenset[str] | None
    pattern: str | None = None
    min_bytes: int = 1
    max_bytes: int | None = None
    ordered: bool = True
    chronological: bool = False
    takes_beginnings: bool = False
    takes_delimiter: bool = False

    @property
    def fixed_width(self) -> bool:
        """Whether every text has the same number of characters, so that it ends by itself."""
        ascii_only = self.alphabet is not None and all(map(str.isascii, self.alphabet))
        return ascii_only and self.min_bytes == self.max_bytes

    @property
    def least_character(self) -> str | None:
        """The least character that a text may contain; None if that is any."""
        return min(self.alphabet) if self.alphabet else None

    @cached_property
    def language(self) -> Automaton:
        """The texts of all values; by default those that alphabet, lengths and pattern allow.

        What keys can be equal is decided by it, so it must leave out no text that `encode` gives.
        """
        return self.texts_like(self.pattern)

    def texts_like(self, pattern: str | None) -> Automaton:
        """The texts that alphabet, lengths and this pattern allow."""
        allowed = ANY if self.alphabet is None else ANY & characters(self.alphabet)
        if pattern is None:
            return text_of(allowed, self.min_bytes, self.max_bytes)
        known = compile_pattern(pattern).within(allowed)
        return replace(known, least=self.min_bytes, most=self.max_bytes)

    def fits(self, kind: type) -> bool:
        """Whether a field of this class can have values of this format."""
        return issubclass(kind, self.value_type)

    @abstractmethod
    def encode(self, value: object) -> str:
        """The text of `value`; a `ValueError` says what is wrong with it."""

    @abstractmethod
    def decode(self, text: str) -> object:
        """The value of `text`; a `ValueError` for text that `encode` cannot have written."""

    def to_attribute(self, value: object) -> str:
        """What a field is stored as, with an `attribute_type`; the text in keys unless it says."""
        return self.encode(value)

    def from_attribute(self, text: str) -> object:
        """The value of what is stored; it may read more than `to_attribute` writes."""
        return self.decode(text)

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

    @property
    def input_types(self) -> tuple[type, ...]:
        """The classes of what fields and keys take: numbers never become another kind of value."""
        return (object,)

    def check_input(self, value: object) -> object:
        """The value itself; `ValueError` if Pydantic would make another kind of value of it."""
        if value is None or isinstance(value, self.input_types):
            return value
        raise ValueError(f"is {type(value).__name__}, not {self.value_type.__name__}")

    def describe_json(self) -> JsonSchemaValue:
        """What JSON schemas, and so OpenAPI, say of a value beside its type."""
        if not self.keeps_text or self.pattern is None:
            return {}
        return {"pattern": f"^(?:{self.pattern})$"}

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = InputCheck(self).before(handler(source))
        return core_schema.no_info_after_validator_function(self.accept, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **self.describe_json()}


@record(sealed=True)
class InputCheck:
    """Refuses in a field what its format does not take, before Pydantic converts it."""

    format: Format

    def before(self, schema: CoreSchema) -> CoreSchema:
        """The schema, after this check; Pydantic itself is as strict with its plain types."""
        if schema["type"] == "int" or schema["type"] == "bool" or schema["type"] == "str":
            return cast(CoreSchema, {**schema, "strict": True})
        check = self.format.check_input
        return core_schema.json_or_python_schema(
            json_schema=schema,
            python_schema=core_schema.no_info_before_validator_function(check, schema),
        )

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return self.before(handler(source))


@record(sealed=True, kw_only=True)
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
