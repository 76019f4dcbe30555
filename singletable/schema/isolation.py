"""Decides whether two keys can be equal, and whether a query can read items of another key.

The answer is exact, and comes with the key of an item that shows it. A query that could meet
foreign items is refused at import. The alternative, to discard foreign items by their type
attribute, would pay for reading them, and page sizes and cursors would count items that nobody
sees.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from functools import cache
from typing import NamedTuple, Protocol, TypeAlias

from singletable.formats import Integer
from singletable.formats.base import HIGHEST
from singletable.languages.expressions import ANYTHING, text_between
from singletable.records import record
from singletable.schema.key import CompiledKey, KeyPart
from singletable.table import SHARD
from singletable.templates import End, Language, Part, Template, shared_text

Numbers: TypeAlias = tuple[int | None, int | None]
"""The least and the greatest number, where there are such."""

Domain: TypeAlias = Language | Numbers | None
"""What a key attribute can be: texts, numbers, or any bytes."""

_ANY_TEXT = Language(lambda: [ANYTHING])


class Interval(NamedTuple):
    """Texts from `low` to the last that begins with `high`; to `high` itself if `is_whole`.

    None as `high` sets no bound.
    """

    low: str
    high: str | None
    is_whole: bool = False


class QueryShape(NamedTuple):
    """A query as far as isolation depends on it.

    `entities`: those whose items it may meet. It asks for the first `given` fields of the sort key,
    and a range on the next one; or for the texts of an `interval`.
    """

    entities: tuple[str, ...]
    key: str
    given: int
    low: End = None
    high: End = None
    interval: Interval | None = None


class Bounds(Protocol):
    """The ends of a range, None where it has none; or the beginning that is asked for."""

    @property
    def low(self) -> object: ...

    @property
    def high(self) -> object: ...

    @property
    def is_beginning(self) -> bool: ...


@record
class Witness:
    """Texts of key attributes that two keys share.

    `is_certain`: they were found to belong together where a field stands in several attributes.
    """

    texts: tuple[str, ...]
    is_certain: bool = True

    @property
    def shown(self) -> str:
        """The end of a sentence: `, e.g. 'A#1' / 'B'`."""
        if self.is_certain:
            return ", e.g. " + " / ".join(map(repr, self.texts))
        return ", as far as each key attribute shows by itself"


def first_cell(template: Template, delimiter: str) -> str | None:
    """The literal that every text of the template has before its first delimiter, if any.

    Texts with different first cells are different, so that most keys need no other comparison.
    """
    if delimiter in template.literal or not template.parts:
        return template.literal.partition(delimiter)[0]
    return None


def leading(fields: Sequence[str], given: Container[str]) -> int:
    """How many of the first fields are given: one that stands in the partition key, too, may come
    behind one that is not."""
    return next((at for at, field in enumerate(fields) if field not in given), len(fields))


def query_shape(
    key: CompiledKey, entities: tuple[str, ...], given: Collection[str], bounds: Bounds | None
) -> QueryShape:
    """The shape of a query with these fields given, and a range on the next one."""
    count = leading(key.sort_fields, given)
    if bounds is None:
        return QueryShape(entities, key.label, count)
    if bounds.is_beginning:
        return QueryShape(entities, key.label, count, low="begins with")
    part = [placeholder for each in key.sort for placeholder in each.template.parts][count]
    low, high = _end(part, bounds.low), _end(part, bounds.high)
    return QueryShape(entities, key.label, count, low, high)


def covering(templates: Iterable[Template]) -> Interval:
    """The interval of every text of these templates, whatever their fields are."""
    known = list(templates)
    low = min(each.literal for each in known)
    if any(each.parts and not each.literal for each in known):
        return Interval("", None)
    last = max(known, key=lambda each: each.literal + HIGHEST * bool(each.parts))
    return Interval(low, last.literal, is_whole=not last.parts)


def _end(part: Part, value: object) -> End:
    if value is None:
        return None
    return "beginning" if part.takes_beginning(value) else "value"


def find_shared_key(one: CompiledKey, other: CompiledKey) -> Witness | None:
    """The key that items of two entities can both have; None if there is none."""
    return _find(_Side(one), _Side(other))


def find_met_item(own: CompiledKey, asked: QueryShape, other: CompiledKey) -> Witness | None:
    """The key of an item of `other` that the query of `own` reads; None if there is none."""
    return _find(_Side(own, asked), _Side(other))


@record
class _Side:
    """A key, whole or as far as a query asks for it."""

    key: CompiledKey
    asked: QueryShape | None = None

    def given(self, at: int) -> int | None:
        """How many fields of a part are given; None where the query says nothing of the part.

        Attribute after attribute, as DynamoDB compares them: equality on those whose fields are
        all given, a beginning on the next one, and nothing is asked of those that follow it.
        """
        first, fields = len(self.key.partition), self.key.parts[at].fields
        if self.asked is None or at < first:
            return len(fields)
        if self.asked.interval is not None and at > first:
            return None
        before = sum(len(each.fields) for each in self.key.parts[first:at])
        is_reached = at == first or self.asked.given >= before
        return min(self.asked.given - before, len(fields)) if is_reached else None

    def domain(self, at: int, known: dict[str, str]) -> Domain:
        """What an attribute can be, where some fields are known."""
        part, given = self.key.parts[at], self.given(at)
        is_whole = given == len(part.fields)
        low = high = None
        if self.asked is not None and given is not None and not is_whole:
            low, high = self.asked.low, self.asked.high
        if part.attribute.type == "B":
            return None
        if part.attribute.type == "N":
            return _numbers(part, is_whole or low is not None, is_whole or high is not None)
        if self.asked is not None and self.asked.interval is not None and self._is_first_sort(at):
            return _language_of(self.asked.interval)
        if given is None:
            return _ANY_TEXT
        if is_whole:
            # A copy, as the texts become known only later.
            return part.template.language_with({**known}) if known else part.template.language
        return part.template.language_asked(given, low, high, {**known})

    def _is_first_sort(self, at: int) -> bool:
        return at == len(self.key.partition)

    @property
    def is_linked(self) -> bool:
        """Whether the attributes depend on one another: they share a field, or a shard does."""
        fields = [field for part in self.key.parts for field in part.fields]
        return self.key.shards is not None or len(set(fields)) < len(fields)

    def learn(self, at: int, text: str, known: dict[str, str]) -> bool:
        """Adds the texts of an attribute's fields; False if its shard is another item's."""
        part, shards = self.key.parts[at], self.key.shards
        if self.asked is not None and self.asked.interval is not None and self._is_first_sort(at):
            return True
        if part.attribute.type == "S":
            known |= part.template.part_texts(text, self.given(at) or 0)
        if shards is None or not known.keys() >= set(shards.by):
            return True
        placeholders = (each for part in self.key.partition for each in part.template.parts)
        shard = next(each for each in placeholders if each.field == SHARD).encode(
            shards.pick(*[known[field] for field in shards.by])
        )
        return known.setdefault(SHARD, shard) == shard


@cache
def _language_of(interval: Interval) -> Language:
    return Language(
        lambda: [text_between(interval.low, interval.high, is_whole=interval.is_whole).automaton]
    )


def _numbers(part: KeyPart, has_low: bool, has_high: bool) -> Numbers:
    (placeholder,) = part.template.parts
    format_ = placeholder.format
    if not isinstance(format_, Integer):
        return None, None
    return format_.low if has_low else None, format_.high if has_high else None


def _find(one: _Side, other: _Side) -> Witness | None:
    places = range(len(one.key.parts))
    pairs = [(one.domain(at, {}), other.domain(at, {})) for at in places]
    # Most keys differ in the literal of some attribute: that is seen before any text is sought.
    if any(_open_apart(mine, theirs) for mine, theirs in pairs):
        return None
    texts = list[str]()
    for mine, theirs in pairs:
        shared = _shared(mine, theirs)
        if shared is None:
            return None
        texts.append(shared)
    if not (one.is_linked or other.is_linked):
        return Witness(tuple(texts))
    found = _find_linked(one, other, places) or _find_linked(one, other, reversed(places))
    return found or Witness(tuple(texts), is_certain=False)


def _find_linked(one: _Side, other: _Side, places: Iterable[int]) -> Witness | None:
    """A witness whose attributes belong together, sought attribute after attribute."""
    mine, theirs = dict[str, str](), dict[str, str]()
    texts = dict[int, str]()
    for at in places:
        shared = _shared(one.domain(at, mine), other.domain(at, theirs))
        if shared is None or not (one.learn(at, shared, mine) and other.learn(at, shared, theirs)):
            return None
        texts[at] = shared
    return Witness(tuple(texts[at] for at in sorted(texts)))


def _open_apart(one: Domain, other: Domain) -> bool:
    return isinstance(one, Language) and isinstance(other, Language) and one.opens_apart(other)


def _shared(one: Domain, other: Domain) -> str | None:
    if isinstance(one, Language) and isinstance(other, Language):
        return shared_text(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _shared_number(one, other)
    return "7"


def _shared_number(one: Numbers, other: Numbers) -> str | None:
    lows = [low for low in (one[0], other[0]) if low is not None]
    highs = [high for high in (one[1], other[1]) if high is not None]
    if lows and highs and max(lows) > min(highs):
        return None
    return str(max(lows) if lows else min(highs) if highs else 7)
