"""The texts that key templates and key conditions of a design stand for, as regular languages."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, product, takewhile
from operator import itemgetter
from typing import Generic, TypeVar

from singletable.design import ir
from singletable.languages.characters import ANY, Characters, characters, without
from singletable.languages.expressions import (
    ANYTHING,
    Automaton,
    any_of,
    literal,
    text_between,
    text_of,
)
from singletable.languages.language import Language
from singletable.languages.pattern import compile_pattern

T = TypeVar("T")

_MOST = 2048
_MOST_TRIES = 256
_MOST_OF_AN_END = 128
_ARGUMENT = 0xD800
UNSAID = ir.Format(
    name="text",
    alphabet=None,
    min_bytes=1,
    max_bytes=None,
    fixed_width=False,
    ordered=False,
    chronological=False,
    takes_beginnings=False,
)
"""Of a field of which nothing is said."""
_DIGITS = text_of(characters("0123456789"), 1, 38)


class ByOpening(Generic[T]):
    """Values by the text that theirs begin with: two that begin apart need not be compared."""

    def __init__(self, values: Iterable[tuple[str, T]]) -> None:
        self._values = defaultdict[str, list[tuple[int, T]]](list)
        for at, (opening, value) in enumerate(values):
            self._values[opening].append((at, value))
        self._openings = sorted(self._values)

    def near(self, opening: str) -> list[T]:
        """The values that may have a text in common with one of this opening, in their order."""
        found = list[tuple[int, T]]()
        for end in range(len(opening)):
            found += self._values.get(opening[:end], ())
        for at in range(bisect_left(self._openings, opening), len(self._openings)):
            if not self._openings[at].startswith(opening):
                break
            found += self._values[self._openings[at]]
        return [value for _, value in sorted(found, key=itemgetter(0))]


@lru_cache(maxsize=8192)
def language_with(
    template: ir.Template, table: ir.Table, known: tuple[tuple[str, str], ...]
) -> Language:
    """The key texts of a template in which some fields have these texts.

    A field of which nothing is said has any text without the delimiter, as whoever published the
    template takes for granted.
    """
    is_number = table.key_attributes[template.attribute].type == "N"

    def build() -> list[Automaton]:
        texts, pieces = dict(known), [literal(template.literal).automaton]
        for part in template.parts:
            text = texts.get(part.field)
            if text is not None:
                pieces.append(literal(text).automaton)
            else:
                pieces.append(_DIGITS if is_number else part_language(part.format, table.delimiter))
            pieces.append(literal(part.after).automaton)
        return pieces

    return Language(build, opening=template.literal, most=_MOST)


def template_expression(
    template: ir.Template, texts: Callable[[ir.Part], str], known: Mapping[str, str]
) -> tuple[re.Pattern[str], dict[str, str]]:
    """The regular expression of a template's texts, and the group of each field that is not known.

    `texts`: the expression of the texts of a part. A field that comes again has the same text.
    """
    pattern, groups = re.escape(template.literal), dict[str, str]()
    for part in template.parts:
        if part.field in known:
            pattern += re.escape(known[part.field])
        elif part.field in groups:
            pattern += f"(?P={groups[part.field]})"
        else:
            groups[part.field] = f"f{len(groups)}"
            pattern += f"(?P<{groups[part.field]}>{texts(part)})"
        pattern += re.escape(part.after)
    return re.compile(pattern, re.DOTALL), groups


def repeated_values(key: ir.Key) -> Iterator[dict[str, str]]:
    """The values of fields that a key has more than once: languages do not know that both are one.

    Of fields without a closed set of values nothing is given beforehand.
    """
    parts = [part for template in key.templates for part in template.parts]
    counted = Counter(part.field for part in parts)
    closed = {
        part.field: part.format.members
        for part in parts
        if counted[part.field] > 1 and part.format.members
    }
    for values in islice(product(*closed.values()), _MOST_TRIES):
        yield dict(zip(closed, values, strict=True))


@lru_cache(maxsize=4096)
def part_language(format_: ir.Format, delimiter: str) -> Automaton:
    """The texts of a field; without the delimiter, where it is not said which texts there are."""
    if format_.members:
        return any_of(format_.members).automaton
    allowed: Characters = ANY
    if format_.alphabet is not None:
        allowed = ANY & characters(format_.alphabet)
    elif format_.shape is None:
        allowed = without(ANY, frozenset(delimiter))
    if format_.shape is None:
        return text_of(allowed, format_.min_bytes, format_.max_bytes)
    return compile_pattern(format_.shape).within(allowed)


def align(template: ir.Template, operand: ir.Operand) -> tuple[list[str], str]:
    """What an operand says of each part of a template that it covers whole, and what it says of
    the next one. Arguments are lone surrogates there, `chr(_ARGUMENT + n)` the n-th segment."""
    text = "".join(
        each.text if each.kind == "text" else chr(_ARGUMENT + at)
        for at, each in enumerate(_segments(operand))
    )
    if not text.startswith(template.literal):
        return [], ""
    text, covered = text[len(template.literal) :], list[str]()
    for part in template.parts:
        end = text.find(part.after, 1) if part.after else -1
        if end < 0:
            break
        covered.append(text[:end])
        text = text[end + len(part.after) :]
    return covered, text


def argument_formats(
    keys: Sequence[ir.Key], conditions: Sequence[ir.KeyCondition]
) -> dict[str, ir.Format]:
    """The formats of arguments that stand where a key has a field."""
    found = dict[str, ir.Format]()
    for template in (template for key in keys for template in key.templates):
        for condition in conditions:
            for operand in condition.operands if condition.attribute == template.attribute else ():
                covered, rest = align(template, operand)
                said = zip(template.parts, [*covered, rest], strict=False)
                for part, text in said:
                    if len(text) == 1 and "\ud800" <= text <= "\udfff":
                        name = _segments(operand)[ord(text) - _ARGUMENT].text
                        found.setdefault(name, part.format)
    return found


def _segments(operand: ir.Operand) -> tuple[ir.Segment, ...]:
    """Its segments; an end that is excluded is asked for by its neighbour: `above {since}`."""
    first, *rest = operand.segments or (ir.Segment("text"),)
    text = first.text.removeprefix("above ").removeprefix("below ")
    if text == first.text:
        return operand.segments
    return (ir.Segment("text", text), *rest) if text else tuple(rest)


def range_language(
    condition: ir.KeyCondition, delimiter: str, formats: Mapping[str, ir.Format]
) -> Language:
    """The texts that meet a condition; more than that where arguments decide about an end.

    It is the same object for the same texts, whose comparisons are remembered by it.
    """
    known = tuple(
        (each.text, formats[each.text])
        for operand in condition.operands
        for each in _segments(operand)
        if each.kind == "argument" and each.text in formats
    )
    return _range_language(condition, delimiter, known)


@lru_cache(maxsize=8192)
def _range_language(
    condition: ir.KeyCondition, delimiter: str, known: tuple[tuple[str, ir.Format], ...]
) -> Language:
    formats = dict(known)
    if condition.operator not in ("=", "begins_with"):
        return _between(condition, delimiter, formats)
    segments = _segments(condition.operands[0])
    opening = segments[0].text if segments and segments[0].kind == "text" else ""

    def build() -> list[Automaton]:
        pieces = [
            literal(each.text).automaton
            if each.kind == "text"
            else part_language(formats.get(each.text, UNSAID), delimiter)
            for each in segments
        ]
        rest = [ANYTHING] if condition.operator == "begins_with" else []
        return [*pieces, *rest] or [literal("").automaton]

    return Language(build, opening, _MOST)


def _between(
    condition: ir.KeyCondition, delimiter: str, formats: Mapping[str, ir.Format]
) -> Language:
    low, high = "", ""
    if condition.operator in (">", ">=", "BETWEEN"):
        low = _end(condition.operands[0], delimiter, formats, greatest=False)
    if condition.operator in ("<", "<=", "BETWEEN"):
        high = _end(condition.operands[-1], delimiter, formats, greatest=True)
    low, high = low[:_MOST_OF_AN_END], high[:_MOST_OF_AN_END]  # more is between shorter ends
    opening = "".join(takewhile(bool, map(_alike, low, high)))
    return Language(lambda: [text_between(low, high or None).automaton], opening, _MOST)


def _alike(one: str, other: str) -> str:
    return one if one == other else ""


def _end(
    operand: ir.Operand, delimiter: str, formats: Mapping[str, ir.Format], *, greatest: bool
) -> str:
    """The least, or greatest, text with which values of an operand begin, as far as it is known."""
    text = ""
    for segment in _segments(operand):
        if segment.kind == "text":
            text += segment.text
            continue
        known = formats.get(segment.text, UNSAID) if segment.kind == "argument" else UNSAID
        width = known.min_bytes if known.fixed_width else 1
        ends = part_language(known, delimiter).extremes(width)
        text += ends[greatest] if ends else ""
        if ends is None or not known.fixed_width:
            break
    return text
