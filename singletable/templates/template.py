"""A compiled key template: renders, begins and parses key text. Knows no entity and no index."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Literal, TypeAlias

from singletable.annotations import accepts_symbol
from singletable.errors.request import InvalidKeyValue
from singletable.formats import Format
from singletable.formats.moment import AFTER_BEGINNING
from singletable.languages.characters import ANY, without
from singletable.languages.expressions import (
    ANYTHING,
    Automaton,
    beginning_between,
    literal,
    text_of,
)
from singletable.languages.language import Language
from singletable.records import record
from singletable.tracing import Symbol

End: TypeAlias = Literal["value", "beginning", "begins with"] | None
"""An end of a range: a whole value, or what texts of a moment begin with; None if it has none.

"begins with" as the lower end stands for no range, but for the texts that have a beginning."""


@record
class Part:
    """One placeholder and the literal text that follows it.

    `natural`: the key attribute is the field itself, as it is stored.
    """

    field: str
    format: Format
    after: str
    forbidden: frozenset[str]
    natural: bool = False

    @cached_property
    def language(self) -> Automaton:
        """The texts that the part can have in a key."""
        if self.natural and not self.format.keeps_text:
            return text_of(ANY, 1, None)
        return self.format.language.within(without(ANY, self.forbidden))

    def exactly(self, text: str) -> Automaton:
        """This text alone, where the part can have it."""
        return literal(text).automaton.within(without(ANY, self.forbidden))

    def between(self, low: End, high: End) -> Automaton:
        """What a range may read: all that begins between the least and the greatest ends there are.

        By the whole text where it has one width, else by its first character.
        """
        if low == "begins with":
            return self.language.begun
        is_whole = self.format.fixed_width and "beginning" not in (low, high)
        ends = self.language.extremes(self.format.min_bytes if is_whole else 1)
        if ends is None or (low is None and high is None):
            return ANYTHING
        return beginning_between(ends[0] if low else None, ends[1] if high else None)

    def encode(self, value: object) -> str:
        """Key text of `value`; a `ValueError` says what is wrong with it."""
        if isinstance(value, Symbol):
            return repr(value)
        text = self.format.encode(value)
        return text if self.forbidden.isdisjoint(text) else self._check_separators(text)

    def bounds(self, value: object) -> tuple[str, str]:
        """Least and greatest text of `value`, which may be partial where the format allows it."""
        if isinstance(value, Symbol):
            text = repr(value)
            is_beginning = self.takes_beginning(value)
            return text, text + (AFTER_BEGINNING if is_beginning else self.format.closing)
        low, high = self.format.bounds(value)
        return self._check_separators(low), high

    def beginning(self, value: object) -> str:
        """Key text with which the texts of all values start that begin with `value`."""
        if isinstance(value, Symbol):
            return repr(value)
        text = str.__str__(value) if isinstance(value, str) else str(value)
        return self._check_separators(self.format.encode_beginning(text))

    def takes_beginning(self, value: object) -> bool:
        """Whether a range may take this value for the beginning of a text, such as `2020-02`."""
        if isinstance(value, Symbol):
            return self.format.takes_beginnings and accepts_symbol(str, value.annotation)
        return self.format.takes_beginnings and isinstance(value, str)

    def _check_separators(self, text: str) -> str:
        for character in self.forbidden:
            if character in text:
                raise ValueError(f"contains {character!r}, which separates the parts of the key")
        return text

    @property
    def expression(self) -> str:
        """The regular expression of the part's texts, as one group."""
        if self.format.fixed_width:
            return f"(.{{{self.format.min_bytes}}})"
        excluded = "".join(map(re.escape, sorted(self.forbidden)))
        return f"([^{excluded}]+)" if excluded else "(.+)"


@record
class Template:
    """A compiled key template: the leading `literal`, then `parts`.

    `where` names it in errors; `limit` is the most bytes that DynamoDB takes.
    """

    source: str
    where: str
    literal: str
    parts: tuple[Part, ...]
    limit: int

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(part.field for part in self.parts)

    @cached_property
    def max_bytes(self) -> int | None:
        """The greatest length in UTF-8 bytes, where every format is bounded."""
        total = len(self.literal.encode())
        for part in self.parts:
            if part.format.max_bytes is None:
                return None
            total += part.format.max_bytes + len(part.after.encode())
        return total

    def render(self, values: Mapping[str, object]) -> str:
        """The key text of `values`; raises `InvalidKeyValue` naming field and value."""
        text = self.literal
        for part in self.parts:
            try:
                text += part.encode(values[part.field]) + part.after
            except ValueError as error:
                raise self._refusal(part, values[part.field], str(error)) from None
        if len(text) > self.limit or not text.isascii():
            self.check_length(text, {field: values[field] for field in self.fields})
        return text

    def prefix(self, values: Mapping[str, object]) -> str:
        """The key text up to the first part that is not given.

        It ends with the literal after the last part, so that `C#1` never matches `C#10`.
        """
        text = self.literal
        for part in self.parts[: len(values)]:
            text += self.encode(part, values[part.field]) + part.after
        self.check_length(text, values)
        return text

    def encode(self, part: Part, value: object) -> str:
        """Key text of one part."""
        try:
            return part.encode(value)
        except ValueError as error:
            raise self._refusal(part, value, str(error)) from None

    def bounds(self, part: Part, value: object) -> tuple[str, str]:
        """Least and greatest text of one part, for ranges."""
        try:
            return part.bounds(value)
        except ValueError as error:
            raise self._refusal(part, value, str(error)) from None

    def beginning(self, part: Part, value: object) -> str:
        """The beginning of one part's texts."""
        try:
            return part.beginning(value)
        except ValueError as error:
            raise self._refusal(part, value, str(error)) from None

    def _refusal(self, part: Part, value: object, reason: str) -> InvalidKeyValue:
        shown = None if value is None else value
        reason = "is missing" if value is None else reason
        return InvalidKeyValue(where=self.where, field=part.field, value=shown, reason=reason)

    def check_length(self, text: str, values: Mapping[str, object]) -> None:
        """Raises `InvalidKeyValue` for a text that is longer than DynamoDB allows."""
        size = len(text) if text.isascii() else len(text.encode())
        if size > self.limit:
            given = [part for part in self.parts if part.field in values]
            longest = max(given, key=lambda part: len(part.encode(values[part.field]).encode()))
            raise InvalidKeyValue(
                where=self.where,
                field=longest.field,
                value=values[longest.field],
                reason=f"makes a key of {size} bytes; DynamoDB allows {self.limit}",
            )

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return self._expression_of(self.parts)

    def _expression_of(self, parts: tuple[Part, ...]) -> re.Pattern[str]:
        body = "".join(part.expression + re.escape(part.after) for part in parts)
        return re.compile(re.escape(self.literal) + body, re.DOTALL)

    def parse(self, text: str) -> dict[str, object]:
        """The values that render to `text`; `ValueError` if none do."""
        found = self._expression.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} does not fit the template {self.source!r}")
        groups = zip(self.parts, found.groups(), strict=True)
        return {part.field: part.format.decode(part_text) for part, part_text in groups}

    def part_texts(self, text: str, count: int) -> dict[str, str]:
        """The texts of the first parts, by field, in a text that begins with them."""
        parts = self.parts[:count]
        found = self._expression_of(parts).match(text)
        groups = found.groups() if found else ()
        return {
            part.field: part_text
            for part, part_text in zip(parts, groups, strict=False)
            if part.format.keeps_text or not part.natural
        }

    @cached_property
    def language(self) -> Language:
        """Every key text."""
        return self.language_with({})

    @cached_property
    def _asked(self) -> dict[tuple[int, End, End], Language]:
        return {}

    def language_with(self, known: Mapping[str, str]) -> Language:
        """The key texts in which some fields have these texts."""
        return self._language(lambda: self._pieces(len(self.parts), known))

    def language_asked(self, count: int, low: End, high: End, known: Mapping[str, str]) -> Language:
        """The texts that begin with the first parts and go on within the ends of a range."""
        if known:
            return self._build_asked(count, low, high, known)
        shape = (count, low, high)
        if shape not in self._asked:
            self._asked[shape] = self._build_asked(count, low, high, known)
        return self._asked[shape]

    def _build_asked(self, count: int, low: End, high: End, known: Mapping[str, str]) -> Language:
        part = self.parts[count]
        return self._language(lambda: [*self._pieces(count, known), part.between(low, high)])

    def _language(self, build: Callable[[], list[Automaton]]) -> Language:
        return Language(build, opening=self.literal, most=self.limit)

    def _pieces(self, count: int, known: Mapping[str, str]) -> list[Automaton]:
        pieces = [literal(self.literal).automaton]
        for part in self.parts[:count]:
            text = known.get(part.field)
            pieces.append(part.language if text is None else part.exactly(text))
            pieces.append(literal(part.after).automaton)
        return pieces
