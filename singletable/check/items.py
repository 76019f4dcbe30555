"""Holds stored items against a design: which fit no entity, or contradict themselves.

Items are looked at one by one, and of each rule a few samples are kept: a table of any size takes
the same memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from singletable.check.findings import Finding, Rule, Witness
from singletable.check.languages import template_expression
from singletable.codec.wire import is_mapping
from singletable.design import ir

Item = Mapping[str, Any]
"""In DynamoDB's JSON."""

SAMPLES = 3
_SECONDS = re.compile(r"-?[0-9]{1,38}(\.[0-9]{1,38})?")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,37})(\.[0-9]{1,37})?")
_DAY_FIRST = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1([0-9]{4}|[0-9]{2})\b.*", re.DOTALL)
_BLANK = re.compile(r"^\s|\s$|[\x00-\x1f\x7f]")
_SUSPECT = re.compile(r"""^[\s"'`]|\s$|[\x00-\x1f\x7f<{(]""")
_QUOTED = re.compile(r"""(["'`]).*\1""", re.DOTALL)
_PLACEHOLDER = re.compile(r"<[A-Za-z_]\w*>|\$?\{[A-Za-z_][\w.]*\}")
_CALL = re.compile(r"\(([^()]*)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_MILLISECONDS = 10**11
"""Seconds that are later than the year 5138 are none."""

NO_ENTITY = Rule(
    "fits-no-entity",
    "error",
    "Items are of no entity",
    "No entity has such a key, or the type that the item says: no pattern answers it.",
    "Declare the entity, or correct its templates.",
)
SEVERAL = Rule(
    "fits-several",
    "warning",
    "Items may be of several entities",
    "Their keys fit several templates, and nothing else says which entity they are.",
    "Begin the keys of each entity with a word of its own, or store a type.",
)
CONTRADICTED = Rule(
    "key-contradicts-attribute",
    "error",
    "Key text and attributes say different things",
    "The item is found under one value, and shows another.",
    "Write the key anew from the attributes, or the attributes from the key.",
)
HALF_PRESENT = Rule(
    "index-key-half-present",
    "error",
    "Items have a part of an index key",
    "An item is in an index only where it has all attributes of its key.",
    "Write the missing attribute, or take the others away.",
)
MISSING_KEY = Rule(
    "index-key-missing",
    "warning",
    "Items lack the key of an index that they belong in",
    "They have all that the key is made of; the pattern that asks the index does not find them.",
    "Write the key, or declare the field optional that decides it.",
)
NOT_IN_INDEX = Rule(
    "items-outside-index",
    "note",
    "Items are not in an index, as they lack what its key is made of",
    "A sparse index is small for that; a pattern that means all items of the entity misses these.",
    "Declare the field optional, where that is meant; else write it.",
)
OTHER_KEY = Rule(
    "index-key-of-another-form",
    "error",
    "Index keys do not fit their template",
    "They stand elsewhere in the index than patterns look for them.",
    "Write the key anew from the attributes.",
)
TTL_TYPE = Rule(
    "stored-ttl-not-number",
    "error",
    "The TTL is no number",
    "DynamoDB deletes no item whose TTL is text.",
    "Store seconds since 1970 as a number.",
)
TTL_MILLISECONDS = Rule(
    "ttl-in-milliseconds",
    "error",
    "The TTL is in milliseconds",
    "DynamoDB takes it for seconds, and deletes the item in some thousand years.",
    "Store seconds.",
)
ODD_TEXT = Rule(
    "odd-key-text",
    "warning",
    "Key text has what no key is meant to have",
    "A blank at an end, a quotation mark or the name of a placeholder is part of the key: whoever"
    " asks for the text that was meant does not find the item.",
    "Write the item anew under the text that was meant.",
)
DAY_FIRST = Rule(
    "dates-do-not-sort",
    "warning",
    "Dates in a sort key do not sort as dates",
    "Key text is compared character by character: 7/1/2019 comes after 12/31/2019.",
    "Write dates as 2019-07-01.",
)
NUMBER_AS_TEXT = Rule(
    "number-as-text",
    "note",
    "An attribute is text, and a number in every item",
    "DynamoDB adds nothing to a text, and compares texts character by character: 10 is below 9.",
    "Store it as a number, where it is counted or compared.",
)
RULES = (
    NO_ENTITY,
    SEVERAL,
    CONTRADICTED,
    HALF_PRESENT,
    MISSING_KEY,
    NOT_IN_INDEX,
    OTHER_KEY,
    ODD_TEXT,
    DAY_FIRST,
    NUMBER_AS_TEXT,
    TTL_TYPE,
    TTL_MILLISECONDS,
)


@dataclass
class Trouble:
    """How many items break a rule about an entity or an index, and a few of them."""

    rule: Rule
    subject: str
    count: int = 0
    samples: list[tuple[ir.JsonObject, str]] = field(
        default_factory=list[tuple[ir.JsonObject, str]]
    )


@dataclass
class Looked:
    """What became of all items: how many of each entity, and what is wrong with them.

    `numbers`: attributes of which all values so far are numbers as text, or not; `days`: those of
    which all are dates that begin with the day, with the first of them.
    """

    items: int = 0
    entities: dict[str, int] = field(default_factory=dict[str, int])
    troubles: dict[tuple[str, str], Trouble] = field(default_factory=dict[tuple[str, str], Trouble])
    numbers: dict[str, bool] = field(default_factory=dict[str, bool])
    days: dict[str, tuple[ir.JsonObject, str] | None] = field(
        default_factory=dict[str, "tuple[ir.JsonObject, str] | None"]
    )

    def note(self, rule: Rule, subject: str, key: ir.JsonObject, detail: str) -> None:
        trouble = self.troubles.setdefault((rule.slug, subject), Trouble(rule, subject))
        trouble.count += 1
        if len(trouble.samples) < SAMPLES:
            trouble.samples.append((key, detail))

    def to_json(self) -> ir.JsonObject:
        """All of it as data, for a check that goes on later."""
        troubles = [
            {"rule": each.rule.slug, "subject": each.subject, "count": each.count}
            | {"samples": [list(sample) for sample in each.samples]}
            for each in self.troubles.values()
        ]
        return {
            "items": self.items,
            "entities": self.entities,
            "troubles": troubles,
            "numbers": self.numbers,
            "days": self.days,
        }

    @classmethod
    def from_json(cls, data: ir.JsonObject) -> Looked:
        """What `to_json` made this data of."""
        rules = {each.slug: each for each in RULES}
        days = {name: each and (each[0], each[1]) for name, each in data["days"].items()}
        looked = cls(data["items"], dict(data["entities"]), {}, dict(data["numbers"]), days)
        for each in data["troubles"]:
            samples = [(key, detail) for key, detail in each["samples"]]
            trouble = Trouble(rules[each["rule"]], each["subject"], each["count"], samples)
            looked.troubles[each["rule"], each["subject"]] = trouble
        return looked


def check_items(design: ir.Design, table: ir.Table, items: Iterable[Item]) -> Looked:
    """Looks at items one by one."""
    looker, looked = ItemChecker(design, table), Looked()
    for item in items:
        looker.look(item, looked)
    looker.look_at_texts(looked)
    return looked


def sample_findings(design: ir.Design) -> Iterator[Finding]:
    """What is wrong with the items that a design shows: a witness is a whole sample."""
    for table in design.tables:
        items = design.samples.get(table.name, ())
        looked = check_items(design, table, items)
        for each in looked.troubles.values():
            key, detail = each.samples[0]
            shown_key = ", ".join(f"{name} {_shown(value)}" for name, value in key.items())
            of_all = f"; {each.count} of {looked.items} samples" if key else ""
            declared = f"{shown_key}{': ' if key else ''}{detail}{of_all}"
            shown = tuple(
                (each.subject.partition(".")[0], item)
                for key, _ in each.samples
                for item in items
                if key and key.items() <= item.items()
            )
            yield Finding(each.rule, each.subject, declared, Witness(shown[:SAMPLES]))


@dataclass(frozen=True)
class _Text:
    """A key attribute of an entity, the expression of its texts and the group of each field."""

    attribute: str
    kind: str
    expression: re.Pattern[str]
    groups: Mapping[str, str]

    def fields(self, item: Item) -> dict[str, str] | None:
        """The fields that an item's text tells; None where it is of another form, or absent."""
        value = item.get(self.attribute)
        text = value.get(self.kind) if is_mapping(value) else None
        found = self.expression.fullmatch(text) if isinstance(text, str) else None
        return None if found is None else {name: found[at] for name, at in self.groups.items()}


class ItemChecker:
    """Holds items of one table against a design."""

    def __init__(self, design: ir.Design, table: ir.Table) -> None:
        self._table = table
        self._entities = {each.name: each for each in design.entities_of(table) if each.keys}
        self._texts = {
            (entity.name, key.index): [_text(each, table) for each in key.templates]
            for entity in self._entities.values()
            for key in entity.keys
        }
        uniques = [unique for entity in self._entities.values() for unique in entity.uniques]
        self._uniques = {unique.label for unique in uniques}
        self._sorted = {each.name for index in table.indexes for each in index.sort}

    def look(self, item: Item, looked: Looked) -> None:
        """Notes what is wrong with an item."""
        looked.items += 1
        key = {name: item[name] for name in self._table.primary.attribute_names if name in item}
        kind = _text_of(item.get(self._table.type_attribute or ""))
        if kind in self._uniques:
            return
        self._look_at_texts_of(item, key, looked)
        for name in self._table.key_attributes:
            if odd := _oddity(_text_of(item.get(name)), item):
                looked.note(ODD_TEXT, f"{self._table.name}.{name}", key, f"{name} has {odd}")
        if not self._entities:
            return
        named = self.entities_of(item)
        if len(named) > 1:
            looked.note(SEVERAL, ", ".join(named), key, "its key fits each of them")
            return
        if not named:
            said = f"it says it is {kind}" if kind is not None else "it says no type"
            looked.note(NO_ENTITY, kind or self._table.name, key, said)
            return
        entity = self._entities[named[0]]
        looked.entities[entity.name] = looked.entities.get(entity.name, 0) + 1
        for rule, subject, detail in self._problems(entity, item):
            looked.note(rule, subject, key, detail)

    def entities_of(self, item: Item) -> list[str]:
        """The entities that an item may be: the one that it says, if its key is that one's, or else
        all whose key it has."""
        kind = _text_of(item.get(self._table.type_attribute or ""))
        fitting = [name for name in self._entities if self._fields(name, ir.PRIMARY, item)]
        if kind is None:
            return fitting
        return [kind] if kind in fitting else []

    def _look_at_texts_of(self, item: Item, key: ir.JsonObject, looked: Looked) -> None:
        for name, value in item.items():
            if looked.numbers.get(name, True):
                text = _text_of(value)
                looked.numbers[name] = text is not None and bool(_NUMBER.fullmatch(text))
        for name in self._sorted:
            text = _text_of(item.get(name)) if looked.days.get(name, True) else None
            if text is not None:
                is_day = _DAY_FIRST.fullmatch(text)
                looked.days[name] = (looked.days.get(name) or (key, text)) if is_day else None

    def look_at_texts(self, looked: Looked) -> None:
        """Notes what the values of an attribute have in common, when all items were looked at."""
        in_keys = {*self._table.key_attributes, self._table.type_attribute}
        in_keys |= {
            name
            for entity in self._entities.values()
            for each in entity.fields
            for name in (each.name, each.stored)
            if any(each.name in key.fields for key in entity.keys)
        }
        numbers = [name for name, are in looked.numbers.items() if are and name not in in_keys]
        if numbers:
            looked.note(NUMBER_AS_TEXT, self._table.name, {}, ", ".join(numbers))
        for name, first in looked.days.items():
            if first is not None:
                key, text = first
                looked.note(DAY_FIRST, f"{self._table.name}.{name}", key, f"{name} is {text}")

    def _fields(self, entity: str, index: str, item: Item) -> dict[str, str] | None:
        """The fields that a whole key tells; None where it does not fit, or contradicts itself."""
        fields = dict[str, str]()
        for each in self._texts[entity, index]:
            told = each.fields(item)
            if told is None or any(fields.get(name, text) != text for name, text in told.items()):
                return None
            fields |= told
        return fields or {"": ""}

    def _problems(self, entity: ir.Entity, item: Item) -> Iterator[tuple[Rule, str, str]]:
        told = self._fields(entity.name, ir.PRIMARY, item) or {}
        yield from self._contradictions(entity, item, told, "its primary key")
        for key in entity.keys:
            if key.index != ir.PRIMARY:
                yield from self._index_problems(entity, key, item, told)
        yield from self._ttl(entity, item)

    def _index_problems(
        self, entity: ir.Entity, key: ir.Key, item: Item, told: Mapping[str, str]
    ) -> Iterator[tuple[Rule, str, str]]:
        names = [each.attribute for each in key.templates]
        own = [name for name in names if name not in self._table.primary.attribute_names]
        lacking = [name for name in own if name not in item]
        if lacking and len(lacking) == len(own):
            if not key.is_sparse:
                stored = {each.name: each.stored for each in entity.fields}
                parts = [part.field for template in key.templates for part in template.parts]
                is_known = all(each in told or stored.get(each, each) in item for each in parts)
                rule = MISSING_KEY if is_known else NOT_IN_INDEX
                yield rule, key.label, f"it has no {', '.join(lacking)}"
        elif lacking:
            present = ", ".join(name for name in own if name in item)
            yield HALF_PRESENT, key.label, f"it has {present}, and no {', '.join(lacking)}"
        else:
            found = self._fields(entity.name, key.index, item)
            if found is None:
                shown = " / ".join(_text_of(item[name]) or "…" for name in names)
                sources = " / ".join(each.source for each in key.templates)
                yield OTHER_KEY, key.label, f"{shown}, where {sources} is due"
                return
            others = {name: text for name, text in told.items() if found.get(name, text) != text}
            for name, text in others.items():
                yield (
                    CONTRADICTED,
                    key.label,
                    f"{name} is {found[name]} in {key.index}, and {text} in its primary key",
                )
            further = {name: text for name, text in found.items() if name not in told}
            yield from self._contradictions(entity, item, further, key.index)

    def _contradictions(
        self, entity: ir.Entity, item: Item, told: Mapping[str, str], where: str
    ) -> Iterator[tuple[Rule, str, str]]:
        """Compares key text with attributes that are stored as it is, or with the letters before
        it: the key text P1 of P{patient} is that of a patient 1, and of P1."""
        for each in entity.fields:
            text, value = told.get(each.name), item.get(each.stored)
            if text is None or not is_mapping(value) or not _is_kept(entity, each):
                continue
            stored = value.get("S", value.get("N"))
            if (
                isinstance(stored, str)
                and stored != text
                and stored not in _spelt(entity, each, text)
            ):
                yield (
                    CONTRADICTED,
                    entity.name,
                    f"{each.name} is {text} in {where}, and {stored} as {each.stored}",
                )

    def _ttl(self, entity: ir.Entity, item: Item) -> Iterator[tuple[Rule, str, str]]:
        name = self._table.ttl_attribute
        value = item.get(name) if name else None
        if not is_mapping(value) or "NULL" in value:
            return
        number = value.get("N")
        if not isinstance(number, str):
            yield TTL_TYPE, entity.name, f"{name} is {next(iter(value), 'nothing')}"
        elif not _SECONDS.fullmatch(number):
            yield TTL_TYPE, entity.name, f"{name} is {number[:40]}"
        elif float(number) > _MILLISECONDS:
            yield TTL_MILLISECONDS, entity.name, f"{name} is {number}"


def _shown(value: object) -> str:
    return str(next(iter(value.values()), "")) if is_mapping(value) else str(value)


def _text_of(value: object) -> str | None:
    text = value.get("S") if is_mapping(value) else None
    return text if isinstance(text, str) else None


def _oddity(text: str | None, item: Item) -> str:
    """What a key text has that nobody means; empty if nothing."""
    if not text or not _SUSPECT.search(text):
        return ""
    if _BLANK.search(text):
        return f"a blank at an end, or a control character: {text!r}"
    if _QUOTED.fullmatch(text):
        return f"quotation marks around it: {text}"
    named = {word for inside in _CALL.findall(text) for word in _WORD.findall(inside)}
    if _PLACEHOLDER.search(text) or not named.isdisjoint(item):
        return f"a placeholder that nobody filled in: {text}"
    return ""


def _spelt(entity: ir.Entity, field_: ir.Field, text: str) -> set[str]:
    """The text of a field behind each end of what stands before it in keys."""
    texts = set[str]()
    for template in (template for key in entity.keys for template in key.templates):
        before = template.literal
        for part in template.parts:
            if part.field == field_.name:
                texts |= {before[at:] + text for at in range(len(before))}
            before = part.after
    return texts


def _is_kept(entity: ir.Entity, field_: ir.Field) -> bool:
    """Whether key text has the field as it is stored: nothing is said of it, or all its texts."""
    formats = [
        part.format
        for key in entity.keys
        for template in key.templates
        for part in template.parts
        if part.field == field_.name
    ]
    return all(each.name == "text" or each.members for each in formats) and (
        field_.attribute_types in (("S",), ("N",))
    )


def _text(template: ir.Template, table: ir.Table) -> _Text:
    expression, groups = template_expression(
        template, lambda part: _part(part.format, table.delimiter), {}
    )
    kind = table.key_attributes[template.attribute].type
    return _Text(template.attribute, kind, expression, groups)


def _part(format_: ir.Format, delimiter: str) -> str:
    if format_.members:
        return "|".join(map(re.escape, _longest_first(format_.members)))
    if format_.shape is not None:
        return f"(?:{format_.shape})"
    times = "+" if format_.min_bytes else "*"
    if format_.alphabet is not None:
        return f"[{re.escape(format_.alphabet)}]{times}"
    return f"(?:(?!{re.escape(delimiter)}).){times}"


def _longest_first(texts: Sequence[str]) -> list[str]:
    return sorted(texts, key=len, reverse=True)
