"""Which items are one to DynamoDB, though they are two to the design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product

from singletable.check.findings import Finding, Rule, Witness
from singletable.check.languages import (
    ByOpening,
    language_with,
    repeated_values,
    template_expression,
)
from singletable.check.witnesses import example_of, is_of, render, two_values, whole_item
from singletable.design import ir
from singletable.languages.language import shared_text

COLLISION = Rule(
    "key-collision",
    "error",
    "Items of two entities can have one primary key",
    "The second of two items with one primary key replaces the first, without an error.",
    "Begin the keys of each entity with a word of its own, or end them with one.",
)
FORGED = Rule(
    "forged-by-delimiter",
    "note",
    "Keys are told apart only while values have no delimiter",
    "A value that has it makes the key of another entity, and one of the two items replaces the"
    " other.",
    "Say in the field's format which texts it has, and refuse others before they are written.",
)
UNIDENTIFIED = Rule(
    "key-lacks-identity",
    "error",
    "Two items of an entity can have one primary key",
    "What tells two items apart is not all in their key: the second replaces the first.",
    "Put the field into the partition key or the sort key.",
)
OVERIDENTIFIED = Rule(
    "key-beyond-identity",
    "note",
    "The primary key has more than identifies the item",
    "Whoever knows the identity alone cannot get the item; and where the field changes, the item"
    " gets another key, by a deletion and a creation.",
    "Keep the primary key to the identity, or keep the field as it is for as long as the item is.",
)
AMBIGUOUS = Rule(
    "ambiguous-template",
    "error",
    "Other values make the same key text",
    "Two items whose fields differ get one key text: one of them replaces, or is read as, the"
    " other.",
    "Put text between the two fields that neither can have, or give one of them a fixed width.",
)
RULES = (COLLISION, FORGED, UNIDENTIFIED, OVERIDENTIFIED, AMBIGUOUS)

Fields = dict[str, str]
Items = tuple[ir.JsonObject, ir.JsonObject]


def identity_findings(design: ir.Design) -> Iterator[Finding]:
    """The findings about primary keys, and texts that two items can have."""
    for table in design.tables:
        entities = [each for each in design.entities_of(table) if each.keys]
        yield from _collisions(table, entities)
        yield from _forgeries(table, entities)
        for entity in entities:
            yield from _identity(table, entity)
            yield from _ambiguities(table, entity)


def _collisions(table: ir.Table, entities: Sequence[ir.Entity]) -> Iterator[Finding]:
    """One finding for all entities of which one can have the key of the next."""
    shared = dict[tuple[str, str], Items]()
    groups = {each.name: {each.name} for each in entities}
    for one, other in _near_pairs(entities):
        items = shared_key(table, one, other)
        if items is not None:
            shared[one.name, other.name] = items
            joined = groups[one.name] | groups[other.name]
            groups |= dict.fromkeys(joined, joined)
    known = {each.name: each for each in entities}
    for group in {id(each): each for each in groups.values() if len(each) > 1}.values():
        pairs = {pair: items for pair, items in shared.items() if pair[0] in group}
        (first, second), items = next(iter(pairs.items()))
        shown = " and ".join(
            " / ".join(each.source for each in known[name].primary.templates)
            for name in (first, second)
        )
        more = f", and so have {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
        yield Finding(
            COLLISION,
            ", ".join(name for name in known if name in group),
            f"{shown}, of {first} and {second}, have a text in common{more}",
            Witness(((first, items[0]), (second, items[1]))),
            known[second].place,
        )


def _forgeries(table: ir.Table, entities: Sequence[ir.Entity]) -> Iterator[Finding]:
    """One finding for all pairs that values with a delimiter make equal; of files alone, as the
    engine refuses such values."""
    free = replace(table, delimiter="")
    found = [
        (one, other, items)
        for one, other in _near_pairs(entities)
        if not one.module
        and shared_key(table, one, other) is None
        and (items := shared_key(free, one, other)) is not None
    ]
    if found:
        one, other, items = found[0]
        more = f", and so may those of {len(found) - 1} more pairs" if found[1:] else ""
        names = dict.fromkeys(each.name for pair in found for each in pair[:2])
        declared = f"the keys of {one.name} and {other.name} may be one, if values have"
        yield Finding(
            FORGED,
            ", ".join(names),
            f"{declared} {table.delimiter}{more}",
            Witness(((one.name, items[0]), (other.name, items[1]))),
            other.place,
        )


def _near_pairs(entities: Sequence[ir.Entity]) -> Iterator[tuple[ir.Entity, ir.Entity]]:
    """The pairs whose partition keys begin alike, as `combinations` has them."""
    numbered = [*enumerate(entities)]
    near = ByOpening((each.primary.partition[0].literal, (at, each)) for at, each in numbered)
    for at, one in numbered:
        others = near.near(one.primary.partition[0].literal)
        yield from ((one, other) for place, other in others if place > at)


def shared_key(table: ir.Table, one: ir.Entity, other: ir.Entity) -> Items | None:
    """Two items, one of each entity, with one primary key; None where no key is of both."""
    tries = product(*(repeated_values(each.primary) for each in (one, other)))
    found = (_shared_key(table, one, other, mine, theirs) for mine, theirs in tries)
    return next((items for items in found if items is not None), None)


def _shared_key(
    table: ir.Table, one: ir.Entity, other: ir.Entity, mine_known: Fields, theirs_known: Fields
) -> Items | None:
    known = ({**mine_known}, {**theirs_known})
    texts = dict[str, str]()
    for mine, theirs in zip(one.primary.templates, other.primary.templates, strict=True):
        languages = [
            language_with(template, table, tuple(fields.items()))
            for template, fields in ((mine, known[0]), (theirs, known[1]))
        ]
        text = shared_text(languages[0], languages[1])
        if text is None:
            return None
        texts[mine.attribute] = text
        known[0].update(values_in(mine, text, known[0]))
        known[1].update(values_in(theirs, text, known[1]))
        if render(mine, known[0]) != text or render(theirs, known[1]) != text:
            return None
    return item_of(table, one, texts, known[0]), item_of(table, other, texts, known[1])


def values_in(template: ir.Template, text: str, known: Mapping[str, str]) -> Fields:
    """The fields of a text that the template makes; of several readings the one whose first fields
    are short."""
    expression, groups = template_expression(
        template, lambda part: ".+?" if part.format.min_bytes else ".*?", known
    )
    found = expression.fullmatch(text)
    return {} if found is None else {name: found[group] for name, group in groups.items()}


def item_of(
    table: ir.Table, entity: ir.Entity, texts: Mapping[str, str], fields: Mapping[str, str]
) -> ir.JsonObject:
    """An item with these key texts and fields, in DynamoDB's JSON."""
    types = {each.name: each.attribute_types[0] for each in entity.fields}
    stored = {each.name: each.stored for each in entity.fields}
    item: ir.JsonObject = {
        stored.get(name, name): {types.get(name, "S"): text}
        for name, text in fields.items()
        if types.get(name, "S") in ("S", "N")
    }
    if table.type_attribute is not None:
        item[table.type_attribute] = {"S": entity.name}
    kinds = table.key_attributes
    return item | {name: {kinds[name].type: text} for name, text in texts.items()}


def item_with(table: ir.Table, entity: ir.Entity, texts: Mapping[str, str]) -> ir.JsonObject:
    """An item of the entity that has these texts in some key attributes."""
    fields, all_texts = Fields(), dict(texts)
    templates = {each.attribute: each for key in entity.keys for each in key.templates}
    for name, text in texts.items():
        fields |= values_in(templates[name], text, fields)
    for template in entity.primary.templates:
        all_texts.setdefault(template.attribute, render(template, fields))
    return item_of(table, entity, all_texts, fields)


def _identity(table: ir.Table, entity: ir.Entity) -> Iterator[Finding]:
    if entity.identity is None:
        return
    in_key = dict.fromkeys(part.field for each in entity.primary.templates for part in each.parts)
    lacking = [name for name in entity.identity if name not in in_key]
    if lacking:
        format_ = next((each.format for each in entity.fields if each.name == lacking[0]), None)
        texts = two_values(format_, table.delimiter) if format_ else ("1", "2")
        items = tuple(
            (entity.name, {lacking[0]: {"S": text}} | whole_item(table, entity, {lacking[0]: text}))
            for text in texts or ()
        )
        declared = f"{', '.join(lacking)} of its identity is not in its primary key"
        yield Finding(UNIDENTIFIED, entity.name, declared, Witness(items), entity.place)
    more = [name for name in in_key if name not in entity.identity]
    if more:
        declared = f"{', '.join(more)} in its primary key is not of its identity"
        yield Finding(OVERIDENTIFIED, entity.name, declared, place=entity.place)


def _ambiguities(table: ir.Table, entity: ir.Entity) -> Iterator[Finding]:
    """Finds neighbours whose texts another pair of values makes, too; one finding an attribute."""
    seen = set[str]()
    for key in entity.keys:
        counted = Counter(part.field for each in key.templates for part in each.parts)
        for template in key.templates:
            if template.attribute in seen:
                continue
            for first, second in pairwise(template.parts):
                if counted[first.field] > 1 or counted[second.field] > 1:
                    continue  # the other place says which value it is
                pairs = _other_pairs(first, second, table.delimiter)
                if pairs is None:
                    continue
                seen.add(template.attribute)
                items = tuple(
                    (
                        entity.name,
                        whole_item(table, entity, {first.field: one, second.field: other}),
                    )
                    for one, other in pairs
                )
                names = f"{first.field} and {second.field}"
                said = f"nothing stands between {names}"
                if first.after:
                    said = f"{first.after} does not tell {names} apart"
                declared = f"{said} in {template.attribute}, {template.source}"
                yield Finding(AMBIGUOUS, entity.name, declared, Witness(items), entity.place)
                break


def _other_pairs(
    first: ir.Part, second: ir.Part, delimiter: str
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """Two pairs of values that make one text; None where none is found."""
    if any(each.format.fixed_width or each.format.members for each in (first, second)):
        return None
    formats, after = (first.format, second.format), first.after
    samples = [_samples_with(each, after, delimiter) for each in formats]
    for one, other in product(*samples):
        text = one + after + other
        for at in range(1, len(text) - len(after)):
            parts = text[:at], text[at + len(after) :]
            if text[at : at + len(after)] != after or parts == (one, other) or not all(parts):
                continue
            if all(map(is_of, parts, formats, (delimiter, delimiter))):
                return (one, other), parts
    return None


def _samples_with(format_: ir.Format, after: str, delimiter: str) -> list[str]:
    """Short texts of a format, some with another text within them or at their ends."""
    example = example_of(format_, delimiter)
    pair = two_values(format_, delimiter) or (example, example)
    texts = (example, *pair, f"1{after}1", f"a{after}b", f"{example}{after}{example}")
    return [each for each in dict.fromkeys(texts) if is_of(each, format_, delimiter)]
