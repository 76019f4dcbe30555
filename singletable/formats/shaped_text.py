"""Formats of text of one shape: identifiers, slugs, UUIDs."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cached_property
from typing import ClassVar
from uuid import UUID

from pydantic.json_schema import JsonSchemaValue

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidFormat
from singletable.formats.base import Format
from singletable.formats.measure import Matcher, alphabet_of, sizes_of, useful_states
from singletable.formats.text import check_length
from singletable.languages.expressions import Automaton
from singletable.languages.pattern import compile_pattern
from singletable.records import record

_CROCKFORD = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_HEXADECIMAL = frozenset("0123456789abcdef-")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@record(sealed=True, kw_only=True)
class Shaped(Format):
    """Text of one shape, such as an identifier; kept as it is."""

    value_type: ClassVar[type] = str
    keeps_text: ClassVar[bool] = True

    shape: re.Pattern[str]
    description: str
    sample: str = field(default="")

    def encode(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"is {type(value).__name__}, not text")
        return self.decode(str.__str__(value))

    def decode(self, text: str) -> str:
        self._check_size(text)
        if not self._has(text):
            raise ValueError(f"is not {self.description}")
        return text

    def _has(self, text: str) -> bool:
        return self.shape.fullmatch(text) is not None

    def encode_beginning(self, text: str) -> str:
        """The beginning itself, if a text of the shape begins with it."""
        self._check_size(text)
        if not text or not self._matcher.begins(text):
            raise ValueError(f"is no beginning of {self.description}")
        return text

    def _check_size(self, text: str) -> None:
        if self.max_bytes is not None and len(text) > self.max_bytes:
            raise ValueError(f"has {len(text)} characters, more than {self.max_bytes}")

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.language)

    def example(self, field: str) -> str:
        return self.sample or field.replace("_", "-")

    @property
    def input_types(self) -> tuple[type, ...]:
        return (str,)

    @cached_property
    def language(self) -> Automaton:
        """The texts of the shape; of one that is not regular, what alphabet and lengths allow."""
        is_plain = self.shape.flags == re.UNICODE and self.pattern is None
        try:
            return self.texts_like(self.shape.pattern if is_plain else self.pattern)
        except ValueError:
            return self.texts_like(None)

    def describe_json(self) -> JsonSchemaValue:
        bounds = {} if self.max_bytes is None else {"maxLength": self.max_bytes}
        return {"minLength": 1, **bounds, "pattern": f"^(?:{self.shape.pattern})$"}


@record(sealed=True, kw_only=True)
class _ShapedByUser(Shaped):
    """Text of a shape that `re` might take for ever to match: an automaton does it instead."""

    def _has(self, text: str) -> bool:
        return self._matcher.has(text)


@record(sealed=True, kw_only=True)
class UuidText(Format):
    """A `uuid.UUID` in its canonical lower-case form."""

    value_type: ClassVar[type] = UUID
    keeps_text: ClassVar[bool] = True

    name: str = "uuid"
    alphabet: frozenset[str] | None = _HEXADECIMAL
    pattern: str | None = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    min_bytes: int = 36
    max_bytes: int | None = 36

    @property
    def input_types(self) -> tuple[type, ...]:
        return (UUID, str)

    def encode(self, value: object) -> str:
        if not isinstance(value, UUID):
            raise ValueError(f"is {type(value).__name__}, not a UUID")
        return UUID.__str__(value)  # a class below it may print itself otherwise

    def decode(self, text: str) -> UUID:
        value = UUID(text)
        if UUID.__str__(value) != text:
            raise ValueError("is not a canonical UUID")
        return value

    def describe_json(self) -> JsonSchemaValue:
        return {}

    def example(self, field: str) -> UUID:
        return UUID("018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d")


def slug(*, max_length: int = 96) -> Shaped:
    """The format of lower-case words of ASCII letters and digits, joined by single hyphens."""
    return Shaped(
        name="slug",
        alphabet=_LOWER,
        max_bytes=check_length(max_length),
        shape=re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"),
        description="lower-case letters and digits joined by single hyphens",
    )


def shaped(expression: str, *, example: str, chronological: bool = False) -> Shaped:
    """The format of text that a regular expression matches whole: `shaped(r"[A-Z]{3}", ...)`.

    Its characters and lengths are those of the expression, which may have literals, classes,
    groups, `|` and repetitions. `example` stands in documents. `chronological`: later texts are
    newer. A text is matched in linear time, whatever it is.
    """
    automaton = _compile(expression)
    least, most = sizes_of(automaton)
    known = _ShapedByUser(
        name=f"shaped({expression!r})",
        alphabet=alphabet_of(automaton),
        min_bytes=least,
        max_bytes=most,
        chronological=chronological,
        shape=re.compile(expression),
        description=f"of the shape {expression!r}, such as {abridge(example)}",
        sample=example,
    )
    try:
        known.encode(example)
    except ValueError:
        declared = f"the example {abridge(example)} is not of the shape {expression!r}"
        raise _refuse(declared, "an example that the expression matches whole") from None
    return known


def _compile(expression: object) -> Automaton:
    if not isinstance(expression, str):
        raise _refuse(abridge(expression), "a regular expression as text")
    try:
        automaton = compile_pattern(expression)
    except ValueError as error:
        allowed = "a regular expression without look-ahead, back references and anchors inside"
        raise _refuse(str(error), allowed) from None
    if not useful_states(automaton):
        raise _refuse(f"{expression!r} matches no text", "an expression that matches some text")
    if 0 in automaton.ends:
        raise _refuse(f"{expression!r} matches the empty text", "a character at least")
    return automaton


def _refuse(declared: str, allowed: str) -> InvalidFormat:
    return InvalidFormat(where="shaped", declared=declared, allowed=allowed)


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
